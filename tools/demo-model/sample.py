#!/usr/bin/env python3
"""Sample text from a checkpoint."""

import argparse
from pathlib import Path

import torch

import bpe
import model as m


def choose(logits, temperature, top_p, generator):
    """Draw an id from the smallest set of ids whose probabilities reach `top_p`."""
    chances, order = (logits / temperature).softmax(-1).sort(descending=True)
    chances[chances.cumsum(0) - chances >= top_p] = 0
    return order[torch.multinomial(chances, 1, generator=generator)].item()


@torch.no_grad()
def generate(model, ids, count, args):
    """Return `ids` followed by up to `count` new ones; stops before the next <s>."""
    generator = torch.Generator().manual_seed(args.seed)
    for _ in range(count):
        window = torch.tensor([ids[-model.config.context:]])
        token = choose(model(window)[0, -1], args.temperature, args.top_p, generator)
        if token in (bpe.BOS, bpe.EOS):
            break
        ids = [*ids, token]
    return ids


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with tokenizer.json")
    parser.add_argument("checkpoint", type=Path, help="checkpoint.pt of train.py")
    parser.add_argument("--prompt", default="", help="text to continue (default: none)")
    parser.add_argument("--tokens", type=int, default=400, help="most tokens to write (default: %(default)s)")
    parser.add_argument("--temperature", type=float, default=0.8, help="default: %(default)s")
    parser.add_argument("--top-p", type=float, default=0.95, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--int4", action="store_true", help="round the weights to INT4 first")
    args = parser.parse_args()
    tokenizer = bpe.Tokenizer(args.data / "tokenizer.json")
    prompt = [bpe.BOS, *(tokenizer.encode(args.prompt) if args.prompt else [])]
    model = m.load(args.checkpoint, args.int4)
    print(tokenizer.decode(generate(model, prompt, args.tokens, args)))


if __name__ == "__main__":
    main()
