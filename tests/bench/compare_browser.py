#!/usr/bin/env python3
"""Compares decoding speed in headless Chromium with the native program and with wllama, llama.cpp's package for browsers.

It needs only Python's standard library and a Chromium. Runs alternate (browser, each native instruction set, wllama,
browser ...), so changes on the machine affect all. The table has medians, and a ratio is the median of the rounds'
ratios. README.md explains what is timed.
"""

import argparse
import json
import os
import shutil
import sys

import browser_comparison
import browser_page
import compare_llama_cpp
import comparison
import models
import programs

HERE = os.path.dirname(os.path.abspath(__file__))
BUNDLED = "bundled"
BUNDLED_FOLDER = os.path.join(os.path.dirname(os.path.dirname(HERE)), "tools", "demo-model")
BUNDLED_FILE = "storyteller.ringlet"
DEFAULT_SHAPES = [BUNDLED, "llama-15m", "llama-135m"]
DEFAULT_ISAS = ["scalar", "portable", "avx2"]
KIND = "int4"
WARM_UP = 2  # texts, the first of which an engine decodes with code that it has not yet optimised
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def parse(arguments):
    positive = compare_llama_cpp.positive
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ringlet", required=True, metavar="DIR", help="a release build directory of this machine")
    parser.add_argument("--wasm", required=True, metavar="DIR", help="a build directory of the preset wasm")
    parser.add_argument("--cache", required=True, metavar="DIR", help="folder for models")
    parser.add_argument("--wllama", metavar="DIR", help="the unpacked npm package @wllama/wllama, to compare with")
    parser.add_argument("--llama", metavar="DIR", help="a build of llama.cpp, whose llama-quantize makes wllama's models")
    parser.add_argument("--shape", action="append", help=f"'{BUNDLED}', or a shape of ringlet-convert --random; "
                        f"repeatable (default: {', '.join(DEFAULT_SHAPES)})")
    parser.add_argument("--isa", action="append", help="instruction set of the native program; repeatable "
                        f"(default: {', '.join(DEFAULT_ISAS)})")
    parser.add_argument("-n", "--tokens", type=positive, default=64, help="tokens to decode (default: %(default)s)")
    parser.add_argument("-r", "--repeats", type=positive, default=5, help="rounds (default: %(default)s)")
    parser.add_argument("--kv", choices=("f16", "f32"), default="f16", help="format of all caches (default: %(default)s)")
    parser.add_argument("--browser", metavar="PROGRAM", help=f"(default: the first of {', '.join(BROWSERS)})")
    parser.add_argument("--json", metavar="FILE", help="also write every sample to a file (browser_comparison.py)")
    parser.add_argument("--provisional", metavar="WHY", help="mark the file's figures as ones to be replaced")
    options = parser.parse_args(arguments)
    if options.wllama and not options.llama:
        parser.error("--wllama also needs --llama, a build of llama.cpp that makes its models")
    options.shape = options.shape or DEFAULT_SHAPES
    options.isa = options.isa or DEFAULT_ISAS
    return options


def wllama_version(folder):
    try:
        with open(os.path.join(folder, "package.json"), encoding="utf-8") as file:
            package = json.load(file)
        if package["name"] == "@wllama/wllama" and os.path.isfile(os.path.join(folder, "esm", "wasm", "wllama.wasm")):
            return package["version"]
    except (OSError, ValueError, KeyError):
        pass
    raise programs.Failure(f"{folder} is not the unpacked npm package @wllama/wllama 3; give the folder with package.json "
                           "and esm/")


def make_models(tools, options):
    """(our file, wllama's file or None) by shape."""
    os.makedirs(options.cache, exist_ok=True)
    files = {}
    for shape in options.shape:
        if shape == BUNDLED:  # there is no GGUF file of its shape
            files[shape] = (os.path.join(BUNDLED_FOLDER, BUNDLED_FILE), None)
            continue
        ours = models.make_ringlet(tools, options.cache, shape, KIND)
        theirs = models.make_gguf(tools, options.cache, shape, [KIND], ours)[KIND] if options.wllama else None
        files[shape] = (ours, theirs)
    return files


def _address(path):
    place = "bundled" if os.path.dirname(path) == BUNDLED_FOLDER else "models"
    return f"/{place}/{os.path.basename(path)}"


def load(page, ours, theirs, options):
    """Loads both models and lets the engine optimise; what each program says of itself."""
    context = 2 * (options.tokens + 16)  # room for the start of the text; neither cache is ever full
    about = {}
    for name, path in (("ringlet", ours), ("wllama", theirs)):
        if path:
            about[name] = page.load(name, _address(path), {"context": context, "kv": options.kv})
            for _ in range(WARM_UP):
                page.decode(name, options.tokens)
    return about


def compare(tools, page, ours, theirs, options):
    """Rounds of alternating runs on one model."""
    about = load(page, ours, theirs, options)
    result = {"about": about, "ringlet": [], "native": {isa: [] for isa in options.isa}, "wllama": []}
    models.read_through(ours)
    for _ in range(options.repeats):
        result["ringlet"].append(page.decode("ringlet", options.tokens))
        for isa, samples in result["native"].items():
            samples.append(compare_llama_cpp.run_ringlet(tools["ringlet"], ours, isa, 1, options))
        if theirs:
            result["wllama"].append(page.decode("wllama", options.tokens))
    return result


def measure(tools, site, files, options):
    """Every model, each in a page of its own."""
    document = browser_comparison.describe(options, site.version)
    for shape, (ours, theirs) in files.items():
        print(f"measuring {shape}", file=sys.stderr)
        page = site.page()
        result = {"model": shape, **compare(tools, page, ours, theirs, options)}
        page.close()
        if theirs:
            document["wllama"] = {"version": wllama_version(options.wllama), **result["about"]["wllama"]}
        document["results"].append(result)
    return document


def table(document):
    rows = [comparison.line(browser_comparison.row(result)) for result in document["results"]]
    return "\n".join([browser_comparison.head(document), *rows])


def main(arguments):
    options = parse(arguments)
    tools = {"ringlet": programs.find(options.ringlet, "ringlet"),
             "convert": programs.find(options.ringlet, "ringlet-convert")}
    places = {"ringlet": os.path.join(options.wasm, "npm"), "models": options.cache, "bundled": BUNDLED_FOLDER}
    if not os.path.isfile(os.path.join(places["ringlet"], "ringlet.wasm")):
        raise programs.Failure(f"{options.wasm} has no npm/ringlet.wasm; give a build directory of the preset wasm")
    if options.wllama:
        wllama_version(options.wllama)
        tools["quantize"] = programs.find(options.llama, "llama-quantize")
        places["wllama"] = options.wllama
    browser = options.browser or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser:
        raise programs.Failure(f"found none of {', '.join(BROWSERS)}; install chromium, or name a program with --browser")
    files = make_models(tools, options)
    with browser_page.Site(browser, places) as site:
        document = measure(tools, site, files, options)
    print(table(document))
    if options.json:
        comparison.write(options.json, document)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except programs.Failure as failure:
        sys.exit(f"compare_browser: {failure}")
