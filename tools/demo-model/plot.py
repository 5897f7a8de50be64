#!/usr/bin/env python3
"""Draw the loss curve of a run as SVG."""

import argparse
import csv
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "ringlet"  # same data, same bytes
from matplotlib import pyplot  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path, help="loss.csv of a run")
    parser.add_argument("out", type=Path, help="the picture, .svg or .png")
    args = parser.parse_args()
    with args.log.open(encoding="utf-8", newline="") as file:
        rows = {int(row["step"]): row for row in csv.DictReader(file)}  # a resumed step counts last
    figure, axes = pyplot.subplots(figsize=(7, 3.5), layout="constrained")
    axes.plot(rows.keys(), [float(row["train"]) for row in rows.values()], lw=0.8, label="training")
    heldout = {step: float(row["heldout"]) for step, row in rows.items() if row["heldout"]}
    axes.plot(heldout.keys(), heldout.values(), "o-", ms=3, label="held out")
    axes.set(xlabel="step", ylabel="nats per token", ylim=(0, 4))
    axes.legend()
    figure.savefig(args.out, metadata={"Date": None} if args.out.suffix == ".svg" else None)


if __name__ == "__main__":
    main()
