"""Side threads about things kept: promises, loans, hidden objects, counts.

A thread is a generator with three steps: the set-up, a reminder and the pay-off.
"""

from . import english, make


def promise(t):
    """{a} promises the elder a number of small things and brings exactly that many."""
    count = t.rng.randint(3, 9)
    noun = t.world.draw(make.THINGS["tiny"])
    gift = english.counted(count, noun)
    t.tell('["Will you bring me something?" {c.asks}.|Before {a} left, {c} had a request.] "[Bring '
           'me|I need] {gift}[|, please], [no more and no less|not one more, not one fewer]." "[I '
           'promise|I give you my word]," {a.answers}. "[{Gift}, I will remember|You shall have '
           'them]."', gift=gift)
    yield True
    t.tell('[Along the way|On the way], {a} [came upon|found] {first}, and [put them away '
           'carefully|slipped them into {a.his} bag]. "That makes {n}," {a.says}. "{Left} more[ to '
           'go| for {c}|], [and then|then] my promise is kept."',
           first=english.counted(count - 1 if count < 5 else count - 2, noun),
           n=english.number(count - 1 if count < 5 else count - 2),
           left=english.number(1 if count < 5 else 2))
    yield True
    if t.rng.random() < 0.75:
        t.tell('[Then|Last of all] {a} [went to {c} and|] [emptied {a.his} pockets on the '
               'table|opened {a.his} bag]. {c} counted [slowly|aloud]: {gift}, [exactly as '
               'promised|just as {a} had promised|neither more nor less]. "[A promise kept is a '
               'fine thing|I knew you would remember]," {c.says}.', gift=gift)
    else:
        t.tell('When {a} emptied {a.his} bag in front of {c}, there were only {few}. "[One is '
               'lost|I must have lost one]," {a.says}, "and I promised you {n}." "[You tell me the '
               'truth|You do not hide it]," {c.answers}, "and that is worth more than [the last '
               'one|all of them]."',
               few=english.counted(count - 1, noun), n=english.number(count))
    yield True


def hidden(t):
    """{a} hides the treasure in a named spot and finds it there at the end."""
    thing, place = t.bindings["a"].treasure, make.place(t.world)
    spot = t.rng.choice(place.spots)
    t.world.hide(thing, place, spot)
    t.tell('[Now {a} owned|{a} had] one great treasure, {x.intro}. [Since|Because] {a.he} [was '
           'afraid of losing it|did not want to lose it], {a} hid it {l.at}, {spot}. "[Nobody will '
           'look there|There it is safe|Stay there and wait for me]," {a.whispers}.',
           x=thing, l=place, spot=spot)
    yield True
    t.tell('[Once|For a moment] {a} thought of {x.the}. [Was it still {l.at}?|Was it still safe '
           '{l.at}?|Would it still be there, {spot}?] [Surely it was.|{a} hoped so.|There was no '
           'time to go and look.]', x=thing, l=place, spot=spot)
    yield True
    t.world.take(thing, t.bindings["a"])
    t.tell('Before {a} went [home|to bed], {a.he} [ran|walked] {l.to}[ once more|]. {l.sight} {a} '
           'looked {spot}, and there it was: {x.the}, [cold and a little dusty|just as {a.he} had '
           'left it|safe and sound]. [{joy:a}|"Good that I remembered the place," {a.says}.]',
           x=thing, l=place, spot=spot)
    yield True


def loan(t):
    """The elder lends a coloured tool, which is used and given back."""
    tool = make.thing(t.world, "tool")
    t.world.take(tool, t.bindings["a"])
    t.tell('"[Take this with you|You may need this]," {c.says}, and [gave|handed] {a} {x.intro}. '
           '"[But bring it back tonight|It is only a loan|I want it back, mind you]. [It belonged '
           'to my mother|I have had it for forty years|There is no other like it]."', x=tool)
    yield True
    t.tell('[How lucky that {c} had lent them {x.the}!|Then {a} remembered {x.the} that {c} had '
           'lent {a.him}.] [Without it they would have been stuck|With it the work was half as '
           'hard], and {a} [wiped it clean afterwards|took good care of it].', x=tool)
    yield True
    t.tell('{a} did not forget to [return|give back] {x.the}. "[Here it is, not a scratch on '
           'it|Here is what you lent me]," {a.says}. {c} [hung it on its nail|turned it over] and '
           '[nodded|smiled]. "[You may borrow it again|Whoever returns things may always borrow '
           'them]," {c.says}.', x=tool)
    t.world.take(tool, t.bindings["c"])
    yield True


def counting(t):
    """{a} sets out with a number of small things and gives some away; the rest is counted."""
    count, given = t.rng.randint(5, 12), t.rng.randint(1, 4)
    noun = t.world.draw(make.THINGS["tiny"])
    it = "it" if given == 1 else "them"
    who = make.stranger(t.world)
    t.tell('In {a.his} [pocket|bag] {a} carried {all}. {a.He} [had counted them twice|knew the '
           'number by heart], for they [brought luck|were all {a.he} had].',
           all=english.counted(count, noun))
    yield True
    t.tell('[By the roadside sat|They met|Soon they met] a {w.kind} who [looked hungry|was '
           'crying|had lost everything in a flood]. [The {w.kind} was called {w}.|"I am {w}," '
           '{w.says}.] [Without thinking long|Without a word], {a} [took out|counted out] {few} '
           'and gave {it} to {w}.', w=who, it=it, few=english.counted(given, noun))
    yield True
    t.tell('[That evening|In the end] {a} counted again. {All} {a.he} had carried at first, and '
           '{few} had gone to {w} the {w.kind}; so {left} remained. "[It is enough|I do not miss '
           '{it}]," {a.says}.',
           all=english.counted(count, noun), few=english.number(given), w=who,
           left=english.number(count - given), it=it)
    yield True


def gift(t):
    """{a} secretly makes a gift of one colour for {b} and gives it at the end."""
    thing, place = make.thing(t.world, "gift"), make.place(t.world)
    spot = t.rng.choice(place.spots)
    t.tell('{a} had a secret. For [seven evenings|a whole week|many days] {a.he} had been making '
           '{x.intro} for {b}, and kept it {l.at}, {spot}, [so that {b} would not see it|where {b} '
           'never looked].', x=thing, l=place, spot=spot)
    yield True
    t.tell('"[You are smiling. Why?|What are you thinking of?]" {b.asks}. "[Nothing|Oh, nothing at '
           'all|You will see]," {a.answers}, and thought of {x.the} [waiting|that was lying] '
           '{l.at}.', x=thing, l=place)
    yield True
    t.tell('[Then|And then] {a} [led {b} {l.to}|asked {b} to come {l.to}] and told {b.him} to '
           '[close {b.his} eyes|guess]. From its hiding place, {spot}, {a} took {x.the}. "[It is '
           'for you|I made it myself]," {a.says}. {surprise:b} [{thanks:b,a}|{joy:b}]',
           x=thing, l=place, spot=spot)
    yield True


def chore(t):
    """{a} ties a knot to remember a chore, and does remember it, or not."""
    chores = make.w.rows("chores.txt")
    what, done, undone = t.world.draw(chores)
    kept = t.rng.random() < 0.65
    t.tell('"[Do not forget to|Whatever you do, remember to] {what} [before evening|tonight]," '
           '{c.says}. {a} [tied a knot in {a.his} handkerchief|tied a thread around {a.his} little '
           'finger], [to be sure|so as not to forget].', what=what)
    yield True
    t.tell('[When {a} wiped {a.his} forehead|When {a} looked down], {a.he} saw the [little |]knot. '
           '"[Yes, yes|I know]," {a.says}. "[I have to|Tonight I must] {what}."', what=what)
    yield True
    if kept:
        t.tell('And the knot? {a} had not forgotten: {a.he} [ran home to|went to] {what}, and '
               '[that evening|soon] {done}. "[Well done|I could rely on you]," {c.says}.',
               what=what, done=done)
    else:
        t.tell('[Only then did {a} think of the knot|And the knot? {a} had forgotten it after '
               'all]. {a.He} had promised to {what}, and now {undone}. "[I am sorry|It was my '
               'fault]," {a.says}. "[Tomorrow you will tie two knots|Then you will help me put it '
               'right]," {c.answers}, but {c.he} was not angry.', what=what, undone=undone)
    yield True


THREADS = [promise, hidden, loan, counting, gift, chore]
