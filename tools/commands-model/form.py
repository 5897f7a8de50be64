#!/usr/bin/python3
"""The form of voices: sentences and what they mean, one a line; reading and checking.

    pop the {light} on => on name={light}
    lights off and shut the {cover} => off type=light; close name={cover}

Words in braces are slots, which slots.py fills. FORM.md describes the form for people. A file of
utterances (tests) has no slots; it begins with `home:` lines and writes names out.

    form.py FILE...     says what is wrong, by line; exit status 1 if anything is
"""

import re
import sys
from dataclasses import dataclass, field

import schema

# What can stand in braces, and the key that each slot gives a value to.
DEVICE_SLOTS = [kind for kind in schema.KINDS if kind not in schema.COVERS] + ["cover"]
SLOT_KEYS = {"name": DEVICE_SLOTS, "except_name": DEVICE_SLOTS, "area": ["area"],
             "except_area": ["area"], "value": ["value", "degrees"], "duration": ["duration"],
             "of": ["duration"], "in": ["duration"], "at": ["clock"], "day": ["day"],
             "color": ["color"], "item": ["item"], "query": ["query"], "message": ["message"],
             "who": ["person"], "timer": ["timer"], "place": ["place"]}
SLOTS = {slot for slots in SLOT_KEYS.values() for slot in slots}
# Keys of the form that stand for several keys of the schema.
WIDE = {"duration": schema.DURATION, "of": schema.OF, "in": ["in_" + unit for unit in schema.DURATION],
        "at": ["hour", "minute"]}

SLOT = re.compile(r"\{([a-z]+)(\d?)\}")
PAIR = re.compile(r'(\w+)=("[^"]*"|\S+)')


class Wrong(Exception):
    """A line that is not of the form; the text says why."""


@dataclass
class House:
    """The names that utterances can use: devices as (kind, name, area or None), and areas."""
    devices: list = field(default_factory=list)
    areas: list = field(default_factory=list)


@dataclass
class Line:
    """A sentence and its actions: a list of (intent, {key: value or '{slot}'})."""
    text: str
    actions: list
    house: House = None
    section: str = ""

    @property
    def slots(self):
        """The slots of the sentence, as (slot, number as text)."""
        return SLOT.findall(self.text)


def parse_house(text):
    """Return the House of what follows `home:`."""
    house = House()
    for part in text.split(";"):
        kind, _, names = part.strip().partition("=")
        if kind != "areas" and kind not in schema.KINDS:
            raise Wrong(f"no kind of device: '{kind}'")
        for name in filter(None, (name.strip() for name in names.split(","))):
            name, _, area = (piece.strip() for piece in name.partition("@"))
            if kind == "areas":
                house.areas.append(name)
            else:
                house.devices.append((kind, name, area or None))
    house.areas += sorted({area for _, _, area in house.devices if area} - set(house.areas))
    return house


def parse_line(line, house=None):
    """Return the Line of `text => actions`, checked; `house` is None for templates."""
    if line.count("=>") != 1:
        raise Wrong("needs one =>")
    text, right = (part.strip() for part in line.split("=>"))
    actions = [_action(part.strip()) for part in right.split(";")]
    if not 1 <= len(actions) <= 3:
        raise Wrong("needs one to three actions")
    result = Line(text, actions, house)
    for slot, _ in result.slots:
        if slot not in SLOTS:
            raise Wrong(f"unknown slot {{{slot}}}")
    if house and result.slots:
        raise Wrong("slots in an utterance")
    used = {value for _, keys in actions for value in keys.values()}
    for slot, number in result.slots:
        if f"{{{slot}{number}}}" not in used and actions[0][0] != "none":
            raise Wrong(f"the slot {{{slot}{number}}} is in no action")
    for intent, keys in actions:
        for key, value in keys.items():
            _check_value(result, key, value)
        _check_needs(intent, keys)
        if keys.get("type") == schema.IMPLIED.get(intent, ""):
            del keys["type"]
        if keys.get("minute") == "0":
            del keys["minute"]
    return result


def _action(text):
    match = re.match(r"(\w+)(.*)$", text)
    if not match or match[1] not in schema.TABLE:
        raise Wrong(f"unknown intent in '{text}'")
    if PAIR.sub("", match[2]).strip():
        raise Wrong(f"not key=value: '{match[2].strip()}' (write values with spaces in quotes)")
    keys = {key: value.strip('"') for key, value in PAIR.findall(match[2])}
    allowed = set(schema.TABLE[match[1]].keys)
    for key in keys:
        if not allowed.issuperset(WIDE.get(key, [key])):
            raise Wrong(f"{match[1]} has no key {key}")
    return match[1], keys


def _check_value(line, key, value):
    slot = SLOT.fullmatch(value)
    if slot:
        if slot[1] not in SLOT_KEYS.get(key, []):
            raise Wrong(f"{key} cannot be {value}")
        if (slot[1], slot[2]) not in line.slots:
            raise Wrong(f"{value} is not in the sentence")
    elif key in schema.CHOICES and value not in schema.CHOICES[key]:
        raise Wrong(f"{key} cannot be '{value}'")
    elif key in schema.SPANS and value not in line.text:
        raise Wrong(f"{key} '{value}' is not a piece of the sentence")
    elif key in ("name", "except_name") and value != "it":
        if not line.house or value not in [name for _, name, _ in line.house.devices]:
            raise Wrong(f"no device '{value}'")
    elif key in ("area", "except_area") and value != "all":
        if not line.house or value not in line.house.areas:
            raise Wrong(f"no area '{value}'")
    elif key in schema.NUMBERS and not re.fullmatch(r"\d+(\.\d)?", value):
        raise Wrong(f"{key} is not a number: '{value}'")


def _check_needs(intent, keys):
    given = {narrow for key in keys for narrow in WIDE.get(key, [key])}
    for group in schema.TABLE[intent].needs:
        if not given.intersection(group):
            raise Wrong(f"{intent} needs {' or '.join(group)}")


def read(path, complain=None):
    """Return the Lines of a file. Wrong lines are an error, or go to complain(number, why, line)."""
    lines, house, section = [], None, ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        if not line:
            continue
        if line[0] == "#":
            section = line[1:].strip()
            continue
        try:
            if line.startswith("home:"):
                house = parse_house(line[5:])
                continue
            lines.append(parse_line(line, house))
            lines[-1].section = section
        except Wrong as why:
            if complain is None:
                raise Wrong(f"{path}:{number}: {why}: {line}") from None
            complain(number, why, line)
    return lines


def main():
    from pathlib import Path
    wrong = []
    for name in sys.argv[1:]:
        lines = read(Path(name), lambda *what: wrong.append((name, *what)))
        print(f"{name}: {len(lines)} lines")
    for name, number, why, line in wrong:
        print(f"{name}:{number}: {why}: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
