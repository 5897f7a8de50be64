"""The vocabulary: pieces of text and pieces of JSON, and how a home, a sentence and an answer are written in it.

JSON skeletons are added tokens, one each: an intent with its brace, a key with its quote, a key with
its value where that is one of few. Names, and pieces of what was said, are written with the same
tokens in the home, in the sentence and in the answer: each begins with a space piece. Digits are
single pieces everywhere.
"""

import json
import sys
from pathlib import Path

import schema

sys.path.append(str(Path(__file__).resolve().parent.parent / "demo-model"))
import bpe  # noqa: E402  (the tokenizer of the demo model)

VOCAB = 1088
# Keys whose value is text between quotes; the piece ends with the opening quote.
QUOTED = schema.SPANS + schema.LISTED
HOME = [f"<{kind}>" for kind in schema.KINDS] + ["<area>", "<floor>"]
SAY, JSON = "<say>", "<json>"
PIECES = (["["] + [f'{{"do":"{intent}"' for intent in schema.INTENTS] + [f',"{key}":"' for key in QUOTED]
          + [f',"{key}":"{value}"' for key, values in schema.CHOICES.items() for value in values]
          + [f',"{key}":' for key in schema.NUMBERS] + ['"', "},", "}]"] + HOME + [SAY, JSON])
TEXT_VOCAB = VOCAB - len(PIECES)
ID = {piece: TEXT_VOCAB + index for index, piece in enumerate(PIECES)}
BOS, EOS = bpe.BOS, bpe.EOS


class Tokens:
    """Writes homes, sentences and answers as token ids."""

    def __init__(self, path):
        self.bpe = bpe.Tokenizer(path)
        assert self.bpe.vocab_size == TEXT_VOCAB, (self.bpe.vocab_size, TEXT_VOCAB)

    def text(self, text):
        """Return the ids of a text that begins with a space piece."""
        return self.bpe.encode(text)

    def home(self, home, r=None):
        """Return the ids of a home, shuffled by `r`: floors, devices without a room, then room by room."""
        ids = [BOS]
        for floor in home.floors:
            ids += [ID["<floor>"], *self.text(floor)]
        areas = list(home.areas)
        if r:
            r.shuffle(areas)
        for area in [None, *areas]:
            if area:
                ids += [ID["<area>"], *self.text(area)]
            devices = [device for device in home.devices if device[2] == area]
            if r:
                r.shuffle(devices)
            for kind, name, _ in devices:
                ids += [ID[f"<{kind}>"], *self.text(name)]
        return ids

    def sentence(self, text):
        """Return the ids of what is said, ready for the answer to follow."""
        return [ID[SAY], *self.text(text), ID[JSON]]

    def answer(self, objects):
        """Return the ids of the answer, its end included."""
        ids = [ID["["]]
        for index, object_ in enumerate(objects):
            ids.append(ID[f'{{"do":"{object_["do"]}"'])
            for key in schema.ORDER:
                if key in object_:
                    ids += self._member(key, object_[key])
            ids.append(ID["}]" if index == len(objects) - 1 else "},"])
        return ids + [EOS]

    def _member(self, key, value):
        if key in schema.CHOICES:
            return [ID[f',"{key}":"{value}"']]
        if key in schema.NUMBERS:
            digits = self.bpe.encode(f"{value:g}")
            return [ID[f',"{key}":'], *digits[1:]]  # without the space piece
        return [ID[f',"{key}":"'], *self.text(value), ID['"']]

    def write(self, ids):
        """Return the text of an answer's ids, as a program prints it; without the end."""
        text, run = "", []
        for token in [*ids, None]:
            if token is not None and token < TEXT_VOCAB:
                if token not in (BOS, EOS):
                    run.append(token)
                continue
            if run:
                text, run = text + self.bpe.decode(run), []
            if token is not None:
                text += PIECES[token - TEXT_VOCAB]
        return text

    def parse(self, ids):
        """Return the objects of an answer's ids, or None if they are no JSON or have no end."""
        if EOS not in ids:
            return None
        try:
            return json.loads(self.write(ids[:list(ids).index(EOS)]))
        except ValueError:
            return None
