#!/usr/bin/env python3
"""Prints what masks of grammars cost over the published vocabularies, as the table of README.md.

    RINGLET_TEST_DATA=DATA tests/bench/grammar_masks.py --ringlet build/release

It compiles four grammars with `ringlet-grammar` and runs `ringlet_grammar_masks` (a build target) with each.
"""

import argparse
import json
import os
import random
import re
import sys
import tempfile

import programs

PATTERNS = {"id": "^[A-Z]{3}-[0-9]{4}$", "mail": "^[a-z0-9._]+@[a-z0-9.-]+\\.[a-z]{2,8}$", "host": "\\.example$"}
HERE = os.path.dirname(os.path.abspath(__file__))


def members(schemas):
    return {"type": "object", "properties": {name: {"type": "string", **schema} for name, schema in schemas.items()},
            "required": list(schemas), "additionalProperties": False}


def words(count):
    """Names of rooms, of one to three words each."""
    generator = random.Random(1)
    syllables = ["ka", "ri", "to", "mu", "ne", "so", "la", "bi", "du", "fe", "gra", "sti", "on", "er"]
    found = {"kitchen of the house"}
    while len(found) < count:
        found.add(" ".join("".join(generator.choices(syllables, k=generator.randint(1, 4)))
                           for _ in range(generator.randint(1, 3))))
    return sorted(found)


def spoken(size):
    """A text without what runs may not have, of the given size in bytes."""
    with open(os.path.join(HERE, "README.md"), encoding="utf-8") as file:
        page = " turn on the old lamp in the kitchen " + re.sub(r'[\\"\s]+', " ", file.read())
    return page.encode()[:size].decode(errors="ignore")


# Name of a row, schema, a value of it, whether it has a list and spans. The first is that of ringlet_grammar_masks.
CASES = [
    ("any JSON", None, None, False),
    ("strings with `pattern`", members({name: {"pattern": pattern} for name, pattern in PATTERNS.items()}),
     {"id": "ABC-1234", "mail": "ada.lovelace@engine.example", "host": "the long name of a machine, über.example"}, False),
    ("strings with `maxLength`", members({"title": {"minLength": 3, "maxLength": 100}, "note": {"maxLength": 500}}),
     {"title": "Notes on the engine",
      "note": "The engine weaves algebraic patterns just as the loom weaves flowers and leaves. 日本語のテキスト."}, False),
    ("a list and two spans", members({"room": {"x-ringlet-list": "rooms"}, "say": {"x-ringlet-span": True},
                                      "word": {"x-ringlet-span": "words"}}),
     {"room": "kitchen of the house", "say": " turn on the old lamp in the", "word": "kitchen"}, True),
]


def arguments_of(compiler, folder, schema, value, has_lists):
    """Files of a case, as arguments of ringlet_grammar_masks."""
    def write(name, text):
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    if schema is None:
        return []
    compiled = os.path.join(folder, "grammar.rglg")
    programs.run([compiler, write("schema.json", json.dumps(schema)), "-o", compiled])
    arguments = [compiled, write("text", json.dumps(value, ensure_ascii=False))]
    if has_lists:
        arguments += ["rooms=" + write("rooms", "\n".join(words(1000)) + "\n"), "--span", write("span", spoken(4090))]
    return arguments


def times(output):
    """By vocabulary: its number of tokens, mean and worst."""
    return re.findall(r"^(\w+): (\d+) tokens;.*\n +all +\d+ masks, mean +([\d.]+), worst +([\d.]+) µs$", output,
                      re.MULTILINE)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ringlet", required=True, metavar="DIR", help="a build directory of Ringlet")
    options = parser.parse_args()
    program = programs.find(options.ringlet, "ringlet_grammar_masks")
    compiler = programs.find(options.ringlet, "ringlet-grammar")
    for number, (name, schema, value, has_lists) in enumerate(CASES):
        with tempfile.TemporaryDirectory() as folder:
            found = times(programs.run([program, *arguments_of(compiler, folder, schema, value, has_lists)])[0])
        if not found:
            raise programs.Failure("no vocabulary was found; set RINGLET_TEST_DATA")
        if number == 0:
            print("| grammar | " + " | ".join(f"{vocabulary}: {int(tokens):,}" for vocabulary, tokens, _, _ in found) + " |")
            print("|---" * (len(found) + 1) + "|")
        print(f"| {name} | " + " | ".join(f"{float(mean):,.0f} / {float(worst):,.0f}" for *_, mean, worst in found) + " |",
              flush=True)


if __name__ == "__main__":
    try:
        main()
    except programs.Failure as failure:
        sys.exit(f"grammar_masks: {failure}")
