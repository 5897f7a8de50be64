#!/usr/bin/env python3
"""Measure whether a checkpoint remembers names, in held-out text and in its own stories.

'recall' reads held-out stories from their beginnings, up to the context length. For the
first token of every name told before, it prints the mean loss, how often the most likely
token is right, and how often it is the start of *some* name told before.
'stories' continues held-out openings. It prints the share of name mentions whose name was
told before, in the opening or the continuation, and the same share of the real
continuations. A model that calls everybody by one name scores high here, so also compare
the number of different names per story with the real one.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import bpe
import model as m
import recall


def tell_before(tokenizer, ids, begin):
    """Return known mentions and mentions at `begin` or later, and different names in all."""
    known, seen, total = 0, set(), 0
    for first, _, word in recall.mentions(tokenizer, ids, recall.NAMES):
        if first >= begin:
            total += 1
            known += word in seen
        seen.add(word)
    return np.array([known, total, len(seen)])


@torch.no_grad()
def recall_scores(model, tokenizer, stories):
    """Return loss, share right, share of any known name, and count of repeated names."""
    scores = []
    for ids in stories:
        logits = model(torch.tensor([ids]))[0]
        seen = {}
        for first, _, word in recall.mentions(tokenizer, ids[1:], recall.NAMES):
            at = first + 1  # after <s>
            if word in seen and 0 < at < len(ids):
                loss = F.cross_entropy(logits[at - 1], torch.tensor(ids[at])).item()
                best = logits[at - 1].argmax().item()
                scores.append((loss, best == ids[at], best in seen.values()))
            seen.setdefault(word, ids[at])
    return (*np.mean(scores, axis=0), len(scores))


@torch.no_grad()
def continuations(model, openings, count, temperature, seed):
    """Return each opening (all of one length) followed by `count` drawn ids."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.tensor(openings)
    for _ in range(count):
        logits = model(ids[:, -model.config.context:])[:, -1]
        logits[:, :bpe.FIRST_BYTE] = float("-inf")  # the story does not end
        if temperature == 0:
            drawn = logits.argmax(-1, keepdim=True)
        else:
            drawn = torch.multinomial((logits / temperature).softmax(-1), 1, generator=generator)
        ids = torch.cat([ids, drawn], dim=1)
    return ids.tolist()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with heldout.bin and tokenizer.json")
    parser.add_argument("checkpoint", type=Path, help="checkpoint.pt of train.py")
    parser.add_argument("--int4", action="store_true", help="round the weights to INT4 first")
    parser.add_argument("--recall-stories", type=int, default=60, help="held-out stories to read for 'recall'")
    parser.add_argument("--stories", type=int, default=16, help="continuations to draw; 0: none")
    parser.add_argument("--opening", type=int, default=100, help="tokens per opening")
    parser.add_argument("--tokens", type=int, default=200, help="tokens per continuation")
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = bpe.Tokenizer(args.data / "tokenizer.json")
    model = m.load(args.checkpoint, args.int4)
    tokens = np.fromfile(args.data / "heldout.bin", dtype=np.uint16)
    starts = np.load(args.data / "heldout.idx.npy")
    stories = [part.tolist() for part in np.split(tokens, starts[1:])]
    loss, right, known, count = recall_scores(
        model, tokenizer, [ids[:model.config.context] for ids in stories[:args.recall_stories]])
    print(f"recall: loss {loss:.3f}, right {right:.1%}, a known name {known:.1%} "
          f"of {count} repeated names")
    length = args.opening + args.tokens
    chosen = [ids for ids in stories if len(ids) >= length][:args.stories]
    if chosen:
        drawn = continuations(model, [ids[:args.opening] for ids in chosen], args.tokens,
                              args.temperature, args.seed)
        for name, texts in (("drawn", drawn), ("real", chosen)):
            hits, total, names = sum(tell_before(tokenizer, ids[1:length], args.opening - 1)
                              for ids in texts)
            print(f"stories, {name}: {hits / total:.1%} of {total} names told before, "
                  f"{names / len(texts):.1f} different names per story")


if __name__ == "__main__":
    main()
