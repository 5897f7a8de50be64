#!/usr/bin/python3
"""Stands for `ringlet run --each-line --json`: answers the sentences that it knows, and fails as a program can."""

import json
import os
import signal
import sys
import time

ON, OFF = {"do": "on", "name": "desk lamp"}, {"do": "off", "area": "all"}
UNLOCK, NONE = {"do": "unlock", "name": "front door"}, {"do": "none", "why": "other"}
ANSWERS = {"lamp on": ([ON], 0.97), "all off and lamp on": ([OFF, ON], 0.6), "unlock": ([UNLOCK], 0.6),
           "nice day": ([NONE], 0.99), "hm": ([ON], 0.05)}

# What it does to these, as makers/child.py calls it with a timeout of 2 s.
FAULTS = {"crash": "exit 1: ringlet: standard input, line 1: prompt: too long", "quit": "exit 0: without a word",
          "kill": "signal SIGKILL: without a word", "sleep": "silence: no answer within 2 s", "junk": "answer: not JSON: junk"}


def main():
    if "--lists" in sys.argv and sys.argv[sys.argv.index("--lists") + 1] == "/nowhere":
        sys.exit("ringlet: /nowhere: does not exist")
    for line in sys.stdin:
        said = line.rstrip("\n")
        if said == "crash":
            print("ringlet: standard input, line 1: prompt: too long", file=sys.stderr)
            sys.exit(1)
        if said == "quit":
            sys.exit(0)
        if said == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if said == "sleep":
            time.sleep(60)
        if said in ("", "junk"):
            print(said, flush=True)
            continue
        actions, confidence = ANSWERS.get(said, (None, 0.9))
        text = json.dumps(actions, separators=(",", ":")) if actions else '[{"do":'
        print(json.dumps({"text": text, "complete": bool(actions), "confidence": confidence, "allowed": 0.99}), flush=True)


if __name__ == "__main__":
    main()
