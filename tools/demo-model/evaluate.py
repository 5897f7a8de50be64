#!/usr/bin/env python3
"""Measure a checkpoint's perplexity per token on held-out stories, as trained and with INT4 weights.

There are two protocols. 'stories' reads every story alone, from its <s>, up to the context
length, and predicts all its tokens but <s>. 'stream' joins the stories and cuts them into
windows of the context length; each window starts without context.
"""

import argparse
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import model as m


@torch.no_grad()
def window_loss(model, tokens):
    """Return the summed loss in nats and the number of predicted tokens of one window."""
    ids = torch.from_numpy(tokens.astype(np.int64))[None]
    loss = F.cross_entropy(model(ids[:, :-1])[0], ids[0, 1:], reduction="sum")
    return loss.item(), len(tokens) - 1


def perplexity(model, windows):
    """Return exp of the mean loss over all predicted tokens of `windows`."""
    losses, counts = zip(*(window_loss(model, window) for window in windows))
    return math.exp(sum(losses) / sum(counts))


def story_windows(tokens, starts, context):
    """Return each story, cut after `context` predictions."""
    ends = np.append(starts[1:], len(tokens))
    return [tokens[s:min(e, s + context + 1)] for s, e in zip(starts, ends)]


def stream_windows(tokens, context):
    """Return the stream in windows with `context` predictions each."""
    return [tokens[at:at + context + 1] for at in range(0, len(tokens) - context - 1, context)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with heldout.bin")
    parser.add_argument("checkpoint", type=Path, help="checkpoint.pt of train.py")
    args = parser.parse_args()
    tokens = np.fromfile(args.data / "heldout.bin", dtype=np.uint16)
    starts = np.load(args.data / "heldout.idx.npy")
    for name, rounded in (("float", False), ("INT4", True)):
        model = m.load(args.checkpoint, rounded)
        context = model.config.context
        stories = perplexity(model, story_windows(tokens, starts, context))
        stream = perplexity(model, stream_windows(tokens, context))
        print(f"{name}: stories {stories:.4f}, stream {stream:.4f}", flush=True)


if __name__ == "__main__":
    main()
