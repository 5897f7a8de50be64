#!/usr/bin/python3
"""Obey commands typed in a terminal: what the model answers, how sure it is, and what is done.

    obey.py commands.ringlet --grammar commands.rglg --prefix home.prefix --lists home.lists

Where standard input is no terminal, it says a few commands itself.
"""

import argparse
import json
import subprocess
import sys

FEW = ["turn on the desk lamp", "turn off the radio and close the curtains", "make the strip blue",
       "dim the bedside lamp to 30 percent", "set the temperature to 21.5 degrees", "play some jazz on the radio",
       "add oat milk to the shopping list", "unlock the front door", "turn everything off", "what a lovely day at the beach"]
# As in ports/firmware/commands/decision.hpp.
ACT, CAREFUL, ASK, LEAST_ALLOWED = 0.5, 0.9, 0.1, 0.02
HARMLESS_TYPES = ("curtain", "blind", "shade", "shutter", "window", "valve")
LONGEST_ANSWER = 125  # tokens


def is_careful(action):
    """Return whether an action wants more confidence: to unlock, and to open what is or may be a door or a garage."""
    opens = action["do"] in ("open", "position")
    return action["do"] == "unlock" or (opens and action.get("type") not in HARMLESS_TYPES)


def decide(actions, confidence, allowed):
    """Return "act", "ask" or "ignore"."""
    if all(action["do"] == "none" for action in actions) or allowed < LEAST_ALLOWED:
        return "ignore"
    if confidence >= (CAREFUL if any(map(is_careful, actions)) else ACT):
        return "act"
    return "ask" if confidence >= ASK else "ignore"


def describe(action):
    """Return an action in words: "set temperature: nest, value 21.5"."""
    values = [str(value) if key in ("name", "area", "item", "query", "message") else f"{key.replace('_', ' ')} {value}"
              for key, value in action.items() if key != "do"]
    return action["do"].replace("_", " ") + (f": {', '.join(values)}" if values else "")


def line_of(answer):
    """Return one line about an answer of the program."""
    actions = json.loads(answer["text"]) if answer["complete"] else []
    decision = decide(actions, answer["confidence"], answer["allowed"])
    what = "; ".join(describe(action) for action in actions) or "nothing"
    return f"  {answer['confidence']:.3f} {decision:6}  {what}"


def add_options(parser):
    """Add what names the model and a home to the options of a program."""
    parser.add_argument("model", help="the commands' model")
    parser.add_argument("--grammar", required=True, help="its compiled grammar")
    parser.add_argument("--prefix", required=True, help="a home as a prefix")
    parser.add_argument("--lists", required=True, help="the names of the home")
    parser.add_argument("--ringlet", default="ringlet", metavar="PROGRAM", help="the program ringlet")


def command_of(args):
    """Return the call of the program that answers each line, from the options of add_options()."""
    return [args.ringlet, "run", args.model, "--prefix", args.prefix, "--special", "-p", "<say>{}<json>", "--each-line", "--json",
            "--temperature", "0", "-n", str(LONGEST_ANSWER), "--quiet", "--grammar", args.grammar, "--lists", args.lists]


class Program:
    """The program `ringlet`, which answers each line."""

    def __init__(self, args):
        self.process = subprocess.Popen(command_of(args), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        encoding="utf-8")

    def ask(self, said):
        """Return the answer to a line; None if the program has ended, which then says why."""
        try:
            self.process.stdin.write(said + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        answer = self.process.stdout.readline()
        return json.loads(answer) if answer else None

    def close(self):
        """Return the exit status of the program."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        return self.process.wait()


def typed():
    """Yield what somebody types until the end of the input."""
    print("Say something to the house, for example: turn on the desk lamp and close the curtains (Ctrl-D ends)")
    while True:
        try:
            said = input("> ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return
        if said:
            yield said


def few():
    """Yield a few commands, and print them."""
    for said in FEW:
        print("> " + said)
        yield said


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser)
    program = Program(parser.parse_args())
    for said in typed() if sys.stdin.isatty() else few():
        answer = program.ask(said)
        if answer is None:
            break
        print(line_of(answer), flush=True)
    sys.exit(program.close())


if __name__ == "__main__":
    main()
