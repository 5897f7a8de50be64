"""One whole story: cast, opening, a plot with side threads woven in, closing."""

import random

from . import make, plots_craft, plots_home, plots_quest, plots_wits, threads_heart, threads_keep
from .teller import Teller

PLOTS = plots_quest.PLOTS + plots_home.PLOTS + plots_craft.PLOTS + plots_wits.PLOTS
THREADS = threads_keep.THREADS + threads_heart.THREADS
BEGINNINGS = ["{start:}", "{start:} {sky:}", "{start_plain:}", "{start_plain:} {start:}"]
CHAPTERS = ["[This is how it began.|The first adventure began like this.]",
            "[Not long afterwards, there was another adventure.|"
            "A few weeks later, something new happened.|But that was not all.]"]

SPRING = (plots_wits.garden, plots_home.animal_egg)  # seeds and eggs need that season


def story(seed):
    """Return the text of the story number `seed`: paragraphs joined by newlines."""
    rng = random.Random(seed)
    t = Teller(rng, make.new_world(rng))
    plots = rng.sample(PLOTS, 1 if rng.random() < 0.96 else 2)
    if any(plot in SPRING for plot in plots):
        t.world.season = "spring"
    _cast(t)
    _opening(t)
    for number, plot in enumerate(plots):
        _chapter(t, plot, number, len(plots))
    _closing(t)
    return t.text()


def _cast(t):
    world = t.world
    hero, friend = make.character(world), make.character(world)
    elder = make.character(world, "old")
    hero.treasure = make.thing(world, "treasure")
    t.bind(a=hero, b=friend, c=elder, town=world.town)


def _opening(t):
    t.tell(t.rng.choice(BEGINNINGS))
    t.tell("{intro:a} {friend:a,b} {elder:a,c}")
    t.para()


def _chapter(t, plot, number, chapters):
    if chapters > 1:
        t.para()
        t.tell(CHAPTERS[number])
    count = t.rng.choice([0, 0, 1, 1, 1, 2]) if chapters == 1 else t.rng.choice([0, 1])
    t.threads = [thread(t) for thread in t.rng.sample(THREADS, count)]
    t.world.helped.clear()
    plot(t)
    t.finish()


def _closing(t):
    t.para()
    t.maybe(0.35, "{moral:a}")
    t.tell("{close:a,b}")
