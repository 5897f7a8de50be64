#!/usr/bin/python3
"""Make the flash image of a home for the firmware `commands`, from YAML or Home Assistant's folder .storage.

    make_home.py home.yaml --model commands.ringlet --grammar commands.rglg -o home.bin

The image has 64 bytes of header ("RGLH", version 1, bytes of the prefix, bytes of the lists; 32 bits each,
little-endian), the home as a prefix of the model, and its lists of words. Both begin at a multiple of 64.
"""

import argparse
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ALIGNMENT = 64
VERSION = 1
WINDOW = 125  # tokens of a command and its answer, which the firmware has room for


def padded(content):
    """Return the bytes with zeros up to a multiple of ALIGNMENT."""
    return content + bytes(-len(content) % ALIGNMENT)


def pack(prefix, lists):
    """Return the image of a prefix and of lists."""
    return padded(struct.pack("<4s3I", b"RGLH", VERSION, len(prefix), len(lists))) + padded(prefix) + lists


def make(args, folder):
    """Return prefix and lists of the home; `folder` is for files between."""
    text, lists, prefix = folder / "home.txt", folder / "home.lists", folder / "home.prefix"
    sys.stderr.write(run(args.ringlet_grammar, "--home", args.home, "--grammar", args.grammar, "-o", lists, "--home-text", text))
    command = [args.ringlet, "prefix", args.model, "--special", "--pin", "-f", text, "-o", prefix]
    tokens = int(re.search(r": ([\d,]+) tokens", run(*command))[1].replace(",", ""))
    run(*command, "--context", tokens + WINDOW)
    return prefix.read_bytes(), lists.read_bytes()


def run(*command):
    """Run a program and return its notes; where it fails, they are the error."""
    done = subprocess.run([str(word) for word in command], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr.strip())
    return done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path, help="YAML, or Home Assistant's folder .storage")
    parser.add_argument("--model", type=Path, required=True, help="model file of the firmware")
    parser.add_argument("--grammar", type=Path, required=True, help="compiled grammar of the firmware")
    parser.add_argument("--ringlet", default="ringlet", metavar="PROGRAM", help="the program ringlet")
    parser.add_argument("--ringlet-grammar", default="ringlet-grammar", metavar="PROGRAM", help="the program ringlet-grammar")
    parser.add_argument("-o", "--output", type=Path, required=True, help="image to write")
    parser.add_argument("--prefix", type=Path, help="file to write the prefix to, as well")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prefix, lists = make(args, Path(folder))
    args.output.write_bytes(pack(prefix, lists))
    if args.prefix:
        args.prefix.write_bytes(prefix)


if __name__ == "__main__":
    main()
