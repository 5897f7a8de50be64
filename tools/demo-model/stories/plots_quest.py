"""Plots in which the heroes go somewhere: errands, searches, rescues.

A plot tells what lies between the opening and the closing lines. It calls
`t.weave()` twice, so that side threads are set up and recalled, and leaves their
pay-off to the composer.
"""

from . import english, make
from .encounters import on_the_road, payback


def delivery(t):
    """A parcel is carried to a place, and what is in it comes as a surprise."""
    who, thing = make.character(t.world, "grown"), make.thing(t.world, "gift")
    goal = make.place(t.world)
    t.bind(d=who, x=thing, g=goal)
    t.tell('[One day|That day] {c} gave {a} a parcel wrapped in [brown|blue|old] paper. "[Carry '
           'this to|It is for] {d} the {d.kind}, who lives {g.at}. [Do not open it|Keep it dry|Do '
           'not shake it]," {c.says}. {agree:a}')
    t.tell('"[I will keep you company|I am coming along]," {b.says}.')
    t.weave()
    on_the_road(t, t.rng.randint(0, 2))
    t.weave()
    t.para()
    t.tell('"[What do you think is in it?|It rattles]," {b.says}. "[Perhaps a cheese|Maybe a '
           'clock|A hat, I think]," {a.answers}. [But {a.he} did not open it.|They smelled it, but '
           'they did not open it.]')
    t.tell('{evening:} At last they stood {g.at}. {g.sight}')
    payback(t) and t.tell('With such help they soon found the right door.')
    t.tell('{greet:d} {a} held out the parcel. {d} untied the string, and there was {x.intro}. '
           '{surprise:d} "[{c} did not forget|I lent it to {c} thirty years ago|This was my '
           'mother\'s]," {d.says}. {thanks:d,a}')


def medicine(t):
    """The elder is ill, and a plant must be fetched from far away."""
    herb = t.rng.choice(make.OPTIONS["medicine herb"])
    far, near = make.place(t.world), make.place(t.world)
    t.bind(g=far, n=near, herb=herb)
    t.tell('{c} lay in bed with a [burning forehead|terrible cough] and [did not even want '
           'soup|could not tell a single story]. "[Only one thing helps against this|There is a '
           'plant]," {c.whispers}, "{herb}. It grows {g.at}[|, and nowhere else]." "[Then I will '
           'fetch it|I am going]," {a.says}, [and {b} was already tying {b.his} boots|and {b} went '
           'along]. {determined:a}')
    t.weave()
    on_the_road(t, t.rng.randint(0, 1))
    t.weave()
    t.para()
    t.tell('They reached {g.the} [late in the afternoon|when the shadows were long]. {g.sight} But '
           'where was the {herb}? {search:a,b}')
    if not payback(t):
        t.tell('Then {b} [sniffed|bent down]. "[Do you smell that?|Look, there]," {b.says}.')
    t.tell('[There|And there], {spot}, grew {n} [small stalks|pale leaves] of {herb}. {a} picked '
           'only [two|half of them], [so that some would grow again|and left the rest for others '
           'in need].',
           spot=t.rng.choice(far.spots), n=english.number(t.rng.randint(3, 9)))
    t.para()
    t.tell('They ran home [through the dusk|without stopping]. {a} boiled the {herb}, and {c} '
           'drank it [in small sips|with a crooked face, for it was bitter]. [By morning|In the '
           'night] the fever [was gone|sank]. "[Who fetched it?|You went all the way {g.to}?]" '
           '{c.asks}. "[We did, {b} and I|The two of us]," {a.answers}. {thanks:c,a}')


def lost_treasure(t):
    """{b}'s treasure is gone; three places are searched, following what is remembered."""
    thing = make.thing(t.world, "treasure")
    one, two, three = (make.place(t.world) for _ in range(3))
    spot = t.rng.choice(three.spots)
    t.bind(x=thing, l=one, m=two, n=three)
    t.world.hide(thing, three, spot)
    t.tell('{b} came running[, pale as milk|]. "My {x.noun} is gone! {x.The}, [the one from my '
           'grandfather|the one I showed you yesterday|that I have had all my life]!" '
           '{comfort:a,b} "[Where were you yesterday?|Let us think. Where did you go?]" {a.asks}. '
           '"[First|In the morning] {l.at}, then {m.at}, [and at the end|and last of all] {n.at}," '
           '{b.answers}.')
    t.weave()
    for where in (one, two):
        t.para()
        t.tell('[So|Then] they went {l.to}. {l.sight} {search:a,b}', l=where)
        t.maybe(0.5, "{walk:a,b}")
    on_the_road(t, t.rng.randint(0, 1))
    t.weave()
    t.para()
    t.tell('[Now there was only one place left|"There is still {n.the}," {a.says}]. They came '
           '{n.to} [as it was getting dark|with little hope]. {n.sight} {sad:b}')
    payback(t, 0.5)
    t.tell('But {a} [knelt down|took a lantern] and looked {spot}. Something '
           '[glittered|shone|stuck out]. "[Is it this?|Close your eyes and hold out your '
           '{b.hand}]," {a.says}. It was {x.the}! {joy:b} "[It must have slipped out when I sat '
           'here|Now I remember, I put it there myself]," {b.says}.', spot=spot)
    t.world.take(thing, t.bindings["b"])


def treasure_map(t):
    """A map with a riddle leads to a chest with a modest treasure."""
    thing, start, goal = make.thing(t.world, "treasure"), make.place(t.world), make.place(t.world)
    spot, steps = t.rng.choice(goal.spots), t.rng.randint(5, 13)
    t.bind(x=thing, l=start, g=goal, spot=spot, steps=english.number(steps))
    t.tell('[While playing|When they were sweeping] {l.at}, {a} and {b} found a '
           '[yellowed|folded|torn] paper {s}. It was a map! In the middle was a cross, and under '
           'it stood: "Go {g.to}. {Steps} steps toward the sunset. Then look {spot}."'
           , s=t.rng.choice(start.spots))
    t.tell('"[A treasure!|Who drew this?]" {b.cries}. {think:a} {agree:b}')
    t.weave()
    on_the_road(t, t.rng.randint(0, 2))
    t.weave()
    t.para()
    t.tell('{evening:} They came {g.to}. {g.sight} The sun was just going down, and {a} counted '
           'aloud: {steps} steps, [not one more|neither long nor short]. [Then they looked '
           '{spot}.|"{Spot}, said the map," {b.says}.]')
    payback(t, 0.5)
    t.tell('They [dug|felt about] until [something clinked|their fingers touched iron]. It was a '
           '[small|rusty] box. In it lay {x.intro} and a note: "[Whoever finds this shall share '
           'it|For the one who does not give up]." {surprise:b} [They agreed to keep it by turns, '
           'one week each|"We will share it," {a.says}].')


def lost_child(t):
    """A little one has lost the way home and remembers only three things."""
    little, home = make.stranger(t.world), make.place(t.world)
    sign = t.rng.choice(make.OPTIONS["lost_child sign"])
    t.bind(d=little, g=home, sign=sign)
    t.tell('{a} and {b} heard somebody crying [behind a hedge|under a bridge|in the tall grass]. '
           'There sat a very young {d.kind}. "[I cannot find my way home|I am lost]," said the '
           'little one. "[What is your name?|Who are you?]" {a.asks}. "{d}." "And where do you '
           'live, {d}?" "[I do not know what it is called|I only know what it looks like]. There '
           'is {sign}, and [my mother sings there|it smells of soup]."')
    t.weave()
    t.tell('{comfort:a,d} {determined:a}')
    on_the_road(t, t.rng.randint(0, 1))
    t.para()
    t.tell('[Three times they asked|They asked everyone they met] for a house with {sign}, but '
           '[nobody knew it|people only shook their heads]. {d} grew [tired|heavy], and {a} [took '
           '{d.him} on {a.his} back|carried {d.him} a while].')
    t.weave()
    if not payback(t):
        t.tell('{think:a} [From a hill they could see far.|They climbed the nearest wall.]')
    t.para()
    t.tell('"[{g.The}!|What is that, near {g.the}?]" {b.cries}. {g.sight} And close by stood a '
           'house with {sign}. [A voice was singing.|It smelled of soup, just as {d} had said.] '
           '{d} [ran|slid to the ground and ran], and the door flew open. {joy:d} "[Come in, all '
           'of you|You brought my child home]," said {d}\'s mother. {meal:a,b}')


def rescue(t):
    """Somebody is in danger, and the right tool, given earlier, saves them."""
    tool, where = make.thing(t.world, "tool"), make.place(t.world)
    who = make.character(t.world, "grown")
    danger = t.rng.choice(make.OPTIONS["rescue danger"])
    t.bind(x=tool, g=where, d=who, danger=danger)
    t.tell('[As a reward for sweeping the yard|For {a.his} birthday] {c} had given {a} {x.intro}. '
           '"[What shall I do with that?|A strange present]," {a} thought, but [carried it '
           'along|took it everywhere]. That day {a} and {b} were on the way {g.to}[, just to see '
           'it again|, as so often].')
    t.weave()
    on_the_road(t, t.rng.randint(0, 1))
    t.weave()
    t.para()
    t.tell('{g.sight} [Suddenly they heard a cry|But something was wrong]. "[Help!|Is anybody '
           'there?]" It was {d} the {d.kind}, who {danger}. {scared:a} "[I will run for '
           'help|Somebody must fetch a rope]," {b.says}. "[That takes too long|There is no time]," '
           '{a.answers}. {brave:a}')
    t.tell('Then {a} thought of {x.the}. [Who would have believed it?|Of course!] {b} held {a} by '
           'the belt, {a} reached out with {x.the} as far as {a.he} could, and {d} [seized it|got '
           'hold of it]. "[Pull!|One, two, and pull!]" {b.cries}. [They pulled until their '
           '{a.hand}s burned.|Slowly, slowly it went.]')
    payback(t, 0.4) and t.tell('With one more to pull, it was easy.')
    t.tell('[At last {d} lay in the grass and breathed.|And then {d} was safe.] {thanks:d,a} "[{c} '
           'must have known|Now I know what it is for]," {a.says}, and looked at {x.the} [with new '
           'eyes|for a long time].')


def far_visit(t):
    """A visit to a friend of the elder, with a message to be said word by word."""
    who, goal = make.character(t.world, "old"), make.place(t.world)
    thing = make.thing(t.world, "gift")
    spot = t.rng.choice(goal.spots)
    t.bind(d=who, g=goal, x=thing, spot=spot)
    t.tell('"[I am too old for the road|My knees are bad today]," {c.says}, "but you have young '
           'legs. Go to my old friend {d}, the one who lives {g.at}, and say exactly this: {x.the} '
           'is {spot}. Can you [remember|keep] that?" "{x.The} is {spot}," {a.answers}.')
    t.weave()
    t.tell('{b} came along[, for two remember better than one| to keep {a.him} company].')
    on_the_road(t, t.rng.randint(0, 2))
    t.weave()
    t.para()
    t.tell('[All the way|Between two songs], {a} repeated the message. "{x.The} is {spot}," '
           '{a.whispers}. "[What does it mean?|Do you understand it?]" {b.asks}. "[Not in the '
           'least|No idea]," {a.answers}.')
    t.tell('{evening:} {d} opened [the door|the shutter] {g.at}. {greet:d} "I have a message from '
           '{c}," {a.says}. "{x.The} is {spot}." {d} [turned pale|began to laugh|sat down]. "[For '
           'forty years I have looked for it|We quarrelled over it when we were young]!" {d.says}.')
    payback(t, 0.3) and t.tell('So they were four who went to look.')
    t.tell('They looked {spot}, and [indeed|truly], there was {x.the}, [covered with dust|wrapped '
           'in a cloth]. {joy:d} "[Tell {c} that everything is forgiven|Tell {c} to come to supper '
           'on Sunday]," {d.says}. [{a} knew that message by heart at once.|That was a message {a} '
           'liked to carry.]')


def lighthouse(t):
    """A lamp must not go out for one night, while the keeper is away."""
    who, goal = make.character(t.world, "old"), make.place(t.world)
    thing = make.thing(t.world, "tool")
    hours = t.rng.randint(4, 9)
    seen = "lighthouse seen at sea" if t.world.setting == "harbour" else "lighthouse seen"
    t.bind(d=who, g=goal, x=thing, n=english.number(hours))
    t.tell('[Every night|As long as anyone could remember], {d} the {d.kind} had kept a light '
           'burning {g.at}, so that travellers would find their way. Now {d} had to [visit a sick '
           'sister|go to the doctor], for one night. "[Fill the oil every hour, {n} times|You must '
           'pour oil {n} times]," {d.says}, "[and never fall asleep|and do not let it go out]. If '
           'the wick sticks, use {x.the}." {agree:a}')
    t.weave()
    t.para()
    t.tell('{night:a} {b} [kept {a} company|had come too]. {g.sight} The [first|second] hour was '
           'easy. They [played cards|told each other stories|counted the stars]. {tired:a}')
    t.weave()
    t.para()
    t.tell('[In the middle of the night|Toward midnight] the wind rose. The flame '
           '[trembled|shrank|turned blue]. "[The wick!|It is going out]," {b.cries}. {scared:a} '
           'Then {a} remembered what {d} had said, took {x.the}, and [loosened the wick|freed the '
           'wick with one turn]. The light [leapt up|grew tall] again.')
    t.tell('[{N} times {a} poured the oil.|{a} poured oil for the last time, and it was the time '
           'number {n}.] [Far out there|Down in the valley], somebody had seen the light: {shape}.',
           shape=t.rng.choice(make.OPTIONS[seen]))
    t.para()
    t.tell('In the morning {d} came back. "[I hardly slept|I saw it from afar]," {d.says}. "{N} '
           'times we filled it," {a.answers}, "and [once it nearly went out|we did not sleep a '
           'wink]." {thanks:d,a}')


PLOTS = [delivery, medicine, lost_treasure, treasure_map, lost_child, rescue, far_visit, lighthouse]
