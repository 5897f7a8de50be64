"""Makes the models of a comparison, the same shape in both formats, and keeps them for later runs."""

import os
import re
import sys

import programs
import random_gguf

# Ours, and llama.cpp's of the same bits per weight: 4.5 and 8.5, blocks of 32 with a scale of 16 bits.
TYPES = {"int4": "Q4_0", "int8": "Q8_0"}

# The formats of embedding and head: that of the layers on both sides, or what each converter takes by default.
HEADS = ("alike", "default")


def _file_name(cache, shape, ending):
    return os.path.join(cache, re.sub(r"[^A-Za-z0-9.]+", "-", shape) + ending)


def _make(path, action):
    """Calls action(temporary path) unless the file is there; what failed half-way leaves nothing."""
    if os.path.exists(path):
        return path
    print(f"making {path}", file=sys.stderr)
    temporary = path + ".part"
    try:
        action(temporary)
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)
    return path


def _suffix(head):
    return "" if head == "alike" else f"-{head}-head"


def make_ringlet(tools, cache, shape, kind, head="alike"):
    """Our model file; with heads alike every matrix is in the one format, as --pure does for theirs."""
    formats = ["--embedding", kind, "--lm-head", kind] if head == "alike" else []
    return _make(_file_name(cache, shape, f"-{kind}{_suffix(head)}.ringlet"), lambda path: programs.run(
        [tools["convert"], "--random", shape, "-o", path, "--quiet", "--weights", kind, *formats]))


def make_gguf(tools, cache, shape, kinds, ringlet_model, head="alike"):
    """Their model files by type. The float16 file is needed only in between."""
    targets = {kind: _file_name(cache, shape, f"-{TYPES[kind].lower()}{_suffix(head)}.gguf") for kind in kinds}
    pure = ["--pure"] if head == "alike" else []
    missing = [kind for kind, path in targets.items() if not os.path.exists(path)]
    if not missing:
        return targets
    architecture = programs.run_json([tools["ringlet"], "inspect", ringlet_model, "--json"])[0]["architecture"]
    source = _file_name(cache, shape, "-f16.gguf")
    try:
        _make(source, lambda path: random_gguf.write(path, architecture, shape))
        for kind in missing:
            _make(targets[kind], lambda path, kind=kind: programs.run(
                [tools["quantize"], *pure, source, path, TYPES[kind]]))
    finally:
        if os.path.exists(source):
            os.remove(source)
    return targets


def read_through(path):
    """Brings a file into the page cache, so that no first run pays for the disk."""
    with open(path, "rb", buffering=0) as file:
        while file.read(1 << 24):
            pass
