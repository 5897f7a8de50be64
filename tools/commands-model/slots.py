"""Fills the slots of a template for one home: a sentence and the objects of its answer."""

import re

import homes
import schema
import spoken
from form import SLOT

TEXTS = {"item": "items", "query": "queries", "timer": "timers", "person": "people", "place": "places"}
COUNTABLE = re.compile(r"^(a |an |the )?(timer|alarm|break|nap|one|countdown)")
KIND_WORD = {"light": ["light", "lamp"], "fan": ["fan"], "switch": ["plug", "switch"], "media": ["tv", "speaker"],
             "climate": ["thermostat", "heating"], "lock": ["door"], "vacuum": ["vacuum", "robot"],
             "sensor": ["sensor"], "scene": ["scene", "mode"], "curtain": ["curtain", "curtains"],
             "blind": ["blind", "blinds"], "shade": ["shade"], "shutter": ["shutter", "shutters"],
             "window": ["window"], "garage": ["door", "gate"], "valve": ["valve"], "list": ["list"]}
ALIKE = [("light", "lamp"), ("tv", "telly"), ("tv", "television"), ("heating", "heater"), ("curtain", "curtains"),
         ("blind", "blinds"), ("shutter", "shutters"), ("one", "1"), ("two", "2"), ("three", "3"),
         ("vacuum", "hoover"), ("garage door", "garage"), ("lights", "light"), ("speaker", "speakers")]


MEDIA = {"pause", "resume", "next", "previous", "volume", "louder", "quieter", "mute", "unmute"}


class Unfit(Exception):
    """The home lacks what the template needs; another draw may work."""


def fill(r, line, home, known=True):
    """Return (text, objects) for a template in a home.

    `known` says whether the model is shown the home; only then can a device be called by a part of
    its name, or otherwise than its name.
    """
    filled, devices = {}, set()
    for slot, number in line.slots:
        if (slot, number) not in filled:
            filled[slot, number] = _draw(r, line, slot, number, home, known, devices)

    text = _insert(r, line.text, filled)
    objects = [_object(intent, keys, filled) for intent, keys in line.actions]
    _refuse_accidents(text, objects, home)
    return text, objects


def _draw(r, line, slot, number, home, known, devices):
    """Return (phrase, keys or value) for one slot."""
    if slot == "area":
        places = [place for place in home.places if place not in devices]
        if not places:
            raise Unfit("no room left")
        place = r.choice(places)
        devices.add(place)
        return place, place
    if slot in schema.KINDS or slot == "cover":
        kinds = _kinds(line, slot, number)
        own = [device for device in home.some(kinds) if device[1] not in devices]
        if not own:
            raise Unfit(f"no {slot}")
        kind, name, _ = r.choice(own)
        devices.add(name)
        return (call(r, kind, name, home) if known else name), name
    if slot == "message":
        reminder = any(intent == "remind" for intent, _ in line.actions)
        phrase = r.choice(homes.entries("reminders" if reminder else "announcements"))
        return phrase, phrase
    if slot in TEXTS:
        phrase = homes.invented(r) if r.random() < 0.2 else r.choice(homes.entries(TEXTS[slot]))
        return phrase, phrase
    if slot == "color":
        color = r.choice(schema.COLORS)
        return color, color
    return _quantity(r, line, slot, number)


def _kinds(line, slot, number):
    """Return the kinds of devices that suit every action that names this slot."""
    kinds = set(schema.COVERS) if slot == "cover" else {slot}
    for intent, keys in line.actions:
        if f"{{{slot}{number}}}" in (keys.get("name"), keys.get("except_name")):
            suiting = kinds & set(schema.TABLE[intent].kinds)
            kinds = suiting or kinds
    return kinds


def _quantity(r, line, slot, number):
    intents = {intent for intent, keys in line.actions if f"{{{slot}{number}}}" in keys.values()}
    step = intents & {"brighter", "dimmer", "louder", "quieter", "warmer", "cooler"}
    if slot == "value":
        return spoken.small(r) if step else spoken.value(r)
    if slot == "degrees":
        return spoken.degrees(r, bool(step))
    return {"duration": spoken.duration, "clock": spoken.clock, "day": spoken.day}[slot](r)


def call(r, kind, name, home):
    """Return how somebody calls a device that the home names `name`."""
    draw, words = r.random(), name.split()
    others = [other for _, other, _ in home.devices if other != name]
    if draw < 0.70:
        return name
    if draw < 0.80 and not set(words) & set(KIND_WORD[kind]):
        said = f"{name} {r.choice(KIND_WORD[kind])}"
    elif draw < 0.90 and len(words) > 1 and words[-1] in KIND_WORD[kind]:
        said = " ".join(words[:-1]) + (" one" if r.random() < 0.4 else "")
    elif draw < 0.96:
        said = _alike(r, name)
    else:
        said = words[-1] if len(words) > 1 else name
    # A name that could be another device's, or a room, is said in full.
    clear = all(said != other and said not in other for other in others) and said not in home.places
    return said if clear else name


def _alike(r, name):
    for one, other in r.sample(ALIKE, len(ALIKE)):
        for old, new in ((one, other), (other, one)):
            changed = re.sub(rf"\b{old}\b", new, name)
            if changed != name:
                return changed
    return name


def _insert(r, text, filled):
    def put(match):
        phrase = filled[match[1], match[2]][0]
        after = text[match.end():].lstrip()
        if match[1] == "duration" and COUNTABLE.match(after) and r.random() < 0.8:
            phrase = re.sub(r"\b(hour|minute|second)s\b", r"\1", phrase)
            phrase = re.sub(r"^(a|an) ", "", phrase)
        return phrase
    text = re.sub(r"\b(the|my|our|a|an) (the|my|our) ", r"\2 ", SLOT.sub(put, text))
    return re.sub(r"\s+", " ", text).strip()


def _object(intent, keys, filled):
    """Return an action as the object of an answer, its keys in order."""
    values = {}
    for key, value in keys.items():
        slot = SLOT.fullmatch(value)
        meant = filled[slot[1], slot[2]][1] if slot else value
        if not isinstance(meant, dict):
            values[key] = float(meant) if key in schema.NUMBERS else meant
        elif key in ("of", "in"):
            values |= {f"{key}_{unit}": number for unit, number in meant.items()}
        else:
            values |= meant
    return ordered(intent, values)


def ordered(intent, values):
    """Return the object of an action: one form for one meaning, its keys in the schema's order."""
    values = {key: int(value) if key in schema.NUMBERS and value == int(value) else value for key, value in values.items()}
    if intent in MEDIA and values.get("name") == "it":
        del values["name"]  # what plays is what is meant
    if intent == "weather" and values.get("day") == "today":
        del values["day"]
    if "except_area" in values and "area" not in values:
        values["area"] = "all"
    return {"do": intent, **{key: values[key] for key in schema.ORDER if key in values}}


def _refuse_accidents(text, objects, home):
    """Refuse a sentence that happens to name a device which its answer does not name."""
    meant = {value for object in objects for key, value in object.items()
             if key in schema.LISTED + schema.SPANS}
    padded = f" {text} "
    for _, name, _ in home.devices:
        if f" {name} " in padded and not any(name in other for other in meant):
            raise Unfit(f"the sentence names '{name}'")
