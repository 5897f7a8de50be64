"""The commands that a home understands: intents, their keys, and the JSON of an answer.

An answer is a JSON array of one to three objects, one for each action, without spaces:
`[{"do":"on","area":"kitchen","type":"light"}]`. SCHEMA.md says what each intent means.
"""

INTENTS = """on off toggle open close stop lock unlock brightness brighter dimmer color position speed
volume louder quieter mute unmute set_temperature warmer cooler get_temperature ask timer_start
timer_cancel timer_cancel_all timer_pause timer_resume timer_status timer_add timer_cut alarm_set
alarm_cancel remind play pause resume next previous list_add list_done list_read where weather time
date announce scene clean dock nevermind none""".split()

KINDS = """light fan switch curtain blind shade shutter window garage valve lock media climate
vacuum sensor scene list""".split()
COVERS = "curtain blind shade shutter window garage valve".split()
TYPES = "light fan switch curtain blind shade shutter window garage door valve media climate".split()
STATES = "on off open closed locked unlocked playing".split()
COUNTS = "any all which many".split()
REASONS = "other missing".split()
COLORS = """red green blue yellow orange purple pink white turquoise violet cyan magenta gold brown
lavender teal""".split() + ["warm white", "cold white"]
DAYS = """today tomorrow monday tuesday wednesday thursday friday saturday sunday everyday weekdays
weekend""".split()

SPANS = "item query message who place timer".split()     # pieces of what was said
LISTED = "name area except_name except_area".split()     # words of the home
CHOICES = {"type": TYPES, "state": STATES, "count": COUNTS, "color": COLORS, "why": REASONS, "day": DAYS}
NUMBERS = """of_hours of_minutes of_seconds value hours minutes seconds in_hours in_minutes in_seconds
hour minute""".split()
# The keys of an object stand in this order.
ORDER = ["item", "query", "message", "who", "place", "timer", "name", "area", "type", "except_name",
         "except_area", "state", "count", "color", "why", *NUMBERS, "day"]

TARGET = ["name", "area", "type"]
EXCEPT = ["except_name", "except_area"]
DURATION = ["hours", "minutes", "seconds"]
OF = ["of_" + unit for unit in DURATION]
LATER = ["in_" + unit for unit in DURATION] + ["hour", "minute", "day"]
SWITCHED = {"light", "fan", "switch", "media", "climate"}  # kinds that are on or off


# The type that an intent is about anyway: an object does not repeat it.
IMPLIED = {"brightness": "light", "brighter": "light", "dimmer": "light", "color": "light",
           "volume": "media", "louder": "media", "quieter": "media", "mute": "media", "unmute": "media",
           "set_temperature": "climate", "warmer": "climate", "cooler": "climate",
           "get_temperature": "climate", "speed": "fan", "lock": "door", "unlock": "door"}


class Intent:
    """The keys of an intent, which of them it needs, and the kinds of devices that it can name.

    `needs` is a list of groups; of each group an object has one key at least.
    """

    def __init__(self, keys, needs=(), kinds=()):
        self.keys = [key for key in ORDER if key in keys]
        self.needs = [tuple(group) for group in needs]
        self.kinds = list(kinds)


def _table():
    device = TARGET + EXCEPT + LATER
    table = {}

    def add(names, keys, needs=(), kinds=()):
        for name in names.split():
            table[name] = Intent(keys, needs, [kind for kind in KINDS if kind in kinds])

    add("on off toggle", device, [TARGET], SWITCHED)
    add("open close stop", device, [TARGET], COVERS)
    add("lock unlock", device, [], {"lock"})
    add("brightness", [*device, "value"], [["value"]], {"light"})
    add("brighter dimmer", [*device, "value"], [], {"light"})
    add("color", [*device, "color"], [["color"]], {"light"})
    add("position", [*device, "value"], [TARGET, ["value"]], COVERS)
    add("speed", [*device, "value"], [["value"]], {"fan"})
    add("volume", [*device, "value"], [["value"]], {"media"})
    add("louder quieter", [*device, "value"], [], {"media"})
    add("mute unmute", device, [], {"media"})
    add("set_temperature", [*device, "value"], [["value"]], {"climate"})
    add("warmer cooler", [*device, "value"], [], {"climate"})
    add("get_temperature", TARGET, [], {"climate", "sensor"})
    add("ask", [*TARGET, *EXCEPT, "state", "count"], [TARGET], set(KINDS) - {"scene", "list"})
    add("timer_start", ["timer", "area", *DURATION], [DURATION])
    add("timer_cancel timer_pause timer_resume timer_status", ["timer", "area", *OF])
    add("timer_cancel_all", ["area"])
    add("timer_add timer_cut", ["timer", "area", *OF, *DURATION], [DURATION])
    add("alarm_set", ["hour", "minute", "day"], [["hour"]])
    add("alarm_cancel", ["hour", "minute", "day"])
    add("remind", ["message", *LATER], [["message"]])
    add("play", ["query", "name", "area", *LATER], [["query"]], {"media"})
    add("pause resume next previous", ["name", "area", *LATER], [], {"media"})
    add("list_add list_done", ["item", "name"], [["item"]], {"list"})
    add("list_read", ["name"], [], {"list"})
    add("where", ["who"], [["who"]])
    add("weather", ["place", "day"])
    add("time date nevermind", [])
    add("announce", ["message"], [["message"]])
    add("scene", ["name", "area", *LATER], [["name"]], {"scene"})
    add("clean", ["name", "area", *LATER], [], {"vacuum"})
    add("dock", ["name", *LATER], [], {"vacuum"})
    add("none", ["why"], [["why"]])
    return table


TABLE = _table()
