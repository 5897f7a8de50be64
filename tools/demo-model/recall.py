#!/usr/bin/env python3
"""Mark the words of a story that repeat a fact told before: names, colours, things, places.

Writes <name>.recall.bin beside <name>.bin, with a uint16 for every token: the distance in
tokens back to the last mention of the same word in the same story, or 0 for words that are
new or not a fact. train.py gives marked tokens more weight.
"""

import argparse
import functools
import re
from pathlib import Path

import numpy as np

import bpe
from stories import make, world

_WORD = re.compile(r"[A-Za-z]+(?:-[a-z]+)*")
NAMES = frozenset([*make.FEMALE, *make.MALE])
TOWNS = frozenset(head + tail for head in make.TOWN_HEADS for tail in make.TOWN_TAILS)
_COMMON = {"the", "of", "and", "in", "on", "at", "old", "a", "with", "by", "under", "behind"}


def _facts():
    phrases = [*make.COLOURS, *make.ANIMALS, *make.TRADES, *world.words("creatures.txt"),
               *(item for items in make.THINGS.values() for item in items),
               *(place[0] for places in make.PLACES.values() for place in places),
               "three four five six seven eight nine ten eleven twelve"]
    return frozenset(word for phrase in phrases for word in _WORD.findall(phrase)) - _COMMON


FACTS = _facts() | NAMES | TOWNS


@functools.lru_cache(maxsize=None)
def piece_lengths(tokenizer):
    """Return the number of characters that each id stands for (one for a byte)."""
    return np.array([0, 0, 0] + [1] * 256 + [len(piece) for piece in tokenizer.pieces])


def mentions(tokenizer, ids, words):
    """Return (first token, end, word) of every mention of `words` in `ids` (without <s>)."""
    text = tokenizer.decode(ids)
    ends = np.cumsum(piece_lengths(tokenizer)[np.asarray(ids)]) - 1  # less the dummy space
    found = [match for match in _WORD.finditer(text) if match.group() in words]
    first = np.searchsorted(ends, [match.start() for match in found], side="right")
    last = np.searchsorted(ends, [match.end() - 1 for match in found], side="right")
    return [(int(a), int(b) + 1, match.group()) for a, b, match in zip(first, last, found)]


def distances(tokenizer, ids, words=FACTS):
    """Return for every token the distance back to the last mention of its word, or 0."""
    back, seen = np.zeros(len(ids), np.uint16), {}
    for first, end, word in mentions(tokenizer, ids, words):
        if word in seen:
            back[first:end] = first - seen[word]
        seen[word] = first
    return back


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder that make_tokens.py wrote")
    args = parser.parse_args()
    tokenizer = bpe.Tokenizer(args.data / "tokenizer.json")
    for name in ("heldout", "train"):
        tokens = np.fromfile(args.data / f"{name}.bin", dtype=np.uint16)
        starts = np.load(args.data / f"{name}.idx.npy")
        back = np.zeros(len(tokens), np.uint16)
        for start, end in zip(starts, np.append(starts[1:], len(tokens))):
            back[start + 1:end] = distances(tokenizer, tokens[start + 1:end].tolist())
        back.tofile(args.data / f"{name}.recall.bin")
        print(f"{name}: {np.mean(back > 0):.1%} of the tokens repeat a fact", flush=True)


if __name__ == "__main__":
    main()
