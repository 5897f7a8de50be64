"""Random homes: rooms, floors, and devices with names."""

from functools import cache
from pathlib import Path

import schema

DATA = Path(__file__).with_name("data")
SYLLABLES = """ba be bi bo bra bu cla co da de di do du fa fe fi fo ga go gri gu ha he hi ho ja jo ka ke ki
ko kra la le li lo lu ma me mi mo mu na ne ni no nu o pa pe pi po ra re ri ro ru sa se sha si so sta
su ta te thi ti to tro tu u va ve vi wa we wi ya yo za ze zi an el en er in is on or ox um""".split()
NOUNS = {
    "light": "light lamp lights lamps bulb", "fan": "fan", "switch": "plug switch outlet socket",
    "curtain": "curtain curtains drapes", "blind": "blind blinds", "shade": "shade shades awning",
    "shutter": "shutter shutters", "window": "window windows skylight", "garage": "garage door|gate",
    "valve": "valve tap", "lock": "door lock", "media": "tv speaker radio stereo",
    "climate": "thermostat heating radiator heater", "vacuum": "vacuum robot mower",
    "sensor": "sensor meter", "scene": "scene mode", "list": "list"}
NOUNS = {kind: nouns.split("|" if "|" in nouns else " ") for kind, nouns in NOUNS.items()}
PLACED = """left right front back main small big upper lower middle corner ceiling floor wall desk bedside
reading table side standing old new north south spare second first""".split()
# How often a home has a device of each kind.
SHARES = {"light": 11, "fan": 2, "switch": 3, "curtain": 2, "blind": 2, "shade": 1, "shutter": 1,
          "window": 1, "garage": 1, "valve": 1, "lock": 2, "media": 3, "climate": 2, "vacuum": 1,
          "sensor": 1, "scene": 3, "list": 2}


@cache
def entries(name):
    """Return the lines of a word list."""
    return tuple(filter(None, (DATA / f"{name}.txt").read_text(encoding="utf-8").split("\n")))


def invented(r):
    """A word or two that mean nothing, so that they can only be copied."""
    count = r.choice([1, 1, 1, 2])
    return " ".join("".join(r.choice(SYLLABLES) for _ in range(r.choice([2, 2, 3]))) for _ in range(count))


class Home:
    """Devices as (kind, name, area or None), rooms and floors.

    `most` bounds the devices. In half of the homes half of the names are invented, in the others
    few are; a model that learns names by heart fails in the first.
    """

    def __init__(self, r, most, kinds=None):
        strange = 0.5 if r.random() < 0.5 else 0.05
        self.areas = self._areas(r, max(2, most * 2 // 3), strange)
        self.floors = [] if r.random() < 0.4 else r.sample(entries("floors"), r.randint(1, 3))
        self.floors = [floor for floor in self.floors if floor not in self.areas]
        self.devices = []
        self._taken = {*self.areas, *self.floors}
        shares = {kind: share * r.choice([0, 0.5, 1, 1, 2]) for kind, share in SHARES.items()}
        kinds = kinds or r.choices(list(shares), [share + 0.01 for share in shares.values()],
                                   k=r.randint(2, most))
        for kind in kinds:
            self._add(r, kind, strange)

    @property
    def places(self):
        """Rooms and floors."""
        return self.areas + self.floors

    def some(self, kinds):
        """Return the devices of these kinds."""
        return [device for device in self.devices if device[0] in kinds]

    def _areas(self, r, most, strange):
        areas = list(r.sample(entries("rooms"), r.randint(2, min(most, 12))))
        for i in range(len(areas)):
            if r.random() < strange:
                areas[i] = invented(r)
            elif r.random() < 0.06:
                areas[i] = _owner(r) + " " + r.choice(["room", "bedroom", "office", "study", "bathroom"])
        return sorted(set(areas), key=areas.index)

    def _add(self, r, kind, strange):
        area = None if kind in ("scene", "list") else r.choice(self.areas + [None])
        name = _name(r, kind, area, strange)
        # A near twin makes the model look at the whole name.
        twins = [other for other_kind, other, _ in self.devices if other_kind == kind and " " in other]
        if twins and r.random() < 0.15:
            name = r.choice(PLACED) + " " + r.choice(twins).split(" ", 1)[1]
        if name not in self._taken and len(name) <= 32:
            self._taken.add(name)
            self.devices.append((kind, name, area))


def _owner(r):
    name = r.choice(entries("people"))
    return name + ("s" if r.random() < 0.5 else "'s")


def _name(r, kind, area, strange):
    noun, draw = r.choice(NOUNS[kind]), r.random()
    if r.random() < strange:
        word = invented(r)
        return word if r.random() < 0.5 else f"{word} {noun}"
    if kind in ("scene", "list"):
        return r.choice(entries("scenes" if kind == "scene" else "lists"))
    if draw < 0.2 and area:
        return f"{area} {noun}"
    if draw < 0.28 and area:
        return f"{area} {r.choice(PLACED)}" + (f" {noun}" if r.random() < 0.5 else "")
    if draw < 0.45:
        return f"{r.choice(PLACED)} {noun}"
    if draw < 0.52:
        return noun if draw < 0.49 else f"{noun} {r.choice('1 2 3 one two left right'.split())}"
    return r.choice(entries("names_" + kind))
