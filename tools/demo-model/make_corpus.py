#!/usr/bin/env python3
"""Write the training and held-out stories, separated by empty lines."""

import argparse
from pathlib import Path

from stories.compose import story

HELDOUT_FIRST_SEED = 1_000_000_000


def write_stories(path, first_seed, size):
    """Write stories first_seed, first_seed+1, ... to `path` until it holds `size` bytes."""
    part = path.with_suffix(".part")
    written, seed = 0, first_seed
    with part.open("w", encoding="utf-8", newline="\n") as out:
        while written < size:
            text = story(seed) + "\n\n"
            written += out.write(text)
            seed += 1
    part.rename(path)
    print(f"{path}: {seed - first_seed} stories, {written} characters")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder for train.txt and heldout.txt")
    parser.add_argument("--train-size", type=int, default=100_000_000, help="bytes of training stories (default: %(default)s)")
    parser.add_argument("--heldout-size", type=int, default=400_000, help="bytes of held-out stories (default: %(default)s)")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    write_stories(args.out / "heldout.txt", HELDOUT_FIRST_SEED, args.heldout_size)
    write_stories(args.out / "train.txt", 0, args.train_size)


if __name__ == "__main__":
    main()
