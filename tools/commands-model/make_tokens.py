#!/usr/bin/python3
"""Learn the pieces of text from homes and sentences: writes DIR/tokenizer.json."""

import argparse
import random
import re
from pathlib import Path

import homes
from examples import Speaker
from tokens import TEXT_VOCAB, Tokens, bpe

HOMES = 3000
SENTENCES = 14


def texts():
    """Yield names and sentences. Digits and capitals are left out: each stays a byte."""
    r = random.Random("tokenizer")
    for _ in range(HOMES):
        home = homes.Home(r, 14)
        said = [Speaker(r, home).example()[0] for _ in range(SENTENCES)]
        for text in [*home.areas, *(name for _, name, _ in home.devices), *said]:
            yield re.sub(r"[0-9]+", "", text.lower())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder for tokenizer.json")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    bpe.save(args.out / "tokenizer.json", *bpe.train(texts(), TEXT_VOCAB))
    tokens, r = Tokens(args.out / "tokenizer.json"), random.Random("lengths")
    lengths = {"home": [], "sentence": [], "answer": []}
    for _ in range(300):
        home = homes.Home(r, 14)
        lengths["home"].append(len(tokens.home(home)))
        for _ in range(10):
            text, objects = Speaker(r, home).example()
            lengths["sentence"].append(len(tokens.sentence(text)))
            lengths["answer"].append(len(tokens.answer(objects)))
    for what, counts in lengths.items():
        counts.sort()
        print(f"{what}: tokens median {counts[len(counts) // 2]}, of 95 % {counts[len(counts) * 95 // 100]}, at most {counts[-1]}")


if __name__ == "__main__":
    main()
