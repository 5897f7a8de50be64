#!/usr/bin/env python3
"""Measures what cache formats cost in quality, and writes the page about it.

The page has a table for each model, llama.cpp's quantized caches for comparison, and a long stream through a small window.
Weights are converted to float, so only the caches differ. The script needs Python's standard library and a release build of
Ringlet; llama.cpp's part needs a build of llama-perplexity. For every missing part it prints a line on standard error that
begins with SKIPPED.

    tests/bench/cache_quality.py --ringlet build/release --llama ~/llama.cpp/build-native > runtime/cache/QUALITY.md
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile

import programs

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.join(os.path.dirname(ROOT), "shared")
FLOAT = ["--weights", "f32", "--embedding", "f32", "--lm-head", "f32"]

DEMO = os.path.join(ROOT, "tools", "demo-model")
BUNDLED = "storyteller (bundled, INT4 weights, on its own held-out stories)"
# name, source, tokenizer (None: the source's own)
MODELS = [(BUNDLED, os.path.join(DEMO, "storyteller.ringlet"), None),
          ("stories260K", os.path.join(DATA, "models", "llama2c", "stories260K.bin"), "tok512.bin"),
          ("stories3M", os.path.join(DATA, "models", "llama2c", "stories3M-q80.bin"), "tok4096.bin"),
          ("TinyStories-656K", os.path.join(DATA, "models", "safetensors", "TinyStories-656K"), None)]
GGUF = [("stories260K", os.path.join(DATA, "models", "gguf", "stories260K.gguf")),
        ("stories3M", os.path.join(DATA, "models", "gguf", "stories3M-f32.gguf"))]


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ringlet", required=True, metavar="DIR", help="a build directory of Ringlet")
    parser.add_argument("--llama", metavar="DIR", help="a build directory of llama.cpp")
    parser.add_argument("--model", action="append", default=[], metavar="NAME=FILE",
                        help="a further model: a .ringlet file, or any source of ringlet-convert; repeatable")
    parser.add_argument("--text", default=os.path.join(DATA, "text", "tinystories.txt"),
                        help="text file (default: %(default)s)")
    parser.add_argument("--bytes", type=int, default=60000,
                        help="bytes of the text to use; 0: all (default: %(default)s)")
    parser.add_argument("--chunk", type=int, default=512, help="tokens per window (default: %(default)s)")
    parser.add_argument("--kv", default="f16,int8,k8v4,int4", help="formats to compare with f32 (default: %(default)s)")
    parser.add_argument("--stream", type=int, default=8192, metavar="TOKENS",
                        help="tokens of the long stream; 0: none (default: %(default)s)")
    return parser.parse_args(arguments)


def skip(what, why):
    print(f"SKIPPED: {what}: {why}", file=sys.stderr)


def convert(tools, source, tokenizer, folder):
    """A .ringlet file with float weights; a file that is one already stays as it is."""
    if source.endswith(".ringlet"):
        if not os.path.exists(source):
            raise programs.Failure(f"{source} does not exist")
        return source
    target = os.path.join(folder, os.path.basename(source.rstrip("/")) + ".ringlet")
    own = ["--tokenizer", os.path.join(os.path.dirname(source), tokenizer)] if tokenizer else []
    programs.run([tools["convert"], source, "-o", target, "--quiet", *FLOAT, *own])
    return target


def table(headings, rows):
    print("| " + " | ".join(headings) + " |\n|" + "---|" * len(headings))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def ours(tools, name, model, text, options):
    document, _ = programs.run_json(
        [tools["ringlet"], "perplexity", model, "-f", text, "--chunk", str(options.chunk), "--context",
         str(options.chunk), "--sinks", "0", "--allow-longer-context", "--kv", options.kv, "--threads", "1",
         "--longest-word", str(max(os.path.getsize(text), 64)), "--json"])
    print(f"## {name}\n\n{document['tokens']:,} tokens of {document['texts']} texts.\n")
    table(["cache", "bytes per token", "perplexity", "change", "mean KL (nats)", "same most likely token"],
          [[result["kv"], f"{result['bytes_per_token']:,.0f}", f"{result['perplexity']:.4f}",
            f"{100 * result['perplexity_change']:+.3f} %", f"{result['mean_kl']:.6f}",
            f"{100 * result['top1_agreement']:.2f} %"] for result in document["results"]])


def run_llama(program, model, text, chunk, *arguments):
    """Its reports go to either output."""
    command = [program, "-m", model, "-f", text, "-c", str(chunk), "-b", str(chunk), "-t", "1", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False,
                          stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise programs.Failure(f"llama-perplexity ended with status {done.returncode}")
    return done.stdout + done.stderr


def number(pattern, report):
    found = re.search(pattern, report)
    if not found:
        raise programs.Failure(f"llama-perplexity reported nothing that looks like '{pattern}'")
    return float(found.group(1))


def theirs(program, name, model, text, folder, options):
    """llama.cpp's quantized caches against its own f16; it scores the second half of each window."""
    base = os.path.join(folder, name + ".logits")
    run_llama(program, model, text, options.chunk, "-fa", "--kl-divergence-base", base)
    rows = []
    for kind in ("q8_0", "q4_0"):
        report = run_llama(program, model, text, options.chunk, "-fa", "-ctk", kind, "-ctv", kind, "--kl-divergence",
                           "--kl-divergence-base", base)
        perplexity = number(r"Mean PPL\(Q\)\s*:\s*([0-9.]+)", report)
        unquantized = number(r"Mean PPL\(base\)\s*:\s*([0-9.]+)", report)
        divergence = number(r"Mean\s+KLD:\s*([-0-9.]+)", report)
        agreement = number(r"Same top p:\s*([0-9.]+)", report)
        rows.append([kind, f"{perplexity:.4f}", f"{100 * (perplexity / unquantized - 1):+.3f} %", f"{divergence:.6f}",
                     f"{agreement:.2f} %"])
    os.remove(base)
    print(f"## llama.cpp on {name}\n\nWith flash attention, compared with its own f16 cache.\n")
    table(["cache", "perplexity", "change", "mean KL (nats)", "same most likely token"], rows)


def stream(options):
    """The golden test of the same name knows the reference; it prints the lines of the table."""
    tests = programs.find(options.ringlet, "ringlet_golden_tests")
    environment = {**os.environ, "RINGLET_STREAM_TOKENS": str(options.stream)}
    done = subprocess.run([tests, "--gtest_filter=Streaming.*"], capture_output=True, text=True, check=False,
                          env=environment)
    lines = [line.split("|")[1:-1] for line in done.stdout.splitlines() if line.startswith("stream |")]
    if not lines:
        skip("the stream", "the test had no model or text")
        return
    print(f"## {options.stream:,} tokens through a window of 256 (4 sinks) on stories3M\n\n"
          "Perplexity by quarters, and the change from a float64 reference that recomputes the window for every token.\n")
    table(["cache", "first", "second", "third", "last", "whole", "change from the reference"],
          [[cell.strip() for cell in line] for line in lines])


def prepared_text(options, folder):
    """The beginning of the text, ours with its separators and llama.cpp's without, up to the end of a story."""
    with open(options.text, encoding="utf-8") as file:
        text = file.read()
    separator = "<|endoftext|>"
    if 0 < options.bytes < len(text):
        text = text[:text.rfind(separator, 0, options.bytes)]
    paths = [os.path.join(folder, name) for name in ("text.txt", "plain.txt")]
    for path, content in zip(paths, (text, text.replace(separator, ""))):
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
    return paths


def own_stories(options, folder):
    """Held-out stories of the bundled model's generator, as much as of the other text."""
    programs.run([sys.executable, "-B", os.path.join(DEMO, "make_corpus.py"), folder, "--train-size", "0",
                  "--heldout-size", str(options.bytes or 400000)])
    path = os.path.join(folder, "heldout.txt")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("\n\n", "<|endoftext|>"))
    return path


def main(arguments):
    options = parse(arguments)
    tools = {"ringlet": programs.find(options.ringlet, "ringlet"),
             "convert": programs.find(options.ringlet, "ringlet-convert")}
    chosen = [tuple(model.partition("=")[::2]) + (None,) for model in options.model]
    if not os.path.exists(options.text):
        raise programs.Failure(f"{options.text} does not exist; give a text with --text")
    print("# What cache formats cost in quality\n\n"
          "Generated by `tests/bench/cache_quality.py`; do not edit. Texts are joined and cut into windows of "
          f"{options.chunk} tokens. Weights are float unless a heading says otherwise, so only the caches differ. The "
          "change of perplexity depends on the luck of the text; the KL divergence of the predictions from those with an "
          "unquantized cache does not. Bytes per token are the keys and values of all layers, outside the hot window.\n")
    with tempfile.TemporaryDirectory(prefix="ringlet-quality-") as folder:
        text, plain = prepared_text(options, folder)
        for name, source, tokenizer in MODELS + chosen:
            try:
                own = own_stories(options, folder) if name == BUNDLED else text
                ours(tools, name, convert(tools, source, tokenizer, folder), own, options)
            except programs.Failure as failure:
                skip(name, failure)
        for name, model in GGUF if options.llama else []:
            try:
                theirs(programs.find(options.llama, "llama-perplexity"), name, model, plain, folder, options)
            except programs.Failure as failure:
                skip(f"llama.cpp on {name}", failure)
    if not options.llama:
        skip("llama.cpp", "no build was given with --llama")
    if options.stream > 0:
        stream(options)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except programs.Failure as failure:
        sys.exit(f"cache_quality: {failure}")
