#!/usr/bin/env python3
"""Measures what cached keys and values save and writes the document that tools/pictures/draw draws. The model is the
bundled one unless --model names another.

    tests/bench/without_cache.py --ringlet build/release --json tests/bench/results/without_cache.json
"""

import argparse
import datetime
import sys

import comparison
import programs


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ringlet", required=True, metavar="FOLDER", help="build directory of Ringlet")
    parser.add_argument("--json", required=True, metavar="FILE", help="write the document")
    parser.add_argument("--model", help="model file (default: the bundled one)")
    parser.add_argument("--tokens", type=int, default=256, help="tokens to generate (default: 256)")
    parser.add_argument("--repeats", type=int, default=15,
                        help="repetitions, of which the fastest of each token counts (default: 15)")
    return parser.parse_args(arguments)


def main(arguments):
    options = parse(arguments)
    command = [programs.find(options.ringlet, "ringlet"), "bench", *([options.model] if options.model else []),
               "--without-cache", "-n", str(options.tokens), "-r", str(options.repeats), "--threads", "1", "--json"]
    measured, _ = programs.run_json(command)
    result = measured["without_cache"]
    result["best_token_seconds"] = {way: [round(seconds, 9) for seconds in times]
                                    for way, times in result["best_token_seconds"].items()}
    comparison.write(options.json, {
        "measured": datetime.date.today().isoformat(), "machine": programs.processor(),
        "ringlet": programs.describe_build(options.ringlet, "runtime/decoder/decoder.cpp"),
        "model": measured["model"], "without_cache": result})
    print(f"{measured['model']}, {result['tokens']} tokens: {result['ratio']:.1f} times as long without the cache")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except programs.Failure as failure:
        sys.exit(f"without_cache: {failure}")
