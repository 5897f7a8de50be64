"""Drawing characters, things and places for a world from the word lists."""

from . import world as w
from .world import Character, Place, Thing

FEMALE, MALE = w.words("names_female.txt"), w.words("names_male.txt")
ANIMALS, TRADES = w.words("animals.txt"), w.words("trades.txt")
TEMPERS = w.words("tempers.txt")
COLOURS, EXTRAS = w.words("colours.txt"), w.words("extras.txt")
THINGS = {}
for _kind, _list in w.rows("things.txt"):
    THINGS[_kind] = [item.strip() for item in _list.split(",")]
PLACES = {}
for _setting, _the, _prep, _spots, _sight in w.rows("places.txt"):
    PLACES.setdefault(_setting, []).append((_the, _prep, _spots, _sight))
OPTIONS = {title: [tuple(line.split(" | ")) if " | " in line else line for line in lines]
           for title, lines in w.blocks("options_*.txt").items()}
TOWN_HEADS, TOWN_TAILS = w.words("town_heads.txt"), w.words("town_tails.txt")


def new_world(rng):
    """Return a world with setting, season and town chosen, and nobody in it yet."""
    world = w.World(rng)
    world.setting = rng.choice(sorted(PLACES))
    world.season = rng.choice(["spring", "summer", "autumn", "winter"])
    world.animals = rng.random() < 0.5
    world.town = rng.choice(TOWN_HEADS) + rng.choice(TOWN_TAILS)
    return world


def thing(world, kind):
    """Return a new thing of the category `kind` of things.txt."""
    return Thing(world.draw(THINGS[kind]), world.draw(COLOURS), world.draw(EXTRAS))


def place(world):
    """Return a new place of the world's setting."""
    the, prep, spots, sight = world.draw(PLACES[world.setting])
    return Place(the, prep, [spot.strip() for spot in spots.split(",")], sight)


def character(world, age="young"):
    """Return a new character; `age` is 'young', 'grown' or 'old'."""
    female = world.rng.random() < 0.5
    name = world.draw(FEMALE if female else MALE)
    temper = world.draw(TEMPERS)
    if world.animals:
        kind = world.draw(ANIMALS)
        if age == "old":
            kind = "old " + kind
    elif age == "young":
        kind = "girl" if female else "boy"
    else:
        kind = ("old " if age == "old" else "") + world.draw(TRADES)
    return Character(name, kind, female, temper, world.animals)


def stranger(world):
    """Return a character of the other sort that has no part yet: an animal or a trade."""
    female = world.rng.random() < 0.5
    kind = world.draw(ANIMALS if world.animals else TRADES)
    return Character(world.draw(FEMALE if female else MALE), kind, female,
                     world.draw(TEMPERS), world.animals)
