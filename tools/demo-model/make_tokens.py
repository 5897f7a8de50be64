#!/usr/bin/env python3
"""Train the tokenizer on train.txt and write both texts as streams of uint16 ids.

A stream is <s> story <s> story ...; a file beside it has the offsets of the stories (int64).
"""

import argparse
from pathlib import Path

import numpy as np

import bpe


def stories(path):
    """Return the stories of a corpus file."""
    return path.read_text(encoding="utf-8").split("\n\n")[:-1]


def write_tokens(tokenizer, texts, path):
    """Write <name>.bin (uint16 ids) and <name>.idx.npy (offset of each story)."""
    starts, parts, at = [], [], 0
    for text in texts:
        ids = np.array([bpe.BOS, *tokenizer.encode(text)], dtype=np.uint16)
        starts.append(at)
        parts.append(ids)
        at += len(ids)
    np.save(path.with_suffix(".idx.npy"), np.array(starts, dtype=np.int64))
    part = path.with_suffix(".part")
    np.concatenate(parts).tofile(part)
    part.rename(path)
    print(f"{path}: {len(starts)} stories, {at} tokens, {at / len(starts):.0f} per story")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder that holds train.txt and heldout.txt")
    parser.add_argument("--vocab", type=int, default=1024, help="number of token ids (default: %(default)s)")
    args = parser.parse_args()
    model = args.out / "tokenizer.json"
    train_texts = stories(args.out / "train.txt")
    if not model.exists():
        bpe.save(model, *bpe.train(train_texts, args.vocab))
    tokenizer = bpe.Tokenizer(model)
    write_tokens(tokenizer, stories(args.out / "heldout.txt"), args.out / "heldout.bin")
    write_tokens(tokenizer, train_texts, args.out / "train.bin")


if __name__ == "__main__":
    main()
