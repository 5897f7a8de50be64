"""Things that happen on the road, and the return of those who were helped there."""

from . import make


def on_the_road(t, count):
    """Tell `count` different encounters, each in a paragraph of its own."""
    scenes = SCENES if t.world.season != "winter" else SCENES[:-NOT_IN_WINTER]
    for scene in t.rng.sample(scenes, count):
        t.para()
        t.maybe(0.5, "{walk:a,b}")
        t.maybe(0.3, "{sky:}")
        scene(t)


def payback(t, chance=0.8):
    """Let somebody whom the heroes helped earlier come back; return whether one did."""
    if not t.world.helped or t.rng.random() > chance:
        return False
    who, deed = t.rng.choice(t.world.helped)
    t.tell('[Just then|At that very moment|Then] [a familiar voice called out|somebody came '
           'running|they saw a face they knew]. It was {w}, the {w.kind} {deed}. "[You helped '
           'me|You did not pass me by], [and now I will help you|so it is my turn now]," {w.says}.',
           w=who, deed=deed)
    return True


def _helped(t, who, deed):
    t.world.helped.append((who, deed))


def cart(t):
    """A cart is pushed out of the mud."""
    who = make.stranger(t.world)
    load = t.rng.choice(make.OPTIONS["cart load"])
    t.tell('In a [hollow|bend] of the road a cart full of {load} was stuck in the mud, and beside '
           'it stood a {w.kind} called {w}. "[Push!|Could you push?|One good push is all I need]," '
           '{w.says}. {a} and {b} [pushed with all their strength|put their shoulders to the '
           'wheel], and [at the third try|with a loud smack] the cart came free. [They were muddy '
           'up to the ears.|"May the road be kind to you," {w.says}.]', w=who, load=load)
    _helped(t, who, f"whose cart of {load} they had pushed out of the mud")


def firewood(t):
    """Sticks are carried for somebody old."""
    who = make.stranger(t.world)
    t.tell('An old {w.kind} was [dragging|carrying] a bundle of sticks [that was bigger than '
           '{w.himself}|and stopped at every step]. "[Let us carry that|Give it to us]," {a.says}. '
           'They carried it [all the way to the door|as far as the next farm]. "[I am {w}|My name '
           'is {w}]," said the {w.kind}. "[I own nothing, but I never forget a face|Bread I have '
           'none, but thanks I have plenty]."', w=who)
    _helped(t, who, "whose sticks they had carried")


def lost_glove(t):
    """A lost thing is given back."""
    who, thing = make.stranger(t.world), make.thing(t.world, "gift")
    t.tell('[On a fence post|In the grass|On a milestone] {b} found {x.a}. "[Somebody will be '
           'missing this|This must belong to somebody]," {b.says}. A little farther on, a {w.kind} '
           'was [searching the ditch|looking under every stone]. "[My {x.noun}!|You found it!]" '
           'cried the {w.kind}, whose name was {w}, and [hugged them both|could not stop thanking '
           'them].', w=who, x=thing)
    _helped(t, who, f"whose {thing.full} they had found")


def runaway(t):
    """Something running away is caught."""
    who = make.stranger(t.world)
    sort = "thing" if t.world.animals else "beast"  # among animals, no animal is owned
    what = t.rng.choice(make.OPTIONS[f"runaway {sort}"])
    t.tell('Suddenly a {what} came [down the road|over the hill] at full speed, and behind it ran '
           'a {w.kind}, out of breath. "[Stop it!|Hold it! Hold it!]" {w.cries}. {b} [jumped to '
           'one side|spread {b.his} arms], {a} jumped to the other, and [there they had '
           'it|together they caught it]. "[You are quicker than I am|I am {w}, and I owe you '
           'one]," {w.says}.', w=who, what=what)
    _helped(t, who, f"whose {what} they had caught")


def quarrel(t):
    """Two strangers are brought to peace."""
    one, two = make.stranger(t.world), make.stranger(t.world)
    what = t.rng.choice(["pear", "pie", "blanket", "bench", "fish", "loaf of bread"])
    t.tell('Two strangers, {v} the {v.kind} and {w} the {w.kind}, were [shouting at each '
           'other|quarrelling] over a {what}. "[It is mine|I saw it first]!" {v.cries}. "[No, '
           'mine|You did not]!" {w.cries}. "[Let one divide it, and let the other choose|One cuts, '
           'the other chooses first]," {a.says}. [It became very quiet.|They looked at {a} in '
           'astonishment.] Then {w} [divided it as carefully as a jeweller|began to laugh], and '
           'there was peace.', v=one, w=two, what=what)
    _helped(t, two, f"who had quarrelled over the {what}")


def river(t):
    """A river is crossed on what can be found."""
    wood = t.rng.choice(make.OPTIONS["river wood"])
    t.tell('[Then|Soon] they came to a river, and the bridge was [gone|broken]. "[How do we get '
           'across?|And now?]" {b.asks}. They [looked for a ford|walked along the bank] until they '
           'found {wood}. {a} paddled with [a branch|both {a.hand}s], {b} [bailed out the '
           'water|kept the balance], and [halfway across|in the middle] they [turned round '
           'twice|nearly tipped over]. [Wet but proud,|Dripping,] they climbed out on the other '
           'side.', wood=wood)


def fog(t):
    """The way through fog, step by step."""
    t.tell('A thick fog [rolled in|rose from the fields], and soon they could not see [their own '
           'feet|the road]. "[Hold on to my sleeve|Do not let go of me]," {a.says}. They [tied '
           'themselves together with a scarf|walked one behind the other], and whenever {a} called '
           '"[Here!|Left!|Stone!]", {b} called it back. [After a hundred steps|After what seemed '
           'like hours] the fog [tore open|thinned], and there was the road again.')


def toll(t):
    """A bridge is paid for with words."""
    price = t.rng.choice(make.OPTIONS["toll price"])
    who = make.stranger(t.world)
    t.tell('At a bridge sat a {w.kind} with a [long|wooden] pole. "Whoever crosses pays me '
           '{price}," {w.says}. {b} [whispered something|looked at {a}]. {a} [thought for a '
           'moment|cleared {a.his} throat] and paid. The {w.kind} [listened with closed '
           'eyes|repeated it twice, to keep it]. "[That is worth a bridge|Paid in full]," '
           '{w.says}, and [lifted the pole|let them pass].', w=who, price=price)


def shelter(t):
    """A storm is waited out."""
    t.tell('All at once [a cold rain began to pour|a storm broke loose], and they ran into [an '
           "empty barn|a woodshed|a cave under a rock|a shepherd's hut]. There they [sat close "
           'together|wrung out their hats] and listened. "[Tell me something|Say something nice]," '
           '{b.says}. So {a} [told of the time when {a.he} fell into the jam|described the best '
           'dinner in the world, dish by dish]. When [the sky cleared|the last drops fell], they '
           'were almost sorry to go on.')


def sleeper(t):
    """A sleeping beast is passed on tiptoe."""
    beast = t.rng.choice(make.OPTIONS["sleeper beast"])
    t.tell('{Beast} lay across the path, asleep. [It snored.|At every breath the grass bent.] '
           '"[Shall we wake it?|We could wait]," {b.whispers}. {a} [shook {a.his} head|put a '
           'finger to {a.his} lips]. On the tips of their toes they went past, [holding their '
           'breath|step by step]. A twig cracked. [One eye opened, looked at them, and closed '
           'again.|The snoring stopped, and then went on.] [They ran the next mile.|Nobody said a '
           'word for a long time.]', beast=beast)


def signpost(t):
    """A fallen signpost is set right by thinking."""
    t.tell('The signpost had [fallen over|been turned by the wind], and [all four arms pointed at '
           'the sky|nobody could say which arm meant which road]. "[We know where we came from|One '
           'of the arms must say {town}]," {a.says}. So they [set it up|turned it until it stood] '
           'with that arm pointing back, and all the others were right as well. "[That was '
           'clever|I would never have thought of that]," {b.says}.')


def peddler(t):
    """A temptation is resisted."""
    thing = make.thing(t.world, "treasure")
    who = make.stranger(t.world)
    t.tell('A peddler with a [tall pack|squeaking cart] stopped them, a {w.kind} by the name of '
           '{w}. "[Look|Have a look]! {x.Intro}, [almost new|fit for a queen|and cheap]!" '
           '{w.says}. [For a moment {b} was tempted.|"Is it real?" {b.asks}.] But {a} [shook '
           '{a.his} head|pulled {b} away by the sleeve]. "[We have no time for shopping|We have '
           'what we need]," {a.says}. {w} [shrugged|grinned]. "[Then at least take some advice, '
           'for nothing: stay on the left of the big oak|Then go in peace, and mind the loose '
           'stone on the hill]."', w=who, x=thing)


def echo(t):
    """A valley answers."""
    t.tell('In a narrow valley lived an echo. "[Hello!|Who are you?]" {b.cries}. "[...lo!|...are '
           'you?]" answered the valley. {a} [tried it too|laughed and called {a.his} own name]. '
           'They [called every word they knew|taught the echo a song], and for the rest of the way '
           'it seemed to {a} that there were [three|four] of them.')


def berries(t):
    """A meal from a thicket."""
    berry = t.rng.choice(make.OPTIONS["berries berry"])
    t.tell('There was a thicket full of {berry}, and they [ate until they were full|picked as many '
           'as they could reach]. "You have [a leaf on your nose|juice on your chin]," {a.says}. '
           '"So have you," {b.answers}. [They filled a hat for later.|What was left, they left for '
           'the birds.] {laugh:a,b}', berry=berry)


SCENES = [cart, firewood, lost_glove, runaway, quarrel, river, fog, toll, shelter, sleeper,
          signpost, peddler, echo, berries]
NOT_IN_WINTER = 1  # this many at the end of the list
