"""What a cheap recogniser, a keyboard or a speaker in a hurry does to a sentence."""

import re

# What sounds alike, or nearly; each can be heard for the others.
SOUNDS = [group.split("|") for group in """light|lite|like|right|late
lights|lites|likes|flights
lamp|lump|lamb|ramp
off|of|often|oft
on|own|an|in|and
turn|tern|torn|term|tan
switch|which|sweetch|swish
to|too|two|do
for|four|fore
the|da|a|de|tha
close|clothes|clues|closed
open|opun|hoping|oven
blind|blined|blond|blend
blinds|blines|blends|lines
curtain|certain|curtin
curtains|certains
door|dor|dough|floor
room|rum|rome|broom
kitchen|kitchin|chicken|kitten
bedroom|bed room|bad room|bread room
bathroom|bath room|bass room
hall|haul|whole
fan|van|fun|fen
set|sat|said|sit
dim|them|din|deem
bright|bride|brite|write
red|read|rad
blue|blew|glue
green|grin|grain
white|wide|why
heat|heed|eat
heating|eating|heeding
warm|worm|warn
cold|called|gold
timer|time her|tamer|tie more
ten|tan|then
eight|ate|hate
one|won|wan
six|sicks|sex
minute|minit|mint
minutes|minits|mints
hour|our|ower
half|have|calf
past|passed|pass
lock|look|luck|log
unlock|unlook|on lock
pause|paws|pores|pose
play|pray|plate|bleu
music|use it|musics
volume|volumes|value
next|neck|necks|text
stop|stub|stopped
start|stat|started
add|at|had|ad
list|least|lists
milk|mil|milks
please|pleas|peas|police
is|his|as|it's
what|watt|wat
what's|watts|once
where|wear|were
who|hoo|how
there|their
up|app|of
down|dawn|town
all|oil|old
every|very|ever
by|buy|bye
some|sum
here|hear
window|windo|widow
gate|gait|great
plug|plaque|bug
vacuum|back room|vacume
garage|carriage|garbage
scene|seen|sin
speaker|speakers|sneaker
television|tell a vision
telly|tally|jelly
remind|re mind|mind
tell|tale|tall
degrees|the grease|degree
percent|per cent|present
quarter|water|order
upstairs|up stairs|up stars
downstairs|down stairs
office|of this|offers
garden|guard in|gardens
mute|moot|moved
hot|hut|hat
brighter|bright her|writer
louder|loud or|ladder
quieter|quiet her|quite her
tomorrow|to morrow|tomato
alarm|a lamb|alarms
wake|week|weak""".split("\n")]
HEARD = {word: [other for other in group if other != word] for group in SOUNDS for word in group[:1]}

# Letters that a word can be misspelt with, by its sound.
SPELLINGS = [("ph", "f"), ("ck", "k"), ("c", "k"), ("k", "c"), ("s", "z"), ("z", "s"), ("ee", "ea"), ("ea", "ee"),
             ("ai", "ay"), ("y", "ie"), ("ie", "y"), ("oo", "u"), ("u", "oo"), ("i", "e"), ("e", "i"), ("a", "e"),
             ("o", "a"), ("tt", "t"), ("ll", "l"), ("nn", "n"), ("t", "tt"), ("l", "ll"), ("v", "f"), ("b", "p"),
             ("d", "t"), ("th", "t"), ("er", "a"), ("r", ""), ("h", ""), ("ou", "ow"), ("ow", "ou"), ("w", "v"),
             ("m", "n"), ("g", "k"), ("sh", "ch"), ("ough", "o"), ("e", "")]
FILLERS = ["um", "uh", "er", "erm", "like", "you know", "well", "so", "okay so", "right"]
SMALL = set("the a an my our to in on at please of is for it and just".split())


def _by_sound(r, word):
    """Return the word spelt otherwise, by one or two sounds."""
    for _ in range(r.choice([1, 1, 2])):
        here = [(old, new) for old, new in SPELLINGS if old in word[1 if len(old) == 1 else 0:]]
        if here:
            old, new = r.choice(here)
            at = word.find(old, 1 if len(old) == 1 else 0)
            word = word[:at] + new + word[at + len(old):]
    return word


def _typo(r, word):
    at, draw = r.randrange(len(word) - 1), r.random()
    if draw < 0.4:
        return word[:at] + word[at + 1] + word[at] + word[at + 2:]
    if draw < 0.8:
        return word[:at + 1] + word[at + 2:]
    return word[:at] + word[at] + word[at:]


def make(r, text, protected, count=None):
    """Return the sentence with a few mistakes. Words of `protected` phrases stay as they are."""
    words = text.split()
    fixed = _protected(words, protected)
    for _ in range(count or r.choice([1, 1, 2, 3])):
        at, draw = r.randrange(len(words)), r.random()
        word = words[at]
        if fixed[at] or not word or " " in word:
            continue
        if word in HEARD and draw < 0.6:
            words[at] = r.choice(HEARD[word])
        elif draw < 0.35 and len(word) > 3 and word.isalpha():
            words[at] = _by_sound(r, word)
        elif draw < 0.55 and len(word) > 3 and word.isalpha():
            words[at] = _typo(r, word)
        elif draw < 0.75 and word in SMALL and len(words) > 3:
            words[at] = ""
        elif draw < 0.87:
            words[at] = f"{word} {word}"
        else:
            words[at] = f"{r.choice(FILLERS)} {word}"
    return re.sub(r"\s+", " ", " ".join(words)).strip() or text


def _protected(words, phrases):
    """Return for each word whether it belongs to one of the phrases; a comma may follow it, or 's."""
    fixed, plain = [False] * len(words), [re.sub(r"[,.?!]+$|'s$", "", word) for word in words]
    for phrase in phrases:
        parts = [re.sub(r"'s$", "", part) for part in phrase.split()]
        for at in range(len(words) - len(parts) + 1):
            if plain[at:at + len(parts)] == parts:
                fixed[at:at + len(parts)] = [True] * len(parts)
    return fixed


def restart(r, text):
    """Return the sentence with a false start: its first words, a hesitation, all of it."""
    words = text.split()
    if len(words) < 4:
        return text
    cut = r.randint(1, min(3, len(words) - 2))
    return " ".join(words[:cut]) + " " + r.choice(["uh", "um", "no wait", "sorry", "i mean", "er"]) + " " + text


def written(r, text, objects_begin):
    """Return the sentence as recognisers write it that use capitals and punctuation.

    A sentence that begins with a piece of the answer keeps its small letter.
    """
    if not objects_begin:
        text = text[:1].upper() + text[1:]
    question = re.match(r"(what|is|are|how|which|where|who|will|did|do|does|can|could|any)\b", text, re.I)
    return text + (r.choice("?. ") if question else r.choice([".", ".", "", "!"])).strip()
