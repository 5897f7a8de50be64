"""Random examples: what is said in a home, and the answer.

The sentences come from the voices and from frames of our own (frames.py); compounds, exceptions,
missing devices, overheard talk and mistakes are made from them.
"""

import re
from functools import cache
from pathlib import Path

import frames
import homes
import mistakes
import schema
import slots
from form import Line, read

HERE = Path(__file__).parent
VOICES = HERE / "voices"
# Voices that no model learns from: for choosing while the model is developed.
WITHHELD_VOICES = {"05", "14", "23", "37", "44", "86", "87"}
JOINS = [" and ", " and ", " and then ", ", ", ", ", " then ", " and also ", " ", ", then ", " plus ", ", oh and ",
         " and please ", " also "]
OPENERS = ["please", "can you", "could you", "hey", "ok", "would you", "i want you to", "just", "now", "um", "okay",
           "hey can you", "could you please", "quickly", "right", "oh", "so", "listen", "computer", "i need you to"]
CLOSERS = ["please", "now", "for me", "right now", "thanks", "would you", "thank you", "if you can", "love", "mate",
           "again", "real quick", "cheers", "will you", "okay", "dear"]
TYPE_WORDS = {"light": ("light", "lights"), "fan": ("fan", "fans"), "switch": ("plug", "plugs"),
              "curtain": ("curtain", "curtains"), "blind": ("blind", "blinds"), "shade": ("shade", "shades"),
              "shutter": ("shutter", "shutters"), "window": ("window", "windows"), "garage": ("garage door", "garage doors"),
              "valve": ("valve", "valves"), "door": ("door", "doors")}
# Kinds that one verb serves: "the lamp and the fan off".
TOGETHER = ["light", "fan", "switch", "media"]
GROUPS = [{"light", "fan", "switch"}, {"curtain", "blind", "shade", "shutter", "window"}]


@cache
def templates(withheld=False):
    """Return {voice: Lines} of the voices to learn from, or of those that are withheld."""
    paths = sorted(VOICES.glob("*.txt"))
    return {path.stem: read(path) for path in paths if (path.stem in WITHHELD_VOICES) == withheld}


@cache
def by_intent(withheld=False):
    """Return {intent: [(voice, Line)]} of all single actions, and the list of compounds."""
    single, several = {}, []
    for voice, lines in templates(withheld).items():
        for line in lines:
            if len(line.actions) == 1:
                single.setdefault(line.actions[0][0], []).append((voice, line))
            else:
                several.append((voice, line))
    return single, several


# How often each intent comes, against 1 for the others.
WEIGHTS = {"on": 8, "off": 8, "ask": 8, "brightness": 4, "color": 3, "open": 3, "close": 3, "position": 2.5,
           "timer_start": 4, "set_temperature": 3, "scene": 3, "volume": 2.5, "play": 3, "list_add": 3, "none": 7,
           "timer_status": 2, "timer_add": 2, "timer_cut": 2, "timer_cancel": 2, "get_temperature": 2, "next": 1.5,
           "pause": 1.5, "clean": 2, "list_done": 2, "speed": 1.5, "lock": 1.5, "unlock": 1.5, "remind": 2, "weather": 1.5}


class Speaker:
    """Draws examples for one home. `known`: the model is shown the home."""

    def __init__(self, r, home, known=True, withheld=False):
        self.r, self.home, self.known, self.withheld = r, home, known, withheld
        self.single, self.several = by_intent(withheld)
        self.intents = list(self.single)
        self.weights = [WEIGHTS.get(intent, 1) for intent in self.intents]

    def example(self):
        """Return (text, objects)."""
        while True:
            try:
                return self._disturb(*self._kind())
            except slots.Unfit:
                continue

    def _kind(self):
        draw = self.r.random()
        if draw < 0.50:
            return self.one()
        if draw < 0.70:
            return self.compound()
        if draw < 0.78:
            return self._joined()
        if draw < 0.86:
            return self._enumerated()
        if draw < 0.93:
            return self._missing() if self.known else self.one()
        return frames.unrelated(self.r)

    def one(self, intent=None):
        """Return an example with one action."""
        intent = intent or self.r.choices(self.intents, self.weights)[0]
        if self.r.random() < 0.25 and not self.withheld and intent in frames.FRAMES:
            line = frames.draw(self.r, intent)
        else:
            line = self.r.choice(self.single[intent])[1]
        return self._fill(self._other_type(line))

    def compound(self):
        """Return an example with two or three actions, as a voice says them."""
        return self._fill(self.r.choice(self.several)[1])

    def _fill(self, line):
        text, objects = slots.fill(self.r, line, self.home, self.known)
        if text.split()[0] not in OPENERS and self.r.random() < 0.12 and objects[0]["do"] not in ("none", "nevermind"):
            text = self.r.choice(OPENERS) + " " + text if self.r.random() < 0.6 else text + " " + self.r.choice(CLOSERS)
        return text, objects

    def _other_type(self, line):
        """Return the template for another type of device, where it names one in plain words."""
        (intent, keys), = line.actions
        old = keys.get("type")
        group = next((group for group in GROUPS if old in group), None)
        if not group or intent not in ("on", "off", "toggle", "open", "close", "stop", "ask", "position") or self.r.random() < 0.6:
            return line
        one, many = TYPE_WORDS[old]
        new = self.r.choice(sorted(group))
        for word, other in ((many, TYPE_WORDS[new][1]), (one, TYPE_WORDS[new][0])):
            if len(re.findall(rf"(?<![{{\w]){word}\b", line.text)) == 1:
                text = re.sub(rf"(?<![{{\w]){word}\b", other, line.text)
                return Line(text, [(intent, {**keys, "type": new})])
        return line

    def _joined(self):
        """Join two or three sentences of one voice, as it would say them in one breath."""
        voice = self.r.choice(sorted(templates(self.withheld)))
        own = [line for line in templates(self.withheld)[voice]
               if len(line.actions) == 1 and line.actions[0][0] not in ("none", "nevermind") and len(line.text) < 60]
        parts = [self._fill(line) for line in self.r.sample(own, self.r.choice([2, 2, 2, 3]))]
        text = parts[0][0]
        for part, _ in parts[1:]:
            text += self.r.choice(JOINS) + part
        objects = [object_ for _, part in parts for object_ in part]
        if any(value == "it" for object_ in objects for value in object_.values()):
            raise slots.Unfit("it would mean the device before")
        return text, objects

    def _enumerated(self):
        """Say one action for two or three devices, rooms or things: 'the lamp, the fan and the radio'."""
        line, slot = self.r.choice(enumerable(self.withheld))
        return self._fill(enumerate_slot(self.r, line, slot))

    def _missing(self):
        """Ask for a device or a room of another home. The answer has the names that were said, as everywhere.

        Whether a home has a name is for the grammar to find out: it takes away what the model wants to say,
        and `allowed` tells. A model of this size that must find out itself says of one device in ten that
        is there that it is missing.
        """
        while True:
            try:
                return self._ask_elsewhere(homes.Home(self.r, 14))
            except slots.Unfit:
                continue

    def _ask_elsewhere(self, other):
        intent = self.r.choices(self.intents, self.weights)[0]
        line = self.r.choice(self.single[intent])[1]
        text, objects = slots.fill(self.r, line, other, False)
        named = [value for key, value in objects[0].items() if key in schema.LISTED and value not in ("it", "all")]
        mine = [name for _, name, _ in self.home.devices] + self.home.places
        words = {word for name in mine for word in name.split()}
        if not named or any(not set(name.split()) - words for name in named) or any(name in text for name in mine):
            raise slots.Unfit("not missing here")
        return text, objects

    def _disturb(self, text, objects):
        draw = self.r.random()
        names = {name for _, name, _ in self.home.devices}.union(self.home.places) if self.known else ()
        protected = [str(value) for object_ in objects for key, value in object_.items()
                     if key in schema.SPANS or (key in schema.LISTED and value not in names)]
        if draw < 0.25:
            text = mistakes.make(self.r, text, protected)
        elif draw < 0.29:
            text = mistakes.restart(self.r, text)
        if self.r.random() < 0.12:
            text = mistakes.written(self.r, text, any(text.startswith(phrase) for phrase in protected))
        return text, objects


@cache
def enumerable(withheld):
    """Return (template, slot) of those whose only slot can be said for several."""
    single, _ = by_intent(withheld)
    fit = []
    for intent in ("on off toggle open close lock color brightness ask mute list_add list_done").split():
        for _, line in single.get(intent, []):
            (slot, number), *more = line.slots or [("", "")]
            if not more and not number and (slot in schema.KINDS or slot in ("cover", "area", "item")):
                fit.append((line, slot))
    return fit


def enumerate_slot(r, line, slot):
    """Return the template for two or three of one slot, with as many actions."""
    count = r.choice([2, 2, 2, 3])
    head = re.search(rf"((?:the|my|our|a|some) )?\{{{slot}\}}", line.text)
    article, names = head[1] or "", [f"{{{slot}{number}}}" for number in ["", 2, 3][:count]]
    if slot in TOGETHER and line.actions[0][0] in ("on", "off", "toggle") and r.random() < 0.5:
        names[1:] = [f"{{{kind}}}" for kind in r.sample([kind for kind in TOGETHER if kind != slot], count - 1)]
    later = article if r.random() < 0.6 else ""
    join = r.choice([" and ", " and ", ", ", ", and ", " "]) if count == 2 else r.choice([" and ", ", ", ", and "])
    middle = r.choice([", ", ", ", " and ", " "])
    said = article + names[0]
    for index, name in enumerate(names[1:], 1):
        said += (join if index == count - 1 else middle) + later + name
    text = line.text[:head.start()] + said + line.text[head.end():]
    (intent, keys), = line.actions
    actions = [(intent, {key: name if value == names[0] else value for key, value in keys.items()}) for name in names]
    return Line(text, actions)
