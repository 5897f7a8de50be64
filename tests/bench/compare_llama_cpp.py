#!/usr/bin/env python3
"""Compares the speed and memory of decoding with llama.cpp's, on random models of the same shape.

Python's standard library is all it needs. Models are made in the folder given with --cache and stay there.
Runs alternate (ours, theirs, ours, theirs ...), so that what changes on the machine meets both; the table has
medians, and the ratio is the median of the pairs' ratios. README.md explains each figure.
"""

import argparse
import json
import os
import statistics
import sys

import models
import programs

DEFAULT_SHAPES = ["llama-15m", "llama-135m", "llama-1.1b"]


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
    parser.add_argument("--llama", type=llama_build, action="append", required=True, metavar="NAME[:ISA]=DIR",
                        help="a build of llama.cpp, and the instruction set of ours to run beside it "
                             "(default: the best); repeatable")
    parser.add_argument("--ringlet", required=True, metavar="DIR", help="a build directory of Ringlet")
    parser.add_argument("--cache", required=True, metavar="DIR", help="where models are made and kept")
    parser.add_argument("--shape", action="append", help=f"repeatable (default: {', '.join(DEFAULT_SHAPES)})")
    parser.add_argument("--type", action="append", choices=models.TYPES,
                        help="int4 beside Q4_0, int8 beside Q8_0; repeatable (default: both)")
    parser.add_argument("--threads", type=positive, action="append", help="repeatable (default: 1)")
    parser.add_argument("-n", "--tokens", type=positive, default=64, help="tokens to decode (default: %(default)s)")
    parser.add_argument("-r", "--repeats", type=positive, default=5, help="runs of each (default: %(default)s)")
    parser.add_argument("--kv", choices=("f16", "int8", "f32"), default="f16",
                        help="our cache's format; llama.cpp's is f16 (default: %(default)s)")
    parser.add_argument("--models-only", action="store_true", help="make the models and measure nothing")
    parser.add_argument("--json", metavar="FILE", help="also write every sample to a file")
    return parser.parse_args(arguments)


def run_ringlet(program, model, isa, threads, options):
    command = [program, "bench", model, "-p", "0", "-n", str(options.tokens), "-r", "1", "--threads", str(threads),
               "--kv", options.kv, "--json"]
    document, _ = programs.run_json(command + (["--isa", isa] if isa else []))
    for result in document["results"]:
        if result["test"] == "decode" and result["depth"] == 0 and result["threads"] == threads:
            return {"speed": result["tokens_per_second"]["median"], "isa": result["isa"],
                    "bandwidth": result["bandwidth_fraction"]}
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
    """Alternating runs of both on one model."""
    for model in (ours, theirs):
        models.read_through(model)
    ringlet, isa = tools["ringlet"], build["isa"]
    llama_bench = programs.find(build["folder"], "llama-bench")
    result = {"threads": threads, "build": build["name"], "ringlet": [], "llama.cpp": [],
              "ringlet_memory": ringlet_memory(ringlet, ours, isa, threads, options)}
    for _ in range(options.repeats):
        result["ringlet"].append(run_ringlet(ringlet, ours, isa, threads, options))
        result["llama.cpp"].append(run_llama(llama_bench, theirs, threads, options))
    return result


def median(samples, key):
    return statistics.median(sample[key] for sample in samples)


def mebibytes(resident, own):
    """Peak resident size, and how much of it is the process's own and not the model file's pages."""
    return f"{resident / 2**20:.0f} ({own / 2**20:.0f})"


def row(result):
    ours, theirs = result["ringlet"], result["llama.cpp"]
    ratio = statistics.median(mine["speed"] / other["speed"] for mine, other in zip(ours, theirs))
    memory = result["ringlet_memory"]
    return [result["shape"], f"{result['type']} / {models.TYPES[result['type']]}", str(result["threads"]),
            ours[0]["isa"], result["build"], f"{median(ours, 'speed'):.1f}", f"{median(theirs, 'speed'):.1f}",
            f"{ratio:.2f}", f"{100 * median(ours, 'bandwidth'):.0f} %", mebibytes(memory["resident"], memory["own"]),
            mebibytes(median(theirs, "resident"), median(theirs, "own"))]


HEADINGS = ["shape", "weights", "threads", "ours", "theirs", "ours tok/s", "theirs tok/s", "ratio",
            "ours of bandwidth", "ours MiB (own)", "theirs MiB (own)"]


def print_header(options):
    print(f"{programs.processor()}. Decoding {options.tokens} tokens from an empty cache, {options.repeats} alternating "
          f"runs,\nmedians. Our cache is {options.kv}, llama.cpp's f16.\n")
    ours = programs.describe_build(options.ringlet, "runtime/decoder/decoder.cpp")
    print(f"- Ringlet {ours['commit']}: {ours['compiler']}, {ours['build_type']}, {ours['flags']} "
          "(kernels add their instruction set)")
    for build in options.llama:
        theirs = programs.describe_build(build["folder"], "ggml-cpu/ggml-cpu.c")
        print(f"- llama.cpp, build {build['name']}, {theirs['commit']}: {theirs['compiler']}, {theirs['build_type']}, "
              f"{theirs['flags']}")
    print("\n| " + " | ".join(HEADINGS) + " |\n" + "|---" * len(HEADINGS) + "|", flush=True)


def measure(tools, files, options):
    """Every combination, a row printed as soon as it is known."""
    print_header(options)
    results = []
    for shape, kind in files:
        for threads in options.threads or [1]:
            for build in options.llama:
                results.append({"shape": shape, "type": kind,
                                **compare(tools, build, *files[shape, kind], threads, options)})
                print("| " + " | ".join(row(results[-1])) + " |", flush=True)
    return results


def make_models(tools, options):
    """(our file, their file) by shape and type."""
    os.makedirs(options.cache, exist_ok=True)
    files = {}
    kinds = options.type or list(models.TYPES)
    for shape in options.shape or DEFAULT_SHAPES:
        ours = {kind: models.make_ringlet(tools, options.cache, shape, kind) for kind in kinds}
        theirs = models.make_gguf(tools, options.cache, shape, kinds, ours[kinds[0]])
        files.update({(shape, kind): (ours[kind], theirs[kind]) for kind in kinds})
    return files


def main(arguments):
    options = parse(arguments)
    tools = {"ringlet": programs.find(options.ringlet, "ringlet"),
             "convert": programs.find(options.ringlet, "ringlet-convert"),
             "quantize": programs.find(options.llama[0]["folder"], "llama-quantize")}
    files = make_models(tools, options)
    if options.models_only:
        return
    results = measure(tools, files, options)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=2)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except programs.Failure as failure:
        sys.exit(f"compare_llama_cpp: {failure}")
