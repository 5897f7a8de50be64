"""Turns templates into the paragraphs of one story."""

from . import english, world as w
from .template import expand

_SPEECH = {
    "says": "said said said said remarked declared".split(),
    "asks": "asked asked asked inquired".split(),
    "answers": "answered replied said said".split(),
    "cries": "cried shouted exclaimed called".split(),
    "whispers": "whispered murmured breathed mumbled".split(),
}
# Pools that only colour a scene: any story can do without them.
_COLOURING = set("sky joy sad scared brave tired think surprise thanks greet laugh walk "
                 "walk_alone meal evening night search determined comfort".split())
_MANNERS = {}
for _speech, _list in w.rows("manners.txt"):
    _MANNERS[_speech] = _list.split()


POOLS = w.blocks("pool_*.txt")


def _capital(value):
    return english.capitalise(value if isinstance(value, str) else value.name)


class Teller:
    """Collects paragraphs; resolves slots against bindings and phrase pools.

    Slots: '{word}' and '{Word}' a bound string, plain and capitalised; '{a}' the name
    of what is bound to a; '{a.his}' an attribute, capitalised when written
    '{a.His}'; '{a.says}' a speech tag; '{joy:a,b}' a line of pool joy with a bound to p
    and b to o.
    """

    def __init__(self, rng, world):
        self.rng, self.world = rng, world
        self.bindings, self.threads = {}, []
        self._paragraphs, self._used = [[]], set()

    def bind(self, **values):
        """Bind names for all later templates of this story."""
        self.bindings.update(values)

    def tell(self, template, **local):
        """Append the sentences of `template` to the current paragraph."""
        self._paragraphs[-1].append(self.phrase(template, **local))

    def maybe(self, chance, template, **local):
        """Tell `template` with probability `chance`."""
        if self.rng.random() < chance:
            self.tell(template, **local)

    def phrase(self, template, **local):
        """Return `template` expanded, without telling it."""
        bound = {**self.bindings, **local} if local else self.bindings
        return expand(template, self.rng, lambda slot: self._slot(slot, bound))

    def para(self):
        """Begin a new paragraph."""
        if self._paragraphs[-1]:
            self._paragraphs.append([])

    def weave(self):
        """Let every side thread take its next step; finished threads drop out."""
        running = []
        for thread in self.threads:
            if self.rng.random() < 0.7:
                self.para()
            if next(thread, False):
                running.append(thread)
        self.threads = running

    def finish(self):
        """Let every side thread run to its end."""
        while self.threads:
            self.weave()

    def text(self):
        """Return the story, one paragraph per line."""
        lines = (" ".join(" ".join(p).split()) for p in self._paragraphs if p)
        return english.tidy("\n".join(lines))

    def _slot(self, slot, bound):
        if ":" in slot:
            return self._pool(slot, bound)
        key, *path = slot.split(".")
        value = bound[key] if key in bound else _capital(bound[key[0].lower() + key[1:]])
        for attr in path:
            low = attr[0].lower() + attr[1:]
            value = self._speech(value, low) if low in _SPEECH else getattr(value, low)
            if low != attr:
                value = english.capitalise(value)
        return value if isinstance(value, str) else value.name

    def _pool(self, slot, bound):
        name, _, args = slot.partition(":")
        if name in _COLOURING and self.rng.random() < 0.6:
            return ""
        lines = POOLS.get(name) or POOLS[f"{name}_{self.world.season}"]
        line = lines[int(self.rng.random() * len(lines))]
        for _ in range(12):
            if line not in self._used:
                break
            line = lines[int(self.rng.random() * len(lines))]
        self._used.add(line)
        subjects = dict(zip(("p", "o"), (bound[arg] for arg in args.split(",") if arg)))
        inner = {**bound, **subjects}
        return expand(line, self.rng, lambda inner_slot: self._slot(inner_slot, inner))

    def _speech(self, who, kind):
        verb = self.rng.choice(_SPEECH[kind])
        tag = f"{verb} {who.name}" if self.rng.random() < 0.7 else f"{who.name} {verb}"
        if self.rng.random() < 0.15:
            tag += " " + self.rng.choice(_MANNERS[kind])
        return tag
