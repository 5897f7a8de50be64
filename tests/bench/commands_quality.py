#!/usr/bin/env python3
"""Scores the commands' model on public sets, and on running text, through the command line.

    commands_quality.py MODEL --ringlet PROGRAM --grammar commands.rglg --intents DIR --datasets DIR --text FILE

DIR are snapshots of home-assistant/intents and allenporter/home-assistant-datasets; a part whose path is not given is
SKIPPED. The model was never trained on them. --save adds the rows to a file of scores (scores.py prints its table).
"""

import argparse
import random
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "commands-model"))
import homes  # noqa: E402
import slots  # noqa: E402
from examples import Speaker  # noqa: E402
from public_commands import Assist, Intents  # noqa: E402
from run_commands import Program  # noqa: E402
from scores import Scores  # noqa: E402

LEVELS = [0, 0.5, 0.9]


def intents(program, free, folder, out):
    """Home Assistant's sentences: exact answers, and risk against coverage."""
    tests = Intents(folder)
    cases, outside = tests.sentences()
    for label, asked in (("with grammar", program), ("free", free)):
        answers = asked.ask(tests.home, [text for text, _, _ in cases])
        exact = [tests.same(answer.objects, wanted, room) for answer, (_, wanted, room) in zip(answers, cases)]
        out(f"Home Assistant's English sentences in the schema ({outside} are outside), {label}", sum(exact), len(exact))
        if asked is program:
            for level in LEVELS[1:]:
                done = [good for good, answer in zip(exact, answers) if answer.acts(level)]
                out(f"… rightly, of those acted on at confidence > {level}", sum(done), len(done))
    return tests.home


def assist(program, free, folder, which, out):
    """The tasks of home-assistant-datasets: the right entities change, and no others."""
    for label, asked in (("with grammar", program), ("free", free)):
        results = []
        for home, tasks in Assist(folder, which).tasks():
            answers = asked.ask(home, [sentence for sentence, _ in tasks])
            results += [Assist.right(Assist.effect(home, answer.objects), expected)
                        for answer, (_, expected) in zip(answers, tasks)]
        out(f"{which}, {label}", sum(results), len(results))


def false_actions(program, home, sentences, what, out):
    """How many sentences that are no commands are acted on."""
    answers = program.ask(home, sentences)
    for level in LEVELS:
        wrong = sum(answer.acts(level) for answer in answers)
        out(f"{what}: acted on at confidence > {level}", wrong, len(answers))


def running_text(path, count):
    """Return sentences of 3 to 12 words of a text."""
    text = Path(path).read_text(encoding="utf-8", errors="replace").lower()
    sentences = [re.sub(r"\s+", " ", re.sub(r"[^a-z' ]", " ", sentence)).strip() for sentence in re.split(r"[.!?;]\s|\n\s*\n", text)]
    sentences = [sentence for sentence in sentences if 3 <= len(sentence.split()) <= 12]
    return random.Random(1).sample(sentences, min(count, len(sentences)))


def impossible(home, count):
    """Return commands for devices and rooms that the home does not have, in templates of withheld voices."""
    r, result = random.Random("impossible"), []
    known = {word for name in [*home.areas, *home.floors, *(name for _, name, _ in home.devices)] for word in name.split()}
    while len(result) < count:
        other = homes.Home(r, 14)
        try:
            text, objects = Speaker(r, other, False, withheld=True).one()
        except slots.Unfit:
            continue
        named = [objects[0][key] for key in ("name", "area") if objects[0].get(key) not in (None, "it", "all")]
        if named and not any(set(name.split()) & known for name in named):
            result.append(text)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--ringlet", type=Path, required=True, help="the program")
    parser.add_argument("--grammar", type=Path, required=True)
    parser.add_argument("--intents", type=Path, metavar="DIR", help="snapshot of home-assistant/intents")
    parser.add_argument("--datasets", type=Path, metavar="DIR", help="snapshot of allenporter/home-assistant-datasets")
    parser.add_argument("--text", type=Path, metavar="FILE", help="running text for sentences that are no commands")
    parser.add_argument("--save", type=Path, metavar="FILE", help="file of scores to write the rows to")
    parser.add_argument("--option", action="append", default=[], help="option for ringlet, as --option=--kv=int8")
    args = parser.parse_args()
    program = Program(args.ringlet, args.model, args.grammar, args.option)
    free = Program(args.ringlet, args.model, None, args.option)

    scores = Scores()
    out = scores.add
    home = homes.Home(random.Random("evaluation"), 24)
    if args.intents:
        home = intents(program, free, args.intents, out)
    for which in ("assist-mini", "assist") if args.datasets else ():
        assist(program, free, args.datasets, which, out)
    if args.text:
        false_actions(program, home, running_text(args.text, 10000), "sentences of running text", out)
    false_actions(program, home, impossible(home, 1000), "commands for what the home does not have", out)
    if args.save:
        scores.save(args.save, args.model)
    for what, given in (("Home Assistant's sentences", args.intents), ("assist", args.datasets), ("running text", args.text)):
        if not given:
            print(f"SKIPPED: {what}: no path is given", file=sys.stderr)


if __name__ == "__main__":
    main()
