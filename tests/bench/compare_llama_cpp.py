#!/usr/bin/env python3
"""Compares decoding speed and memory with llama.cpp, on random models of the same shape.

It needs only Python's standard library, and keeps the models in the folder --cache. Runs alternate (ours, theirs,
ours, theirs ...), so changes on the machine affect both. The table has medians, and the ratio is the median of the
pairs' ratios. README.md explains each figure.
"""

import argparse
import os
import sys

import comparison
import models
import programs

DEFAULT_SHAPES = ["llama-15m", "llama-135m", "llama-1.1b"]
ALONE = {"name": None, "isa": None}  # the build of llama.cpp where there is none


def llama_build(text):
    """NAME=DIR or NAME:ISA=DIR"""
    name, equals, folder = text.partition("=")
    name, colon, isa = name.partition(":")
    if not (name and equals and folder) or (colon and not isa):
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME=DIR or NAME:ISA=DIR")
    return {"name": name, "isa": isa or None, "folder": folder}


def positive(text):
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 1")
    return int(text)


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0],
                                     epilog="Shapes are those of ringlet-convert --random.")
    parser.add_argument("--llama", type=llama_build, action="append", default=[], metavar="NAME[:ISA]=DIR",
                        help="a build of llama.cpp, and the instruction set of Ringlet to compare with it "
                             "(default: the best); repeatable; without it the script measures Ringlet alone")
    parser.add_argument("--ringlet", required=True, metavar="DIR", help="a build directory of Ringlet")
    parser.add_argument("--cache", required=True, metavar="DIR", help="folder for models")
    parser.add_argument("--shape", action="append",
                        help=f"shape of the models; repeatable (default: {', '.join(DEFAULT_SHAPES)})")
    parser.add_argument("--type", action="append", choices=models.TYPES,
                        help="int4 (with Q4_0) or int8 (with Q8_0); repeatable (default: both)")
    parser.add_argument("--threads", type=positive, action="append", help="threads; repeatable (default: 1)")
    parser.add_argument("-n", "--tokens", type=positive, default=64, help="tokens to decode (default: %(default)s)")
    parser.add_argument("-r", "--repeats", type=positive, default=5, help="runs of each program (default: %(default)s)")
    parser.add_argument("--kv", choices=("f16", "int8", "f32"), default="f16",
                        help="Ringlet's cache format; llama.cpp's is f16 (default: %(default)s)")
    parser.add_argument("--head", choices=models.HEADS, default="alike",
                        help="embedding and head in the format of the layers, or as each converter makes them "
                             "(default: %(default)s)")
    parser.add_argument("--models-only", action="store_true", help="make the models and measure nothing")
    parser.add_argument("--json", metavar="FILE", help="also write every sample to a file (comparison.py)")
    parser.add_argument("--provisional", metavar="WHY", help="mark the file's figures as ones to be replaced")
    return parser.parse_args(arguments)


def run_ringlet(program, model, isa, threads, options):
    command = [program, "bench", model, "-p", "0", "-n", str(options.tokens), "-r", "1", "--threads", str(threads),
               "--kv", options.kv, "--json"]
    document, _ = programs.run_json(command + (["--isa", isa] if isa else []))
    for result in document["results"]:
        if result["test"] == "decode" and result["depth"] == 0 and result["threads"] == threads:
            return {"speed": result["tokens_per_second"]["median"], "isa": result["isa"],
                    "bandwidth": result["bandwidth_fraction"],
                    "weights": document["weights"]["in"],
                    "huge_pages": document["weights"]["huge_page_bytes"] / document["file_bytes"]}
    raise programs.Failure(f"{program} bench reported no decoding at depth 0 with {threads} threads")


def ringlet_memory(program, model, isa, threads, options):
    """Of `ringlet run`, since `ringlet bench` also holds the memory whose bandwidth it measures."""
    command = [program, "run", model, "-n", str(options.tokens), "--ignore-eos", "--context", str(options.tokens),
               "--threads", str(threads), "--kv", options.kv, "--seed", "1", "--quiet"]
    return programs.run(command + (["--isa", isa] if isa else []))[1]


def run_llama(program, model, threads, options):
    command = [program, "-m", model, "-p", "0", "-n", str(options.tokens), "-r", "1", "-t", str(threads), "-o", "json"]
    document, memory = programs.run_json(command)
    return {"speed": document[0]["avg_ts"], **memory}


def compare(tools, build, ours, theirs, threads, options):
    """Alternating runs of both on one model, or runs of ours alone."""
    for model in filter(None, (ours, theirs)):
        models.read_through(model)
    ringlet, isa = tools["ringlet"], build["isa"]
    result = {"threads": threads, "build": build["name"], "ringlet": [], "llama.cpp": [],
              "ringlet_memory": ringlet_memory(ringlet, ours, isa, threads, options)}
    for _ in range(options.repeats):
        result["ringlet"].append(run_ringlet(ringlet, ours, isa, threads, options))
        if theirs:
            llama_bench = programs.find(build["folder"], "llama-bench")
            result["llama.cpp"].append(run_llama(llama_bench, theirs, threads, options))
    return result


def measure(tools, files, options):
    """Every combination, a row printed as soon as it is known."""
    document = comparison.describe(options)
    print(comparison.head(document), flush=True)
    for shape, kind in files:
        for threads in options.threads or [1]:
            for build in options.llama or [ALONE]:
                result = {"shape": shape, "type": kind, **compare(tools, build, *files[shape, kind], threads, options)}
                document["results"].append(result)
                print(comparison.line(comparison.row(result)), flush=True)
    return document


def make_models(tools, options):
    """(our file, their file or None) by shape and type."""
    os.makedirs(options.cache, exist_ok=True)
    files = {}
    kinds = options.type or list(models.TYPES)
    for shape in options.shape or DEFAULT_SHAPES:
        ours = {kind: models.make_ringlet(tools, options.cache, shape, kind, options.head) for kind in kinds}
        theirs = {}
        if options.llama:
            theirs = models.make_gguf(tools, options.cache, shape, kinds, ours[kinds[0]], options.head)
        files.update({(shape, kind): (ours[kind], theirs.get(kind)) for kind in kinds})
    return files


def main(arguments):
    options = parse(arguments)
    tools = {"ringlet": programs.find(options.ringlet, "ringlet"),
             "convert": programs.find(options.ringlet, "ringlet-convert")}
    if options.llama:
        tools["quantize"] = programs.find(options.llama[0]["folder"], "llama-quantize")
    files = make_models(tools, options)
    if options.models_only:
        return
    document = measure(tools, files, options)
    if options.json:
        comparison.write(options.json, document)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except programs.Failure as failure:
        sys.exit(f"compare_llama_cpp: {failure}")
