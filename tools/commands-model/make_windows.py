#!/usr/bin/python3
"""Write the windows that the model learns from: DIR/windows.bin, resumable.

A window is one home and as many commands as fit. Each command sees the home and itself; its
positions follow the home's. A record has LENGTH tokens of two bytes, LENGTH bytes with the number of
the command that a token belongs to (0: the home, 255: none), LENGTH bytes that say what predicting
the token after it is worth (0 nothing, 1 said, 2 answered), and is a function of its number alone.
"""

import argparse
import os
import random
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

import homes
from examples import Speaker
from tokens import BOS, Tokens

LENGTH = 416
HOME = 232           # a longer home is cut
WITHOUT_HOME = 0.04  # share of windows that do not show the home
RECORD = np.dtype([("ids", "<u2", LENGTH), ("command", "u1", LENGTH), ("worth", "u1", LENGTH)])
BATCH = 64

tokens = None


def window(number, seed=1):
    """Return window `number` as a RECORD."""
    r = random.Random(f"{seed}/{number}")
    known = r.random() >= WITHOUT_HOME
    home = homes.Home(r, r.choice([4, 6, 8, 10, 14, 14, 20, 28]))
    prefix = tokens.home(home, r) if known else [BOS]
    while len(prefix) > HOME:
        home.devices.pop(r.randrange(len(home.devices)))
        prefix = tokens.home(home, r)
    speaker = Speaker(r, home, known)
    ids, command, worth, count = list(prefix), [0] * len(prefix), [0] * len(prefix), 0
    while True:
        text, objects = speaker.example()
        said, answer = tokens.sentence(text), tokens.answer(objects)
        if len(ids) + len(said) + len(answer) > LENGTH:
            break
        count += 1
        ids += said + answer
        command += [count] * (len(said) + len(answer))
        worth += [1] * (len(said) - 2) + [0] + [2] * len(answer) + [0]
    record = np.zeros((), RECORD)
    record["command"] = 255
    for field, values in (("ids", ids), ("command", command), ("worth", worth)):
        record[field][:len(values)] = values
    return record


def _start(folder):
    global tokens
    tokens = Tokens(folder / "tokenizer.json")


def _batch(first):
    return np.stack([window(first + i) for i in range(BATCH)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with tokenizer.json, for windows.bin")
    parser.add_argument("--windows", type=int, default=65536, help="default: %(default)s")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    args = parser.parse_args()
    path = args.data / "windows.bin"
    done = path.stat().st_size // RECORD.itemsize // BATCH * BATCH if path.exists() else 0
    with ProcessPoolExecutor(args.processes, initializer=_start, initargs=(args.data,)) as pool, path.open("ab") as out:
        out.truncate(done * RECORD.itemsize)
        for batch in pool.map(_batch, range(done, args.windows, BATCH), chunksize=4):
            out.write(batch.tobytes())
            out.flush()
    print(f"{path}: {args.windows} windows")


if __name__ == "__main__":
    main()
