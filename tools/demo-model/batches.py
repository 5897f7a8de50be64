"""The data of a training step: windows of stories, and copying exercises.

A small model learns slowly to look back for a name, because stories alone reward that too
rarely. Three things help. Tokens that repeat a fact told earlier in the same window count
`name_weight` times (recall.py finds them). For the first `repeat_steps` steps, short
exercises replace a share of the windows. Only repetitions count in them, so nothing but
copying helps:
- a bag is a few random tokens in random order; the model learns it first, by looking anywhere
  back;
- spans are repeated sequences of random tokens; they need the token after the same token.
Another share are scrambled stories: random tokens replace all names and other facts that are
told again, so knowing the word lists does not help.
"""

import numpy as np
import torch

import bpe

EXERCISES, SCRAMBLED, STORY = 0, 1, 2  # kinds of windows
EXERCISE = 64  # tokens; so many exercises take the place of one window as fit


class Batches:
    """Draws the windows of every step; they depend on the seed and the step's number only."""

    def __init__(self, args, context):
        self.args, self.context = args, context
        self.tokens = np.memmap(args.data / "train.bin", dtype=np.uint16, mode="r")
        self.starts = np.load(args.data / "train.idx.npy")
        self.starts = self.starts[self.starts < len(self.tokens) - context - 1]
        self.back = None
        if args.name_weight != 1 or args.scramble_fraction:
            self.back = np.memmap(args.data / "train.recall.bin", dtype=np.uint16, mode="r")

    def story(self, rng, scrambled=False):
        """Return inputs, targets and weights of a window that begins anywhere or with a story."""
        at = rng.integers(0, len(self.tokens) - self.context - 1)
        if rng.random() < self.args.aligned_fraction:
            at = rng.choice(self.starts)
        ids = self.tokens[at:at + self.context + 1].astype(np.int64)
        weights = np.ones(self.context, np.float32)
        if self.back is not None:
            back = self.back[at + 1:at + self.context + 1]
            inside = back <= np.arange(1, self.context + 1)
            weights[(back > 0) & inside] = self.args.name_weight
            if scrambled:
                self.scramble(rng, ids, weights, np.where(inside, back, 0))
        return ids[:-1], ids[1:], weights

    def scramble(self, rng, ids, weights, back):
        """Replace every repeated fact in `ids` by random tokens, the same at each mention."""
        first = np.arange(len(ids))
        for at in np.flatnonzero(back) + 1:
            first[at] = first[at - int(back[at - 1])]
        mentions = np.isin(first, first[1:][back > 0])
        fresh = np.arange(len(ids)) == first
        ids[mentions] = self.draw(rng, len(ids))[first[mentions]]
        weights[(mentions & fresh)[1:]] = 0  # nobody can guess these

    def draw(self, rng, size):
        """Return random ids: any, or as frequent as in the stories."""
        if rng.random() < 0.5:
            return rng.integers(bpe.FIRST_PIECE, self.args.vocab, size)
        return self.tokens[rng.integers(0, len(self.tokens), size)].astype(np.int64)

    def bag(self, rng, size):
        """Return `size` ids of a bag exercise and their weights."""
        ids = rng.choice(self.draw(rng, rng.integers(2, 9)), size)
        weights = np.ones(size, np.float32)
        weights[np.unique(ids, return_index=True)[1]] = 0  # first mentions
        return ids, weights

    def spans(self, rng, size):
        """Return `size` ids of a span exercise and their weights."""
        spans = [self.draw(rng, rng.integers(3, 13)) for _ in range(rng.integers(1, 4))]
        ids, weights, used = [], [], set()
        while len(ids) < size:
            which = int(rng.integers(len(spans)))
            span = spans[which]
            ids.extend(span)
            weights.extend([0.0] + [float(which in used)] * (len(span) - 1))
            used.add(which)
        return np.array(ids[:size]), np.array(weights[:size], np.float32)

    def exercises(self, rng):
        """Return inputs, targets and weights of as many exercises as fill a window."""
        rows = []
        for _ in range(self.context // EXERCISE):
            kind = self.bag if rng.random() < 0.4 else self.spans
            ids, weights = kind(rng, EXERCISE + 1)
            rows.append((ids[:-1], ids[1:], weights[1:]))
        return [np.concatenate(parts) for parts in zip(*rows)]

    def __call__(self, step):
        """Return inputs, targets, weights and the kinds of the windows of `step`."""
        rng = np.random.default_rng([self.args.seed, step])
        shares = [self.args.repeat_fraction, self.args.scramble_fraction]
        if step >= self.args.repeat_steps:
            shares = [0.0, 0.0]
        kinds = np.searchsorted(np.cumsum(shares), rng.random(self.args.batch), side="right")
        rows = [self.exercises(rng) if kind == EXERCISES else self.story(rng, kind == SCRAMBLED)
                for kind in kinds]
        parts = [torch.from_numpy(np.stack(part)) for part in (*zip(*rows), kinds)]
        return [part.to(self.args.device) for part in parts]
