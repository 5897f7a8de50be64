"""Continues a story from run to run: snapshot.py MODEL FILE"""
import sys
from pathlib import Path

import ringlet

file = Path(sys.argv[2])
session = ringlet.Model(sys.argv[1]).session(seed=1)
if file.exists():
    session.restore(file.read_bytes())
prompt = "" if session.position else "Once upon a time"
print(prompt + "".join(session.generate(prompt, tokens=50, ignore_end=True)))
file.write_bytes(session.save())
