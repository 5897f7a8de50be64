#!/usr/bin/env python3
"""Draw the loss curve of a training, with several runs one after the other."""

import argparse
import csv
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "ringlet"  # same data, same bytes
from matplotlib import pyplot  # noqa: E402


def read(path):
    """Return the rows of a loss.csv by step; of a resumed step the last row counts."""
    with path.open(encoding="utf-8", newline="") as file:
        return {int(row["step"]): row for row in csv.DictReader(file)}


def curve(runs, column):
    """Return steps, counted through all runs, and values of `column` where there are any."""
    points, before = [], 0
    for rows in runs:
        points += [(before + step, float(row[column])) for step, row in sorted(rows.items())
                   if row.get(column)]
        before += max(rows)
    return zip(*points)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logs", type=Path, nargs="+", help="loss.csv of each run, in order")
    parser.add_argument("out", type=Path, help="picture to write, .svg or .png")
    args = parser.parse_args()
    runs = [read(log) for log in args.logs]
    figure, axes = pyplot.subplots(figsize=(7, 3.5), layout="constrained")
    axes.plot(*curve(runs, "train"), lw=0.8, label="training, unchanged stories")
    axes.plot(*curve(runs, "heldout"), "o-", ms=3, label="held out")
    if any(row.get("copies") for rows in runs for row in rows.values()):
        axes.plot(*curve(runs, "copies"), lw=0.8, label="exercises in copying")
    for end in borders(runs):
        axes.axvline(end, color="grey", lw=0.8, ls=":")
    axes.set(xlabel="step (dotted: the next run begins)", ylabel="nats per token", ylim=(0, 8))
    axes.legend()
    figure.savefig(args.out, metadata={"Date": None} if args.out.suffix == ".svg" else None)


def borders(runs):
    """Return the steps, counted through all runs, at which a further run begins."""
    ends = []
    for rows in runs[:-1]:
        ends.append(max(rows) + (ends[-1] if ends else 0))
    return ends


if __name__ == "__main__":
    main()
