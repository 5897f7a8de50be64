"""Plots about finding out and holding out: a theft, a noise, a craft, a seed, a wager."""

from . import english, make


def thief(t):
    """Something vanishes; a coloured clue leads past a wrong suspect to the truth."""
    prize = make.thing(t.world, "treasure")
    clue = t.world.draw(make.COLOURS) + " " + t.rng.choice(make.OPTIONS["thief clue"])
    wrong, right, where = make.stranger(t.world), make.stranger(t.world), make.place(t.world)
    t.bind(x=prize, clue=clue, d=wrong, e=right, l=where, s=t.rng.choice(where.spots))
    t.tell("[In the morning|When {c} got up], {x.the}, which had stood on {c}'s shelf for "
           '[years|as long as anyone could remember], was gone. On the floor lay a {clue}, '
           '[nothing else|and that was all]. "[Thieves!|Who would do that?]" {c.cries}. [In an '
           'hour all of {town} knew it.|The neighbours came and shook their heads.] "[We will find '
           'it|Leave it to us]," {a.says}, and put the {clue} in an envelope.')
    t.weave()
    t.para()
    t.tell('"It was {d} the {d.kind}," [people said|said the neighbours]. "[{d} is never at home '
           'at night|Always so silent, that one]." {a} and {b} went to {d}. "[Where were you last '
           'night?|Do not be angry, but we have to ask]," {b.says}. {d} [blushed|sighed]. "[At '
           'night I write poems|I learn to dance, all by myself, so that nobody can see it]," '
           '{d.answers}. [There was nothing there that matched a {clue}.|They compared the {clue} '
           'with everything in the room: nothing matched.]')
    t.maybe(0.5, "{think:a}")
    t.weave()
    t.para()
    t.tell('Then {b} saw something. {E}, the {e.kind} [from the corner|next door], [wore an old '
           'coat|had an old blanket] from which a piece was missing, and it was the colour of the '
           '{clue}. "[That fits|Come]," {a.whispers}. They followed {e} {l.to}. {l.sight} There, '
           '{s}, stood {x.the}, and {e} sat [before it|beside it] and [polished it|looked at it].'
           )
    t.tell('"[I only wanted to look at it once|It reminds me of home]," {e.whispers}. "[And then I '
           'did not dare to bring it back|I was going to return it]." {a} [thought for a '
           'while|looked at {b}]. "[Come with us and say that to {c}|Bring it back yourself]," '
           '{a.says}. And {c}? {c} listened to {e}, [was silent, and put on the kettle|and '
           'scolded, and then smiled]. "[You can look at it every Sunday|Next time, knock]," '
           '{c.says}. [To {d} the neighbours brought a cake and an apology.|And the neighbours? '
           'They were ashamed before {d}.]')


def noise(t):
    """A nightly noise, three guesses, and a harmless cause."""
    sound = t.rng.choice(make.OPTIONS["noise sound"])
    where = make.place(t.world)
    cause, cure = t.rng.choice(make.OPTIONS["noise cause cure"])
    t.bind(sound=sound, l=where, cause=cause, cure=t.phrase(cure), s=t.rng.choice(where.spots))
    t.tell('For [three|four|five] nights there had been a noise {l.at}: {sound}. "[A ghost|It is a '
           'ghost, what else]," {b.says}. "[There are no ghosts|It will be the wind]," '
           '{a.answers}, but [{a.his} voice was not quite steady|{a.he} did not say it loudly]. '
           '"[I am too old for ghosts|Go and look]," {c.says}. {l.sight}')
    t.weave()
    t.para()
    t.tell('They packed [a lantern, a rope and a sandwich|a candle, a broom and two apples|a '
           'whistle, a blanket and a pan lid]. {evening:} {agree:b} [Then they waited.|They sat '
           'down behind a barrel.] {night:a}')
    t.weave()
    t.para()
    t.tell('And then it came: {sound}! {scared:b} "[It is coming closer|I want to go home]," '
           '{b.whispers}. {scared:a} {brave:a} {a} lifted the lantern and went toward the sound, '
           '[one step, two steps|along the wall]. It came from a dark corner, {s}.')
    t.tell('{a} [held up the light|pulled away the cloth]. It was {cause}! {surprise:a} '
           '{laugh:a,b} [So that was the ghost.|All that fear, for this!] {cure}.')
    t.tell('"[I was not afraid|I knew it all along]," {b.says}. "[Of course not|Nor was I]," '
           '{a.answers}, [and they both knew better|and winked].')


def apprentice(t):
    """{a} learns a craft in three lessons that seem useless, until they are needed."""
    master, where = make.character(t.world, "old"), make.place(t.world)
    craft, test = t.rng.choice(make.OPTIONS["apprentice craft test"])
    lessons = t.rng.sample(make.OPTIONS["apprentice lessons"], 3)
    t.bind(d=master, l=where, craft=craft, test=test, u=lessons[0], v=lessons[1], w=lessons[2])
    t.tell('{a} wanted to learn to {craft}, and the best teacher was {d}, {d.a} who lived {l.at}. '
           '{l.sight} "[Can you teach me?|Will you take me as a pupil?]" {a.asks}. "[Perhaps|We '
           'shall see]," {d.answers}. "This week you will {u}." "But [I want to {craft}|what has '
           'that to do with it]!" {a.cries}. "[First {u}|Do it, or go home]," {d.says}.')
    t.weave()
    t.para()
    t.tell('So {a} learned to {u}. [In the second week|The week after that] it was: {v}. And in '
           'the third: {w}. "[Is that a school?|Are you sure that this is a good teacher?]" '
           '{b.asks}. {tired:a} "[I do not understand it either|Tomorrow I will give up]," '
           '{a.answers}. [But {a} went back.|But the next day {a} was there again.]')
    t.weave()
    t.para()
    t.tell('Then [there was trouble|the day came]: {d} had [hurt {d.his} arm|a fever], and '
           'somebody had to {test}. "[You will do it|There is only you]," {d.says}. {scared:a} '
           '{brave:a} And [see|behold]: because {a} could {u}, {a.his} eyes were [patient|sharp]; '
           'because {a} could {v}, {a.his} {a.hand}s were [steady|calm]; and because {a} could '
           '{w}, {a.he} [knew when to wait|did not lose heart].')
    t.tell('[It went well.|It was not perfect, but it was good.] {joy:a} "[And who taught you '
           'that|Where did you learn that]?" {d.asks}. "[First {u}, then {v}, then {w}|From you, '
           'when I was not looking]," {a.says}, and {d} [laughed|nodded]. "[Next week we begin|Now '
           'I will really teach you to {craft}]," {d.answers}.')


def garden(t):
    """Seeds are shared, one is thought dead, and it gives the best."""
    seeds, where = t.rng.randint(3, 7), make.place(t.world)
    plant, colour = t.rng.choice(make.OPTIONS["garden plant"]), t.world.draw(make.COLOURS)
    t.bind(n=english.number(seeds), m=english.number(seeds - 1))
    t.bind(l=where, plant=plant, colour=colour)
    t.tell('{c} gave {a} {n} {colour} seeds. "[Nobody knows what they will be|They are older than '
           'I am]," {c.says}. "[Plant them {l.at}|They like it {l.at}], and do not lose your '
           'patience." {l.sight} {a} and {b} dug {n} holes, [each as deep as a finger|all in a '
           'row], and put one seed into each.')
    t.weave()
    t.para()
    t.tell('They [watered them every day|carried water in their hats]. After a week there were {m} '
           'green tips. But one hole stayed empty. "[That one is dead|Forget it]," {b.says}. '
           '"[Perhaps it is only slow|I will water it too]," {a.answers}. {sky:}')
    t.tell('[The {m} grew and grew|The others grew as high as the fence], and then came a night of '
           '[hail|frost|hungry slugs]. {sad:a} In the morning all {m} were [flat|gone].')
    t.weave()
    t.para()
    t.tell('"[So much work for nothing|That is the end of it]," {b.says}. {comfort:a,b} {a} [bent '
           'down|went to get the spade], and stopped. In the empty place, from the slow seed, came '
           'a {colour} tip, [very small|no longer than a nail]. It had [slept under the '
           'earth|waited] while the others were lost. {surprise:a}')
    t.tell('[They built a roof of glass over it|They guarded it day and night], and it became a '
           '{plant} [such as {town} had never seen|as tall as a door]. And in the autumn it bore '
           'new seeds, more than anyone could count, {colour} like the first. {a} gave {n} to {c}, '
           '{n} to {b}, [and planted the rest|and kept the rest], and the slowest of them got the '
           'sunniest place.'
           )


def wager(t):
    """A boaster bets that {a} cannot keep silent, and is outwitted by a friend's plan."""
    rival, prize = make.character(t.world, "grown"), make.thing(t.world, "gift")
    where = make.place(t.world)
    hours = t.rng.randint(3, 9)
    t.bind(d=rival, x=prize, l=where, n=english.number(hours))
    t.tell('"[You talk like a brook|Your tongue is never still]," {d} the {d.kind} said to {a}. "I '
           'bet you cannot be silent for {n} hours. [If you can, I will give you {x.the}|{x.The} '
           'against it]." [Now {x.the} was {d}\'s pride.|{b} looked at {x.the} with wide eyes.] '
           '"And if I lose?" {a.asks}. "Then you [sweep my yard|carry my wood] for {n} weeks." '
           '{agree:a}')
    t.weave()
    t.para()
    t.tell('[The bell struck, and it began.|From that moment on, {a} said nothing.] In the first '
           'hour {d} told a joke. {a} [bit {a.his} lip|thought of potatoes]. In the second hour '
           '{d} [asked the way|said that two and two are five]. {a} [pointed|wrote it in the '
           'sand]. They went {l.to}. {l.sight} {a} would have liked to say something about it, '
           '[but did not|oh, how much!].')
    t.weave()
    t.para()
    t.tell('[Only one hour was left of the {n}|It was the last of the {n} hours]. Then {a} saw '
           "that {d} was about to [step on a rotten plank|sit down on a wasps' nest|walk into a "
           'deep hole]. [{a} waved, but {d} only laughed.|Pointing did not help.] There was no '
           'time to think. "Stop!" {a.cries}. {d} [stopped with one foot in the air|jumped back]. '
           '[There was silence.|Both turned pale.]')
    t.tell('"[You have lost|You spoke]," {d.says} [slowly|after a while]. "I know," {a.answers}. '
           '"[I will sweep|Where is the broom]." {d} looked [at the place|at the ground]. '
           '"[No|Keep your broom]. Somebody who [gives up a prize for me|loses for my sake] has '
           'won." And {d} gave {a} {x.the}. {joy:a}')


PLOTS = [thief, noise, apprentice, garden, wager]
