#!/usr/bin/python3
"""Train the model on the windows: warm-up, constant rate, decay with quantized weights; resumable.

On SIGTERM it saves a checkpoint and exits; the same command goes on from there, and can set another
end with --steps and --decay-steps. The data of a step depend on the step's number alone.
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

from make_windows import RECORD
from muon import Both
from network import SIZES, Network, config

SAID = 0.1  # weight of a token that is said, against 1 for one of the answer


def learning_rate(step, args):
    """Return the rate of `step`: linear warm-up, constant, cosine to 2 % at the end."""
    if step < args.warmup:
        return args.lr * (step + 1) / args.warmup
    start = args.steps - args.decay_steps
    if step < start:
        return args.lr
    progress = min(1.0, (step - start + 1) / args.decay_steps)
    return args.lr * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))


def share(model, parameters, records):
    """Return the gradients of some windows, and the loss of the answers' tokens."""
    ids = torch.from_numpy(records["ids"].astype(np.int64))
    command = torch.from_numpy(records["command"].astype(np.int64))
    worth = torch.from_numpy(records["worth"].astype(np.int64))
    places = worth > 0
    losses = F.cross_entropy(model(ids, command, places), torch.roll(ids, -1, 1)[places], reduction="none")
    answered = worth[places] == 2
    weights = torch.where(answered, 1.0, SAID)
    gradients = torch.autograd.grad((losses * weights).sum() / weights.sum(), parameters)
    return gradients, losses.detach()[answered].mean().item()


def save(path, model, optimizer, step, args):
    """Write a checkpoint so that a reader sees the old file or the new one, never half."""
    part = path.with_suffix(".part")
    torch.save({"size": args.size, "step": step, "quantized": model.quantize,
                "model": model.state_dict(), "optimizer": optimizer.state_dict()}, part)
    os.replace(part, path)


def run(args, lanes, model, optimizer, step, log):
    """Train from `step` to args.steps."""
    windows = np.memmap(args.data / "windows.bin", dtype=RECORD, mode="r")
    parameters, stop, recent = list(model.parameters()), [], []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    began, first, saved = time.time(), step, time.time()
    while step < args.steps and not stop:
        model.set_quantize(step >= args.steps - args.decay_steps * args.quantized)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, args)
        at = (np.arange(args.batch) + step * args.batch) % len(windows)
        results = list(lanes.map(lambda part: share(model, parameters, windows[part]), np.array_split(at, args.lanes)))
        for parameter, *gradients in zip(parameters, *(gradients for gradients, _ in results)):
            parameter.grad = torch.stack(gradients).mean(0)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        recent.append(sum(loss for _, loss in results) / len(results))
        pace = (time.time() - began) / (step - first)
        last = step == args.steps
        if step % args.log_every == 0 or last:
            log({"step": step, "lr": f"{learning_rate(step - 1, args):.3e}", "answer": f"{np.mean(recent):.4f}"})
            print(f"{step} of {args.steps}: loss of answers {np.mean(recent):.4f}, {1000 * pace:.0f} ms a step, "
                  f"{(args.steps - step) * pace / 60:.1f} minutes left", flush=True)
            recent.clear()
        if time.time() - saved > args.save_minutes * 60 or last or stop:
            save(args.out / "checkpoint.pt", model, optimizer, step, args)
            saved = time.time()


def options():
    """Return the command line options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with windows.bin")
    parser.add_argument("out", type=Path, help="folder for checkpoint.pt and loss.csv")
    parser.add_argument("--size", choices=SIZES, default="middle", help="default: %(default)s")
    parser.add_argument("--steps", type=int, default=9000, help="default: %(default)s")
    parser.add_argument("--decay-steps", type=int, default=3600, help="length of the final decay (default: %(default)s)")
    parser.add_argument("--quantized", type=float, default=0.7, help="last share of the decay with quantized weights (default: %(default)s)")
    parser.add_argument("--warmup", type=int, default=100, help="steps of the warm-up (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=8, help="windows a step (default: %(default)s)")
    parser.add_argument("--lanes", type=int, default=2, help="threads (default: %(default)s)")
    parser.add_argument("--lr", type=float, default=3e-3, help="learning rate (default: %(default)s)")
    parser.add_argument("--weight-decay", type=float, default=0.05, help="default: %(default)s")
    parser.add_argument("--init", type=Path, help="checkpoint with the initial weights")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--log-every", type=int, default=50, help="steps between log lines (default: %(default)s)")
    parser.add_argument("--save-minutes", type=float, default=3.0, help="minutes between checkpoints (default: %(default)s)")
    return parser.parse_args()


def main():
    args = options()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)  # the lanes are the threads
    torch.manual_seed(args.seed)
    model = Network(config(args.size))
    if args.init:
        model.load_state_dict(torch.load(args.init)["model"])
    lanes, step, checkpoint = ThreadPoolExecutor(args.lanes), 0, args.out / "checkpoint.pt"
    optimizer = Both(model, args.lr, args.weight_decay, lanes.map)
    if checkpoint.exists():
        state = torch.load(checkpoint)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    print(f"{args.size}: {sum(p.numel() for p in model.parameters())} parameters, from step {step}", flush=True)
    with (args.out / "loss.csv").open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["step", "lr", "answer"])
        if file.tell() == 0:
            writer.writeheader()

        def log(row):
            writer.writerow(row)
            file.flush()

        run(args, lanes, model, optimizer, step, log)


if __name__ == "__main__":
    main()
