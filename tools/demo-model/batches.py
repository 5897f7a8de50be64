"""What a training step reads: windows of stories, and exercises in copying.

A small model learns slowly to look back for a name: the stories alone reward it too
rarely. Two things help. Tokens that repeat a fact told earlier in the same window
count `name_weight` times (recall.py finds them). And for the first `repeat_steps`
steps a share of the windows consists of meaningless token spans, each repeated
several times, where only repetitions count: nothing but copying helps there.
"""

import numpy as np
import torch

import bpe


class Batches:
    """Draws the windows of every step; they depend on the seed and the step's number only."""

    def __init__(self, args, context):
        self.args, self.context = args, context
        self.tokens = np.memmap(args.data / "train.bin", dtype=np.uint16, mode="r")
        self.starts = np.load(args.data / "train.idx.npy")
        self.starts = self.starts[self.starts < len(self.tokens) - context - 1]
        self.back = None
        if args.name_weight != 1:
            self.back = np.memmap(args.data / "train.recall.bin", dtype=np.uint16, mode="r")

    def story(self, rng):
        """Return the ids and target weights of a window that begins anywhere or with a story."""
        at = rng.integers(0, len(self.tokens) - self.context - 1)
        if rng.random() < self.args.aligned_fraction:
            at = rng.choice(self.starts)
        ids = self.tokens[at:at + self.context + 1].astype(np.int64)
        weights = np.ones(self.context, np.float32)
        if self.back is not None:
            back = self.back[at + 1:at + self.context + 1]
            inside = back <= np.arange(1, self.context + 1)
            weights[(back > 0) & inside] = self.args.name_weight
        return ids, weights

    def repeats(self, rng):
        """Return the ids and target weights of a window of repeated random spans."""
        ids, weights, spans = [bpe.BOS], [0.0], []
        count = rng.integers(2, 8)
        while len(ids) <= self.context:
            fresh = len(spans) < count and (not spans or rng.random() < 0.5)
            if fresh:
                size = rng.integers(4, 40)
                if rng.random() < 0.5:
                    spans.append(rng.integers(bpe.FIRST_PIECE, self.args.vocab, size))
                else:  # as frequent as in the stories, in no order
                    spans.append(self.tokens[rng.integers(0, len(self.tokens), size)])
                span, first = spans[-1], len(spans[-1])
            else:
                span, first = spans[rng.integers(len(spans))], 1
            ids.extend(int(token) for token in span)
            weights.extend([0.0] * first + [1.0] * (len(span) - first))
        return (np.array(ids[:self.context + 1], np.int64),
                np.array(weights[1:self.context + 1], np.float32))

    def __call__(self, step):
        """Return inputs, targets, weights and a mark of story windows for `step`."""
        rng = np.random.default_rng([self.args.seed, step])
        share = self.args.repeat_fraction if step < self.args.repeat_steps else 0.0
        plain = rng.random(self.args.batch) >= share
        rows = [self.story(rng) if row else self.repeats(rng) for row in plain]
        ids = torch.from_numpy(np.stack([ids for ids, _ in rows])).to(self.args.device)
        weights = torch.from_numpy(np.stack([weights for _, weights in rows]))
        return (ids[:, :-1], ids[:, 1:], weights.to(self.args.device),
                torch.from_numpy(plain).to(self.args.device))
