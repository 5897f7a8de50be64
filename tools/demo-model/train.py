#!/usr/bin/env python3
"""Train the model: warm-up, constant rate, cosine decay; resumable at any step.

On SIGTERM it saves a checkpoint and exits; the same command continues from there. To
begin the decay at another time, resume with other values of --steps and --decay-steps. The
data of a step depend only on the seed and the step's number, so a resumed run sees the same
data as an uninterrupted one.
"""

import argparse
import csv
import math
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from batches import EXERCISE, EXERCISES, SCRAMBLED, STORY, Batches
from model import SIZES, Model, shape


def learning_rate(step, args):
    """Return the rate of `step`: linear warm-up, constant, cosine to 2 % at the end."""
    start = args.steps - args.decay_steps
    if step < args.warmup:
        return args.lr * (step + 1) / args.warmup
    if step < start:
        return args.lr
    progress = min(1.0, (step - start + 1) / args.decay_steps)
    return args.lr * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))


def loss_of(model, inputs, targets):
    """Return the mean cross entropy in nats per token."""
    return F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())


def backward(model, parts, lanes, count):
    """Set the gradients of one step, each of `count` lanes working on its share.

    `parts` is what Batches draws. Returns the losses per token, without weights, of
    the story windows and of the repetitions in exercises and scrambled stories.
    One thread per lane and one meeting per step: operators that are themselves
    threaded wait for each other at every operator, which is slow on a busy machine.
    """
    parameters = list(model.parameters())

    def share(x, y, weights, kinds):
        losses = torch.zeros(y.shape, device=y.device)
        short = kinds == EXERCISES
        for rows, width in ((~short, y.shape[1]), (short, EXERCISE)):
            if rows.any():
                logits, wanted = model(x[rows].view(-1, width)).flatten(0, 1), y[rows]
                losses[rows] = F.cross_entropy(
                    logits, wanted.flatten(), reduction="none").view_as(wanted)
        grads = torch.autograd.grad((losses * weights).mean(), parameters)
        copied = (short[:, None] & (weights > 0)) | ((kinds == SCRAMBLED)[:, None] & (weights > 1))
        return losses.detach()[kinds == STORY].flatten(), losses.detach()[copied], grads

    results = list(lanes.map(share, *(part.chunk(count) for part in parts)))
    for parameter, *grads in zip(parameters, *(grads for _, _, grads in results)):
        parameter.grad = torch.stack(grads).mean(0)
    return [torch.cat([result[kind] for result in results]).mean().item() for kind in (0, 1)]


@torch.no_grad()
def heldout_loss(model, tokens, context, chunks, device):
    """Return the loss over the first `chunks` windows of the held-out stream."""
    losses = []
    for at in range(0, min(chunks * context, len(tokens) - context - 1), context):
        window = torch.from_numpy(tokens[at:at + context + 1].astype(np.int64))[None].to(device)
        losses.append(loss_of(model, window[:, :-1], window[:, 1:]).item())
    return sum(losses) / len(losses)


def mean_text(values):
    """Return the mean of the numbers in `values` as text; nothing when there is none."""
    numbers = [value for value in values if value == value]
    return f"{sum(numbers) / len(numbers):.4f}" if numbers else ""


def make_optimizer(model, args):
    """Return AdamW with weight decay on matrices only."""
    matrices = [p for p in model.parameters() if p.dim() == 2]
    gains = [p for p in model.parameters() if p.dim() != 2]
    groups = [{"params": matrices, "weight_decay": args.weight_decay},
              {"params": gains, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=args.lr, betas=(0.9, 0.98), eps=1e-9)


def save(path, model, optimizer, step, args):
    """Write a checkpoint so that a reader sees the old file or the new one, never half."""
    part = path.with_suffix(".part")
    torch.save({"size": args.size, "mixers": args.mixers, "step": step,
                "model": model.state_dict(), "optimizer": optimizer.state_dict()}, part)
    os.replace(part, path)


def run(args, model, optimizer, step, lanes, log):
    """Train from `step` to args.steps; `lanes` is a thread pool."""
    context = model.config.context
    args.vocab = model.config.vocab
    batches = Batches(args, context)
    heldout = np.memmap(args.data / "heldout.bin", dtype=np.uint16, mode="r")
    began, first, saved, recent = time.time(), step, time.time(), []
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    while step < args.steps and not stop:
        model.set_quantize(args.qat and step >= args.steps - args.decay_steps)
        rate = learning_rate(step, args)
        for group in optimizer.param_groups:
            group["lr"] = rate
        losses = backward(model, batches(step), lanes, args.lanes)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        recent.append(losses)
        last = step == args.steps
        if step % args.log_every == 0 or last:
            pace = (time.time() - began) / (step - first)
            story, copies = (mean_text(kind) for kind in zip(*recent))
            row = {"step": step, "lr": f"{rate:.3e}", "train": story, "heldout": "",
                   "copies": copies}
            if step % args.eval_every == 0 or last:
                row["heldout"] = f"{heldout_loss(model, heldout, context, 40, args.device):.4f}"
            log(row)
            left = (args.steps - step) * pace / 60
            print(*row.values(), f"{1000 * pace:.0f} ms/step, {left:.1f} min left", flush=True)
            recent.clear()
        if time.time() - saved > args.save_minutes * 60 or last or stop:
            save(args.out / "checkpoint.pt", model, optimizer, step, args)
            saved = time.time()


def options():
    """Return the command line options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with train.bin and heldout.bin")
    parser.add_argument("out", type=Path, help="folder for checkpoint.pt and loss.csv")
    parser.add_argument("--size", choices=SIZES, default="small", help="default: %(default)s")
    parser.add_argument("--mixers", default="",
                        help="train an LFM2 with these layers: c convolution, a attention, "
                             "as in ccacca (default: a Llama)")
    parser.add_argument("--steps", type=int, default=16000, help="step at which training ends (default: %(default)s)")
    parser.add_argument("--decay-steps", type=int, default=4000, help="length of the final decay (default: %(default)s)")
    parser.add_argument("--warmup", type=int, default=200, help="steps of the warm-up (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=4, help="windows per step")
    parser.add_argument("--lanes", type=int, default=2, help="threads; must divide --batch")
    parser.add_argument("--lr", type=float, default=3e-3, help="learning rate (default: %(default)s)")
    parser.add_argument("--weight-decay", type=float, default=0.05, help="default: %(default)s")
    parser.add_argument("--qat", action="store_true", help="quantize the weights during the decay")
    parser.add_argument("--init", type=Path, help="checkpoint with the initial weights")
    parser.add_argument("--name-weight", type=float, default=1.0,
                        help="weight of tokens that repeat a fact of the story (needs recall.py)")
    parser.add_argument("--aligned-fraction", type=float, default=0.0,
                        help="share of the windows that begin with a story")
    parser.add_argument("--repeat-fraction", type=float, default=0.0,
                        help="share of the windows that copying exercises replace")
    parser.add_argument("--scramble-fraction", type=float, default=0.0,
                        help="share of the windows with random tokens for facts (needs recall.py)")
    parser.add_argument("--repeat-steps", type=int, default=0,
                        help="step at which exercises and scrambling end")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--log-every", type=int, default=50, help="steps between log lines (default: %(default)s)")
    parser.add_argument("--eval-every", type=int, default=500, help="steps between evaluations (default: %(default)s)")
    parser.add_argument("--save-minutes", type=float, default=3.0, help="minutes between checkpoints (default: %(default)s)")
    args = parser.parse_args()
    if not set(args.mixers) <= set("ca"):
        parser.error("--mixers takes the letters c and a only")
    return args


def main():
    args = options()
    args.device = "cuda" if torch.cuda.is_available() else "cpu"
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)  # the lanes are the threads
    torch.manual_seed(args.seed)
    model = Model(shape(args.size, args.mixers)).to(args.device)
    if args.init:
        model.load_state_dict(torch.load(args.init, map_location=args.device)["model"])
    optimizer, step = make_optimizer(model, args), 0
    if (args.out / "checkpoint.pt").exists():
        state = torch.load(args.out / "checkpoint.pt", map_location=args.device)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    count = sum(p.numel() for p in model.parameters())
    print(f"{args.size}: {count} parameters, from step {step} to {args.steps}", flush=True)
    with (args.out / "loss.csv").open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["step", "lr", "train", "heldout", "copies"])
        if file.tell() == 0:
            writer.writeheader()

        def log(row):
            writer.writerow(row)
            file.flush()

        with ThreadPoolExecutor(args.lanes) as lanes:
            run(args, model, optimizer, step, lanes, log)


if __name__ == "__main__":
    main()
