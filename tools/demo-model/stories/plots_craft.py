"""Plots about making, winning and trading."""

from . import make
from .encounters import on_the_road, payback


def soup(t):
    """Three ingredients are fetched from three places for a dish."""
    goods = t.rng.sample(make.OPTIONS["soup goods"], 3)
    places = [make.place(t.world) for _ in range(3)]
    dish = t.rng.choice(["soup", "stew", "pie", "pudding", "festival bread"])
    t.bind(dish=dish, u=goods[0], v=goods[1], w=goods[2], d=make.stranger(t.world))
    t.bind(l=places[0], m=places[1], n=places[2])
    t.tell('[Once a year|For the feast], {c} made a {dish} that was famous [far and wide|in seven '
           'villages]. "[This time you two must help me|My legs are tired]," {c.says}. "I need '
           '{u}, {v} and {w}. [Do not forget any of them|Say it after me]." "{U}, {v} and {w}," '
           '{a.answers}.')
    t.weave()
    t.para()
    t.tell('The first thing was easy: {u} they got {l.at}. {l.sight} For {v} they went {m.to}. '
           '{m.sight} {greet:d} "[{V}? Take it|You can have that], {price}," {d.says}.',
           price=t.rng.choice(make.OPTIONS["soup price"]))
    on_the_road(t, t.rng.randint(0, 1))
    t.weave()
    t.para()
    t.tell('"[What was the third thing?|Now there was something else]," {b.says}. They [stood '
           'still|looked at each other]. [Was it a turnip?|Was it a pear?] No. {think:a} "{W}!" '
           '{a.cries}. That they found {n.at}, {s}. {n.sight}', s=t.rng.choice(places[2].spots))
    t.para()
    t.tell('{evening:} Into the pot went {u}, {v} and {w}, and {c} stirred. [A smell went out of '
           'the window and down the street.|Soon it smelled so good that the neighbours came '
           'without being asked.] [There was enough for everyone|They needed every bowl in the '
           'house], and the first helping went to {d} the {d.kind}, [who had given them {v}|for '
           '{d.he} had earned it].')


def race(t):
    """A race with a boaster; stopping to help costs the lead, and is repaid."""
    rival, goal = make.character(t.world, "young"), make.place(t.world)
    prize = make.thing(t.world, "treasure")
    t.bind(d=rival, g=goal, x=prize)
    boast = t.phrase(t.rng.choice(make.OPTIONS["race boast"]))
    t.tell('Every year there was a [great |]race from {town} {g.to} and back, and the prize was '
           '{x.intro}. "[I will win, as always|Nobody is as fast as I am]," {d.says}, {d.a} who '
           '{boast}. "[We shall see|The road is long]," {a.answers}, [and signed {a.his} '
           'name|though {a.his} voice shook a little].', boast=boast)
    t.weave()
    t.para()
    t.tell('[A drum sounded|Somebody dropped a handkerchief], and they were off! {d} [shot '
           'ahead|was soon only a cloud of dust]. {b} ran beside the road and shouted: "[Keep your '
           'breath!|Go on, {a}!]" {sky:}')
    on_the_road(t, 1)
    t.weave()
    t.para()
    t.tell('{a} had lost a lot of time. [{d} must long since have turned round {g.at}|Far ahead, '
           '{d} was already {g.at}]. {tired:a} {brave:a}')
    if payback(t, 0.95):
        t.tell('"There is a short way, [behind the hedge|along the brook], that only I know."')
    else:
        t.tell('Then {a} saw a narrow path [behind a hedge|along the brook], and took it.')
    won = t.rng.random() < 0.6
    t.tell('[And there was|Before {a} appeared] the finish, and there was {d}, [looking back and '
           'laughing|sitting on a stone to tie a shoe].')
    t.tell(WON if won else LOST)


WON = (
    '{a} ran as never before, and [by the width of a hand|by a nose] {a.he} won. {surprise:d} '
    '{c} handed over {x.the}. "[Well run|You were better today]," {d.says}, '
    '[and it was not easy for {d.him}|after a pause]. {joy:a}')
LOST = (
    '{d} [jumped up|ran on] and won, by [a nose|one step]. {c} handed {d} {x.the}. '
    'But then {d} heard why {a} had been so late. {d} [turned {x.the} over and over|was silent]. '
    '"[This belongs to you|You stopped to help, and still you nearly won]," {d.says}. '
    '"[Take it|We will share it]." {surprise:a}')


def builder(t):
    """Something is built from three odd parts, fails once, and then works."""
    what, test = t.rng.choice(make.OPTIONS["builder what test"])
    parts = t.rng.sample(make.OPTIONS["builder parts"], 3)
    where = make.place(t.world)
    t.bind(what=what, test=test, u=parts[0], v=parts[1], w=parts[2], l=where)
    t.tell('"[Let us build a {what}|I want to build a {what}]," {a.says}, [one idle afternoon|all '
           'of a sudden]. "[From what?|And what do we use?]" {b.asks}. {think:a} They [went from '
           'door to door|looked in every shed] and came back with {u}, {v} and {w}. [It did not '
           'look like much.|"That is rubbish," said the neighbours.]')
    t.weave()
    t.para()
    t.tell('They worked {l.at}, [where there was room|so that nobody would laugh]. {l.sight} {U} '
           'became the bottom, {v} went on top, and with {w} they [held it all together|closed the '
           'biggest hole]. [Bang went the hammer.|They hit their thumbs six times.] {laugh:a,b} '
           '{meal:a,b}')
    t.tell('Then came the first trial. [Half of {town}|Everyone] was watching. The {what} '
           '[creaked|shook], and then it fell apart[ with a crash| like a dry bun|]. {sad:a}')
    t.weave()
    t.para()
    t.tell('"[It was a stupid idea|Let us give up]," {b.says}. {c} came by, [walked around '
           'it|looked at the pieces] and said, "[It is not bad. {W} has to go below, and {u} on '
           'top|You have only put it together the wrong way round: {w} below, {u} on top]." '
           '{think:a}')
    t.para()
    t.tell('{next_day:a} They [started again|took it all apart]. Now {w} was below and {u} on top, '
           'and {v} [stayed where it was|went in between]. They [held their breath|closed their '
           'eyes] and let go. It {test}! The {what} really {test}! {joy:a} {joy:b} [Even the '
           'neighbours clapped.|"I always said so," said the neighbours.]')


def trade_chain(t):
    """A chain of barters, from something small to the thing that was wished for."""
    things = [make.thing(t.world, kind) for kind in ("tool", "gift", "treasure")]
    people = [make.stranger(t.world) for _ in range(3)]
    tiny = t.world.draw(make.COLOURS) + " " + t.world.draw(make.THINGS["tiny"])
    t.bind(y=tiny, u=things[0], v=things[1], x=things[2], d=people[0], e=people[1], f=people[2])
    t.tell("In the [shop window|peddler's cart] lay {x.intro}, and {a} [wanted it|had looked at it "
           'every day for a month]: not for {a.himself}, but for {b}, who had [lost one just like '
           'it|been ill so long]. But {a} owned nothing except a {y}. "[Then begin with that|A {y} '
           'is not nothing]," {c.says}.')
    t.weave()
    t.para()
    t.tell('First {a} met {d} the {d.kind}, who [was looking for a {y}|needed something small and '
           'round for luck]. "[I will give you {u.a} for it|Take {u.the} here]," {d.says}. So the '
           '{y} was gone, and {a} had {u.the}. {sky:}')
    t.tell('Next came {e} the {e.kind}, who [stood before a locked shed and sighed|had broken the '
           'old one that very morning]. "[If only I had {u.a}!|You are carrying just what I '
           'lack!]" {e.cries}. "I can offer you {v.a}." And so {u.the} became {v.the}. '
           '{walk_alone:a}')
    t.weave()
    t.para()
    t.tell('The third was {f} the {f.kind}, [the owner of the shop|to whom the cart belonged]. '
           '{greet:f} "That is [a fine {v.noun}|a good {v.noun}]," {f.says}. {a} told the whole '
           'story: the {y} to {d}, {u.the} to {e}. {f} laughed. "[And what do you want for '
           'it?|What would you like?]" "{x.The}, [please|if it is not too much]," {a.answers}. {f} '
           '[wrapped it up|held out a hand], and it was done.')
    t.para()
    t.tell('{b} was sitting [at the window|in bed] when {a} came in. "[Hold out your {b.hand}s|I '
           'have something for you]," {a.says}, and put {x.the} there. {surprise:b} "[How did you '
           'come by that|How did you pay for it]?" {b.asks}. "[With a {y}|I began with a {y}]," '
           '{a.answers}.')


PLOTS = [soup, race, builder, trade_chain]
