"""Side threads about what is known and felt: fears, wishes, riddles, words, songs."""

from . import make

FEARS, WISHES = make.w.rows("fears.txt"), make.w.rows("wishes.txt")
TROUBLES = make.w.rows("troubles.txt")
CREATURES = make.w.words("creatures.txt")
RIDDLES, SONGS = make.w.rows("riddles.txt"), make.w.rows("songs.txt")


def fear(t):
    """{a} is afraid of one thing, and meets it."""
    what, event, coping = t.world.draw(FEARS)
    t.tell('[There was only one thing that {a} feared, and that was {what}.|{a} was afraid of '
           '{what}, [though nobody knew it|and {b} knew it].|"I am not afraid of anything," '
           '{a.says}, "except {what}."] [Even the word made {a.him} shiver.|It had been so since '
           '{a.he} was very small.|{b} never laughed about it.]', what=what)
    yield True
    t.tell('["Are you still afraid of {what}?" {b.asks}. "A little," {a.answers}.|"What will I do '
           'when it comes?" {a} thought.|{a} had not forgotten {a.his} fear of {what}.]', what=what)
    yield True
    t.tell('[And then it happened|Just then it happened]: {event}. Of all things, [it had to be '
           'this|that was what {a} feared most]. {scared:a} {brave:a} {a.He} {coping}. "[You were '
           'afraid of {what}, and look at you now|I saw that]," {b.says}.',
           event=event, coping=coping, what=what)
    yield True


def wish(t):
    """{a} wishes for something, which comes true at the end."""
    what, granted = t.world.draw(WISHES)
    t.tell('[If you had asked {a} for {a.his} dearest wish, {a.he} would have said: {what}.|More '
           'than anything, {a} wished {what}.|"What would you wish for?" {b.asks} one day. '
           '"{What}," {a.answers} without stopping to think.]',
           what=what)
    yield True
    t.tell('["Do you still wish {what}?" {b.asks}. {a} nodded.|In quiet moments {a} still dreamed '
           'of {a.his} wish: {what}.]', what=what)
    yield True
    t.tell("[Nobody had forgotten {a}'s wish, {what}.|{c} remembered that {a} had wished {what}.] "
           'And so it [came true|happened]: {granted}. [{joy:a}|{surprise:a}]',
           what=what, granted=granted)
    yield True


def riddle(t):
    """The elder asks a riddle; {a} finds the answer at the end."""
    text, answer = t.world.draw(RIDDLES)
    t.tell('"[I have a riddle for you|Here is a riddle for the road]," {c.says}. "{text}. What am '
           'I? [Tell me the answer tonight|Do not answer at once]." {a} [frowned|thought about '
           'it], but [no answer came|could not guess it].', text=text)
    yield True
    t.tell('[{a} turned the riddle over in {a.his} mind. {text}: what could that be?|"What was it '
           'again?" {a.asks}. "{text}."|{text}: so it went.] [Could it be a cloud? No.|A hat? No, '
           'that was wrong.|A clock? Hardly.|{b} did not know either.]', text=text)
    yield True
    t.tell('[Suddenly|All at once] {a} laughed. "[The riddle|Your riddle], {c}! I know the answer. '
           'It is {answer}!" "[Right|Yes, {answer}]," {c.says}. "[{text}|It took you only a day]. '
           '[Well guessed|Clever {a}]!"', answer=answer, text=text)
    yield True


def password(t):
    """The elder teaches two secret words, which are needed later."""
    word = t.world.draw(make.COLOURS) + " " + t.world.draw(make.ANIMALS)
    gate = make.stranger(t.world)
    t.tell('{c} bent down to {a}. "[If you are ever in need|If somebody stops you], say these two '
           'words: {word}. [Repeat them|Say them back to me]." "{Word}," {a.whispers}.', word=word)
    yield True
    t.tell('[Again and again|Now and then] {a} [whispered|said over] the two secret words, so as '
           'not to lose them[: {word}|]. [What could they be for?|Would they ever be needed?]',
           word=word)
    yield True
    t.tell('[At|Before they were home, at] the [little bridge|town gate|narrow gate], a {w.kind} '
           'named {w} [barred the way|held up a lantern]. "[Nobody passes without the words|Say '
           'the words, or turn back]," {w.says}. {a} remembered what {c} had taught {a.him}. '
           '"{Word}!" {a.cries}. The {w.kind} [stepped aside at once|bowed and opened]. "[A friend '
           'of {c} is a friend of mine|Greet {c} from {w}]," {w.says}.', word=word, w=gate)
    yield True


def song(t):
    """A song of two lines is heard at the start and helps at the end."""
    first, second = t.world.draw(SONGS)
    t.tell('{c} was singing [as {c.he} worked|over the dishes|in the doorway]: "{first}, '
           '{second}." [{a} listened until {a.he} knew it by heart|It was an old song, and {a} '
           'soon knew it by heart].', first=first, second=second)
    yield True
    t.tell('[To keep up {a.his} courage|Softly], {a} began to sing: "{first}..." [{b} hummed '
           'along.|The rest {a.he} only hummed.]', first=first)
    yield True
    t.tell('[Then, from somewhere, they heard|As they came near, they heard] the old song: '
           '"{first}," and {a} sang back the second line: "{Second}!" It was {c}, [come out to '
           'meet them with a lamp|who had been waiting at the gate].', first=first, second=second)
    yield True


def lie(t):
    """{a} breaks something of the elder's, hides it, and confesses."""
    thing, place = make.thing(t.world, "gift"), make.place(t.world)
    spot = t.rng.choice(place.spots)
    t.tell('That [very |]morning {a} had [dropped|broken|spoiled] {x.the} that belonged to {c}. '
           '[Nobody had seen it.|There had been a crack, and then silence.] {a} carried what was '
           'left {l.to} and hid it {spot}. "[Have you seen {x.the}?|Where is {x.the}?]" {c.asks}. '
           '"No," {a.answers}, and [did not look up|blushed].', x=thing, l=place, spot=spot)
    yield True
    t.tell('[The lie about {x.the}|What {a.he} had said to {c}] [weighed on|would not let go of] '
           '{a}, like a stone in {a.his} shoe. "[Is something the matter?|You are so quiet]," '
           '{b.says}. "[It is nothing|Later]," {a.answers}.', x=thing)
    yield True
    t.tell('At last {a} went to {c}. "I [must|have to] tell you something. I broke {x.the}, and I '
           'hid it {l.at}, {spot}. I lied to you." {c} was silent for a moment. "[I knew it|I '
           'guessed as much]," {c.says}. "I was waiting for you to tell me. [Come, we will mend it '
           'together|A thing can be mended, and so can a lie]."', x=thing, l=place, spot=spot)
    yield True


def small_friend(t):
    """{a} helps a tiny creature, which returns the favour."""
    kind = t.world.draw(CREATURES)
    trouble, help_ = t.world.draw(TROUBLES)
    t.tell('A {k} {trouble}, and {a} stopped to set it free. "[Small as I am, I will repay you|I '
           'shall remember you]," the {k} [seemed to say|said in a thin voice].',
           k=kind, trouble=trouble)
    yield True
    t.tell('[Something tiny|Something no bigger than a nut] moved [at the edge of the path|beside '
           'them] and was gone again. Was it the {k}? {a} [smiled|wondered].', k=kind)
    yield True
    t.tell('[Do you remember the {k}?|Now the {k} came back.] It was the very one that {trouble} '
           'when they first met. {help_} "[That was for your kindness|Now we are even]," it said, '
           'and was gone.', k=kind, trouble=trouble, help_=help_)
    yield True


THREADS = [fear, wish, riddle, password, song, lie, small_friend]
