#!/usr/bin/python3
"""Scores of a model: rows of what was asked, how many answers were right, and of how many.

    scores.py FILE        prints the table of a file of scores, for a page
"""

import hashlib
import json
import math
import sys
from pathlib import Path


def interval(right, count):
    """Return a share and its 95 % interval (Wilson's), in percent, as text."""
    if not count:
        return "-"
    z, p = 1.96, right / count
    middle = (p + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(p * (1 - p) / count + z * z / (4 * count * count))
    return f"{100 * p:.1f} % ({100 * max(middle - half, 0):.1f} to {100 * min(middle + half, 1):.1f})"


def table(rows):
    """Return the rows as a table in Markdown."""
    return "".join(["| asked | right | of |\n|---|---|---|\n",
                    *(f"| {what} | {interval(right, count)} | {count:,} |\n" for what, right, count in rows)])


class Scores:
    """Collects rows, and prints each as soon as it is known."""

    def __init__(self):
        self.rows = []

    def add(self, what, right, count):
        """Add a row."""
        self.rows.append([what, right, count])
        print(f"{what}: {interval(right, count)} of {count:,}", flush=True)

    def save(self, path, model):
        """Write the rows to a file of scores of this model; rows of the same names are replaced, others stay."""
        path, digest = Path(path), hashlib.sha256(Path(model).read_bytes()).hexdigest()
        old = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        rows = old.get("rows", []) if old.get("model") == digest else []
        new = {row[0]: row for row in self.rows}
        rows = [new.pop(row[0], row) for row in rows] + list(new.values())
        lines = ",\n  ".join(json.dumps(row) for row in rows)
        path.write_text(f'{{"model": "{digest}", "rows": [\n  {lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    print(table(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["rows"]), end="")
