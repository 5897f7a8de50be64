#!/usr/bin/env python3
"""Counts the instructions of one decoded token with each kernel set, exactly, with QEMU.

    tests/bench/instructions.py                          every kernel set of build/aarch64
    tests/bench/instructions.py --isa neon --functions 8
    tests/bench/instructions.py -n 256 --json

A figure is (count for 2n tokens - count for n tokens) / n, so starting the program cancels out. README.md in
this folder says more. Exit status: 0 success, 2 error.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MODEL = ROOT / "tools/demo-model/storyteller.ringlet"
EMULATOR = ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu", "-cpu", "max"]  # "max" runs every set


class Failure(Exception):
    """One line for the user."""


def run(command, what):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        lines = (done.stderr.strip() or "no message").splitlines()
        raise Failure(f"{what} failed: {lines[-1]}")
    return done.stdout


def build_counter(folder):
    """Compiles the plugin for this machine."""
    counter = folder / "counter.so"
    compiler = os.environ.get("CXX", "c++")
    run([compiler, "-std=c++20", "-O2", "-shared", "-fPIC", "-o", counter, HERE / "instruction_counter.cpp"],
        f"compiling instruction_counter.cpp with {compiler}")
    return counter


def sets_of(program):
    """Names of the sets that the emulated processor runs, as the program lists them."""
    done = subprocess.run([*EMULATOR, str(program), "run", "--isa", "?"], capture_output=True, text=True)
    if not (found := re.search(r"this processor runs ([\w, ]+)", done.stderr)):
        raise Failure(f"{program} does not say which kernel sets it has: {done.stderr.strip() or 'no message'}")
    return found[1].split(", ")


def count(counter, arguments, isa, tokens):
    """Instructions of one run, by function."""
    log = counter.with_suffix(".log")
    program = arguments.build / "bin/ringlet"
    run([*EMULATOR, "-plugin", f"{counter},functions=1000000", "-d", "plugin", "-D", log, program, "run",
         arguments.model, "-n", tokens, "--ignore-eos", "--temperature", 0, "--threads", 1, "--no-verify",
         "--quiet", "--isa", isa], f"{program} with --isa {isa}")
    head, *lines = log.read_text().splitlines() or [""]
    if not head.startswith("instructions "):
        raise Failure(f"{EMULATOR[0]} did not run the plugin: {head or 'empty log'}")
    functions = {}
    for line in lines:
        number, name = line.split(" ", 1)
        functions[name] = int(number)
    if sum(functions.values()) != int(head.split()[1]):
        raise Failure("the functions do not add up to the total: the log was cut short")
    return functions


def per_token(counter, arguments, isa):
    """Instructions for each token from n to 2n, by function."""
    n = arguments.n
    short = count(counter, arguments, isa, n)
    long = count(counter, arguments, isa, 2 * n)
    return {name: (long[name] - short.get(name, 0)) / n for name in long}


def short_names(functions):
    """The costliest first, with names a person can read."""
    ranked = sorted(functions.items(), key=lambda item: -item[1])
    if not shutil.which("c++filt"):
        return ranked
    plain = run(["c++filt", "-p", *(name for name, _ in ranked)], "c++filt").splitlines()
    return list(zip(plain, (value for _, value in ranked)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", nargs="?", type=pathlib.Path, default=ROOT / "build/aarch64",
                        help="build folder of the aarch64 preset")
    parser.add_argument("--model", type=pathlib.Path, default=MODEL, help="default: the bundled model")
    parser.add_argument("-n", type=int, default=32, help="count tokens n to 2n (default: 32)")
    parser.add_argument("--isa", action="append", help="kernel set; repeatable (default: all)")
    parser.add_argument("--functions", type=int, default=0, metavar="N", help="list the N costliest functions")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    if arguments.n < 1:
        raise Failure("-n must be at least 1")
    if not shutil.which(EMULATOR[0]):
        raise Failure(f"{EMULATOR[0]} is not installed; tools/setup --all installs it")
    if not (arguments.build / "bin/ringlet").is_file():
        raise Failure(f"no program {arguments.build}/bin/ringlet; cmake --preset aarch64 and "
                      "cmake --build --preset aarch64 make it")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        counter = build_counter(pathlib.Path(folder))
        for isa in arguments.isa or sets_of(arguments.build / "bin/ringlet"):
            functions = per_token(counter, arguments, isa)
            costliest = short_names(functions)[:arguments.functions]
            results.append({"set": isa, "tokens": [arguments.n, 2 * arguments.n],
                            "instructions_per_token": round(sum(functions.values())),
                            "functions": {name: round(value) for name, value in costliest}})
    if arguments.json:
        print(json.dumps(results, indent=2))
        return
    for result in results:
        print(f"{result['set']:<8} {result['instructions_per_token']:>12,} instructions per token")
        for name, value in result["functions"].items():
            print(f"{'':<8} {value:>12,}   {name}")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        print(f"instructions: {failure}", file=sys.stderr)
        sys.exit(2)
