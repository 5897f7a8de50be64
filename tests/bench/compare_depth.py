#!/usr/bin/env python3
"""Compares decoding or prefill deep in a context with llama.cpp, with caches of the same size and flash attention.

It needs Python's standard library, a C++ compiler, and builds of both programs. It keeps models and llama.cpp's filled
caches in the folder --cache. Runs alternate; the table has medians, and the ratio is the median of the pairs' ratios.
README.md explains each figure.
"""

import argparse
import os
import statistics
import sys

import compare_llama_cpp as compare
import comparison
import models
import programs

# Our cache formats and llama.cpp's of the same bits: 8.5 and 4.5 per number with a scale for each 32.
CACHES = {"f16": "f16", "int8": "q8_0", "int4": "q4_0"}
# What llama.cpp's programs take by default, but for penalties, which are off; llama_decode.cpp has the same.
SAMPLING = ["--temp", "0.8", "--top-k", "40", "--top-p", "0.95", "--min-p", "0.05", "--seed", "1"]
HERE = os.path.dirname(os.path.abspath(__file__))


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--llama", type=compare.llama_build, action="append", required=True, metavar="NAME[:ISA]=DIR",
                        help="a build of llama.cpp, and the instruction set of Ringlet to compare with it; repeatable")
    parser.add_argument("--ringlet", required=True, metavar="DIR", help="a build directory of Ringlet")
    parser.add_argument("--cache", required=True, metavar="DIR", help="folder for models and filled caches")
    parser.add_argument("--shape", default="llama-135m", help="shape for ringlet-convert --random (default: %(default)s)")
    parser.add_argument("--type", default="int8", choices=models.TYPES, help="format of the weights (default: %(default)s)")
    parser.add_argument("--kv", choices=CACHES, action="append", help="cache format; repeatable (default: int8 and int4)")
    parser.add_argument("--depth", type=int, choices=range(1 << 24), metavar="DEPTH", action="append",
                        help="tokens in the context; repeatable (default: 2048)")
    parser.add_argument("--threads", type=compare.positive, action="append", help="threads; repeatable (default: 1)")
    parser.add_argument("-n", "--tokens", type=compare.positive, default=64,
                        help="tokens to decode (default: %(default)s)")
    parser.add_argument("-p", "--prompt", action="store_true", help="prefill the tokens together instead of decoding them")
    parser.add_argument("--sample", action="store_true",
                        help="also choose each token, with the options that llama.cpp takes by default")
    parser.add_argument("--prefill-chunk", type=compare.positive, default=128,
                        help="Ringlet's tokens per pass of a prompt (default: %(default)s)")
    parser.add_argument("-r", "--repeats", type=compare.positive, default=3, help="runs of each program (default: %(default)s)")
    options = parser.parse_args(arguments)
    if options.prompt and options.sample:
        parser.error("--sample needs tokens that are decoded; leave out --prompt")
    return options


def build_decoder(build, cache):
    """llama_decode.cpp against a build of llama.cpp, made once."""
    program = os.path.join(cache, "llama_decode-" + build["name"])
    if os.path.exists(program):
        return program
    home = programs.cache_entry(build["folder"], "CMAKE_HOME_DIRECTORY")
    if not home:
        raise programs.Failure(f"{build['folder']} has no CMakeCache.txt; give a build directory")
    libraries = os.path.join(build["folder"], "bin")
    programs.run([os.environ.get("CXX", "c++"), "-std=c++20", "-O2", os.path.join(HERE, "llama_decode.cpp"),
                  "-I" + os.path.join(home, "include"), "-I" + os.path.join(home, "ggml", "include"),
                  "-L" + libraries, "-Wl,-rpath," + os.path.abspath(libraries), "-lllama", "-lggml", "-lggml-base",
                  "-o", program])
    return program


def run_ringlet(program, model, isa, kv, depth, threads, options):
    work = [("-p", options.tokens), ("-n", 0)] if options.prompt else [("-p", 0), ("-n", options.tokens)]
    command = [program, "bench", model, "-r", "1", "--threads", str(threads), "--kv", kv, "--depth", str(depth),
               "--context", str(depth + options.tokens + 8), "--allow-longer-context", "--json"]
    command += [word for option, count in work for word in (option, str(count))]
    command += ["--prefill-chunk", str(options.prefill_chunk)] if options.prompt else []
    command += SAMPLING if options.sample else []
    document, _ = programs.run_json(command + (["--isa", isa] if isa else []))
    result = document["results"][0]
    seconds = 1 / result["tokens_per_second"]["median"] + (result["sampling_seconds"] if options.sample else 0)
    return {"speed": 1 / seconds, "isa": result["isa"], **result.get("token_seconds", {})}


def run_llama(program, model, kv, depth, threads, options):
    state = os.path.join(os.path.dirname(program), f"{os.path.basename(model)}-{CACHES[kv]}-{depth}.state")
    batch = options.tokens if options.prompt else 1
    seconds, _ = programs.run_json([program, model, str(threads), str(depth), str(options.tokens), str(batch),
                                    CACHES[kv], state] + (["sample"] if options.sample else []))
    return {"speed": options.tokens / sum(seconds)}


def measure(tools, build, files, kv, depth, threads, options):
    """A row of the table."""
    decoder = build_decoder(build, options.cache)
    ours, theirs = [], []
    for _ in range(options.repeats):
        ours.append(run_ringlet(tools["ringlet"], files[0], build["isa"], kv, depth, threads, options))
        theirs.append(run_llama(decoder, files[1], kv, depth, threads, options))
    ratio = statistics.median(mine["speed"] / other["speed"] for mine, other in zip(ours, theirs))
    row = [f"{depth:,}", f"{kv} / {CACHES[kv]}", str(threads), ours[0]["isa"], build["name"],
            f"{comparison.median(ours, 'speed'):.1f}", f"{comparison.median(theirs, 'speed'):.1f}", f"{ratio:.2f}"]
    if options.prompt:
        return row
    tail = statistics.median(mine["p99"] / mine["p50"] for mine in ours)
    return row + [f"{1e3 * comparison.median(ours, 'p50'):.2f}", f"{tail:.2f}"]


HEADINGS = ["depth", "cache", "threads", "ours", "theirs", "ours tok/s", "theirs tok/s", "ratio"]
LATENCY_HEADINGS = ["ours p50 ms", "p99 / p50"]


def main(arguments):
    options = parse(arguments)
    tools = {"ringlet": programs.find(options.ringlet, "ringlet"),
             "convert": programs.find(options.ringlet, "ringlet-convert"),
             "quantize": programs.find(options.llama[0]["folder"], "llama-quantize")}
    os.makedirs(options.cache, exist_ok=True)
    ours = models.make_ringlet(tools, options.cache, options.shape, options.type)
    theirs = models.make_gguf(tools, options.cache, options.shape, [options.type], ours)[options.type]
    for model in (ours, theirs):
        models.read_through(model)
    print(f"{programs.processor()}. {options.shape}, {options.type} / {models.TYPES[options.type]}; {options.tokens} "
          f"tokens{' together' if options.prompt else ' sampled' if options.sample else ''}, {options.repeats} alternating runs, medians.\n")
    headings = HEADINGS + ([] if options.prompt else LATENCY_HEADINGS)
    print("| " + " | ".join(headings) + " |\n" + "|---" * len(headings) + "|", flush=True)
    for depth in options.depth or [2048]:
        for kv in options.kv or ["int8", "int4"]:
            for threads in options.threads or [1]:
                for build in options.llama:
                    row = measure(tools, build, (ours, theirs), kv, depth, threads, options)
                    print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except programs.Failure as failure:
        sys.exit(f"compare_depth: {failure}")
