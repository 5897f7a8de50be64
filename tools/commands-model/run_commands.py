"""Asks a model through the command line: homes, sentences in, answers with confidence out."""

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import json_schema
import schema
from obey import LEAST_ALLOWED


@dataclass
class Answer:
    """What the program said: the objects (None if the text is no JSON), and how sure it was."""
    objects: list
    text: str
    confidence: float
    allowed: float

    @property
    def is_missing(self):
        """Whether the model wanted to say something else: a device or a room that the home does not have."""
        return self.allowed < LEAST_ALLOWED

    def acts(self, level):
        """Return whether a house that asks for more than this confidence does something."""
        does = bool(self.objects) and any(object_["do"] not in ("none", "nevermind") for object_ in self.objects)
        return does and self.confidence > level and not self.is_missing


def home_text(home):
    """Return the home as the prompt has it: floors, devices without a room, then room by room."""
    text = "".join(f"<floor>{floor}" for floor in home.floors)
    for area in [None, *home.areas]:
        text += f"<area>{area}" if area else ""
        text += "".join(f"<{kind}>{name}" for kind, name, place in home.devices if place == area)
    return text


def word_lists(home, names):
    """Return the words of a grammar's lists; a list is named by what is in it, as `light+fan+it`."""
    words = {kind: [name for other, name, _ in home.devices if other == kind] for kind in schema.KINDS}
    words |= {"area": [*home.areas, *home.floors, "all"], "it": ["it"]}
    return {name: sorted({word for part in name.split("+") for word in words[part]}) for name in names}


class Program:
    """The program `ringlet` with a model, and a grammar or none."""

    def __init__(self, program, model, grammar=None, options=()):
        self.program, self.model, self.grammar, self.options = str(program), str(model), grammar, list(options)

    def ask(self, home, sentences):
        """Return an Answer for each sentence said in a home."""
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            (folder / "home.txt").write_text(home_text(home), encoding="utf-8")
            prefix = folder / "home.prefix"
            self._run(["prefix", self.model, "--special", "--pin", "-f", str(folder / "home.txt"), "-o", str(prefix), *self.options])
            command = ["run", self.model, "--prefix", str(prefix), "--special", "-p", "<say>{}<json>", "--each-line",
                       "--json", "--temperature", "0", "-n", "120", "--quiet", *self.options]
            if self.grammar:
                lists = word_lists(home, json_schema.list_names())
                (folder / "lists.json").write_text(json.dumps(lists), encoding="utf-8")
                command += ["--grammar", str(self.grammar), "--lists", str(folder / "lists.json")]
            lines = self._run(command, "\n".join(sentences) + "\n").splitlines()
        if len(lines) != len(sentences):
            raise RuntimeError(f"{len(lines)} answers to {len(sentences)} sentences")
        return [_answer(json.loads(line)) for line in lines]

    def _run(self, arguments, text=None):
        done = subprocess.run([self.program, *arguments], input=text, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"ringlet {arguments[0]}: {done.stderr.strip()}")
        return done.stdout


def _answer(report):
    text = report["text"] or ""
    try:
        objects = json.loads(text)
    except ValueError:
        objects = None
    # Without a grammar the space piece before a name is printed.
    objects = objects and [{key: value.strip() if isinstance(value, str) else value for key, value in object_.items()}
                           for object_ in objects]
    return Answer(objects, text, report.get("confidence", 1.0), report.get("allowed", 1.0))
