"""The state of a story: who is in it, where things lie, who holds what."""

from dataclasses import dataclass, field
from pathlib import Path

from . import english

DATA = Path(__file__).parent / "data"


def rows(name):
    """Return the lines of data file `name` as tuples of fields split at '|'."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [tuple(part.strip() for part in line.split("|"))
            for line in lines if line.strip() and not line.startswith("#")]


def blocks(pattern):
    """Return the lines of all data files like `pattern`, by the '= title' above them."""
    found = {}
    for path in sorted(DATA.glob(pattern)):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("= "):
                current = found.setdefault(line[2:].strip(), [])
            elif line.strip() and not line.startswith("#"):
                current.append(line.strip())
    return found


def words(name):
    """Return all words of data file `name`, in order."""
    return [word for row in rows(name) for word in row[0].split()]


@dataclass(eq=False)
class Thing:
    """An object with one lasting adjective, by which it is known again."""
    noun: str
    colour: str
    extra: str

    def __post_init__(self):
        self.full = f"{self.colour} {self.noun}"
        self.the = f"the {self.full}"
        self.a = f"a {self.full}"
        self.intro = f"a {self.extra} {self.full}"
        self.name = self.the
        self.many = english.plural(self.full)


@dataclass(eq=False)
class Place:
    """A named place with a preposition, spots to hide things in, and a sight."""
    the: str
    prep: str
    spots: list
    sight: str

    def __post_init__(self):
        self.name = self.the
        self.at = f"{self.prep} {self.the}"
        self.to = f"to {self.the}"


@dataclass(eq=False)
class Character:
    """A person or animal; `kind` is what others call it before they know the name."""
    name: str
    kind: str
    female: bool
    temper: str
    animal: bool
    role: str = ""
    treasure: Thing = None
    home: Place = None

    def __post_init__(self):
        self.he, self.him, self.his = ("she", "her", "her") if self.female else ("he", "him", "his")
        self.himself = "herself" if self.female else "himself"
        self.the = f"the {self.kind}"
        self.a = f"a {self.temper} {self.kind}"
        self.hand = "paw" if self.animal else "hand"


@dataclass(eq=False)
class World:
    """What is true in one story. Drawn from `rng`; nothing is drawn twice."""
    rng: object
    setting: str = ""
    season: str = ""
    town: str = ""
    animals: bool = False
    hidden: dict = field(default_factory=dict)
    holder: dict = field(default_factory=dict)
    helped: list = field(default_factory=list)
    _taken: set = field(default_factory=set)

    def draw(self, pool):
        """Return an item of `pool` not drawn before in this story."""
        for _ in range(200):
            item = pool[int(self.rng.random() * len(pool))]
            if item not in self._taken:
                self._taken.add(item)
                return item
        raise RuntimeError("pool exhausted")

    def hide(self, thing, place, spot):
        """Put `thing` at `spot` of `place`; nobody holds it any more."""
        self.holder.pop(thing, None)
        self.hidden[thing] = (place, spot)

    def take(self, thing, who):
        """Let `who` hold `thing`, wherever it was."""
        self.hidden.pop(thing, None)
        self.holder[thing] = who
