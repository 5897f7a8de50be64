#!/usr/bin/python3
"""Score a model file through the command line: exact answers, and risk against coverage.

    evaluate.py MODEL --ringlet PROGRAM --grammar FILE.rglg            utterances of withheld people
    evaluate.py MODEL --ringlet PROGRAM --grammar FILE.rglg --voices   templates of withheld voices

An answer is right if its objects are the wanted ones, key by key.
"""

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path

import homes
import slots
from examples import Speaker
from form import read
from run_commands import Program
from scores import Scores

UTTERANCES = Path(__file__).parent / "utterances"
SURE = [0.5, 0.9]
MISSING = [{"do": "none", "why": "missing"}]


class Written:
    """A home that utterances were written for."""

    def __init__(self, house):
        floors = set(homes.entries("floors"))
        self.devices = house.devices
        self.floors = [area for area in house.areas if area in floors]
        self.areas = [area for area in house.areas if area not in floors]


def wanted(line):
    """Return the objects of an utterance."""
    return [slots.ordered(intent, {key: float(value) if key in slots.schema.NUMBERS else value for key, value in keys.items()})
            for intent, keys in line.actions]


def utterances(folder):
    """Yield (section, home, [(text, objects)]) of the files of a folder."""
    for path in sorted(folder.glob("*.txt")):
        groups = defaultdict(list)
        for line in read(path):
            groups[line.section, id(line.house)].append(line)
        for (section, _), lines in groups.items():
            yield section, Written(lines[0].house), [(line.text, wanted(line)) for line in lines]


def drawn(count):
    """Yield the same for random homes and the templates of withheld voices."""
    r = random.Random("withheld")
    for _ in range(count // 20):
        home = homes.Home(r, 14)
        speaker = Speaker(r, home, withheld=True)
        yield "single", home, [_retry(speaker.one) for _ in range(14)]
        yield "several", home, [_retry(speaker.compound) for _ in range(6)]


def _retry(make):
    while True:
        try:
            return make()
        except slots.Unfit:
            continue


def is_right(answer, right):
    """Return whether an answer is the wanted one; a device that is not there can also be refused by the grammar."""
    return answer.objects == right or (answer.is_missing and right == MISSING)


def acts(objects):
    """Return whether the wanted answer does something."""
    return any(object_["do"] not in ("none", "nevermind") for object_ in objects)


def score(program, cases, who, show):
    """Return the Scores by section. `who` speaks, for the rows."""
    scores, exact, sure, parsed = Scores(), defaultdict(list), [], []
    for section, home, lines in cases:
        for (text, right), answer in zip(lines, program.ask(home, [text for text, _ in lines])):
            good = is_right(answer, right)
            exact[section].append(good)
            parsed.append(answer.objects is not None)
            sure.append((answer, good, acts(right)))
            if show and not good:
                print(f"{section} {answer.confidence:.2f} {text}\n    {json.dumps(right)}\n    {answer.text}")
    for section, results in exact.items():
        scores.add(f"{who}: {section}", sum(results), len(results))
    scores.add(f"{who}: JSON that parses", sum(parsed), len(parsed))
    real = sum(is_real for *_, is_real in sure)
    for level in SURE:
        done = [(good, is_real) for answer, good, is_real in sure if answer.acts(level)]
        scores.add(f"{who}: commands acted on at confidence > {level}", sum(is_real for _, is_real in done), real)
        scores.add(f"{who}: rightly, of those acted on at confidence > {level}", sum(good for good, _ in done), len(done))
        scores.add(f"{who}: what is no command, acted on at confidence > {level}", sum(not is_real for _, is_real in done),
                   len(sure) - real)
    return scores


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--ringlet", type=Path, required=True, help="the program")
    parser.add_argument("--grammar", type=Path, help="compiled grammar; without it the model writes freely")
    parser.add_argument("--utterances", type=Path, default=UTTERANCES, help="folder of utterances (default: %(default)s)")
    parser.add_argument("--voices", action="store_true", help="templates of withheld voices in place of utterances")
    parser.add_argument("--count", type=int, default=1000, help="sentences of withheld voices (default: %(default)s)")
    parser.add_argument("--save", type=Path, metavar="FILE", help="file of scores to write the rows to")
    parser.add_argument("--show", action="store_true", help="print what was wrong")
    parser.add_argument("--option", action="append", default=[], help="option for ringlet, as --option=--kv=int8")
    args = parser.parse_args()
    program = Program(args.ringlet, args.model, args.grammar, args.option)
    if args.voices:
        scores = score(program, drawn(args.count), "withheld voices", args.show)
    else:
        scores = score(program, utterances(args.utterances), "withheld people", args.show)
    if args.save:
        scores.save(args.save, args.model)


if __name__ == "__main__":
    main()
