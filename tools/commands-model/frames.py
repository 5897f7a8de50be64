"""Sentences of our own for what the voices say seldom: frames with choices, and what is no command.

A frame is a template of form.py in which `[a|b|]` stands for one of its parts.
"""

import re
import sys
from functools import cache
from pathlib import Path

import homes
from form import parse_line

sys.path.append(str(Path(__file__).resolve().parent.parent / "demo-model"))
from stories.compose import story  # noqa: E402  (the demo model's stories, as running text)

CHOICE = re.compile(r"\[([^\[\]]*)\]")

FRAMES = {
    "on": """[turn|switch|put] on [the|my|] {light} => on name={light}
[turn|switch|put|flip] [the|my|] {light} on => on name={light}
[turn|switch|put] [the|my|] {media} on => on name={media}
[turn|switch|put] [the|my|] {switch} on => on name={switch}
[turn|switch|put] on [the|] {fan} => on name={fan}
[turn|switch|put] [the|] {climate} on => on name={climate}
{light} on => on name={light}
{switch} [on|on now] => on name={switch}
[turn|switch] on [the|all the|every] [lights|lamps] in [the|] {area} => on area={area} type=light
[turn|switch] [the|] {area} [lights|light|lamps] on => on area={area} type=light
{area} [light|lights] [on|] => on area={area} type=light
[all|all the] lights on [everywhere|in the whole house|in every room] => on area=all type=light
[start|activate|enable|power up|fire up] [the|] {switch} => on name={switch}
[turn|switch|put] on [the|] {light} in [the|] {area} => on name={light} area={area}
[turn|switch] everything on in [the|] {area} => on area={area}
in {duration} [turn|switch] [the|] {light} on => on name={light} in={duration}
[turn|switch] on [the|] {switch} at {clock} => on name={switch} at={clock}""",
    "off": """[turn|switch|shut] off [the|my|] {light} => off name={light}
[turn|switch|put|shut] [the|my|] {light} off => off name={light}
[turn|switch|shut] [the|my|] {media} off => off name={media}
[turn|switch|shut] off [the|] {switch} => off name={switch}
[turn|switch] off [the|] {fan} => off name={fan}
[turn|switch] [the|] {climate} off => off name={climate}
{light} [off|out] => off name={light}
{media} off => off name={media}
[turn|switch] off [the|all the|every] [lights|lamps] in [the|] {area} => off area={area} type=light
[turn|switch] [the|] {area} [lights|light|lamps] [off|out] => off area={area} type=light
lights [off|out] in [the|] {area} => off area={area} type=light
[turn|switch|shut] everything off in [the|] {area} => off area={area}
[kill|cut|stop|disable|deactivate] [the|] {switch} => off name={switch}
[everything|all devices|the whole house] off => off area=all
[turn|switch] off all [the|] lights [in the house|everywhere|at home] => off area=all type=light
[turn|switch] off all [the|] lights except [the|] {light} => off type=light except_name={light}
[everything|the whole house] off [except|but] [the|] {area} => off area=all except_area={area}
[turn|switch] off [the|] {light} in {duration} => off name={light} in={duration}
after {duration} [turn|switch] off [the|] {media} => off name={media} in={duration}""",
    "open": """open [up|] [the|] {cover} => open name={cover}
[raise|lift|pull up] [the|] {cover} => open name={cover}
{cover} [open|up] => open name={cover}
open [the|all the] [blinds|blind] in [the|] {area} => open area={area} type=blind
[raise|open] [the|] {area} [shutters|shutter] => open area={area} type=shutter
open [the|] {area} [curtains|drapes] => open area={area} type=curtain""",
    "close": """[close|shut] [up|] [the|] {cover} => close name={cover}
[lower|pull down|put down] [the|] {cover} => close name={cover}
{cover} [closed|down|shut] => close name={cover}
[close|lower] [the|all the] [blinds|blind] in [the|] {area} => close area={area} type=blind
[close|draw] [the|] {area} [curtains|drapes] => close area={area} type=curtain
close [all|all the] [windows|windows in the house] => close type=window""",
    "brightness": """[set|dim|bring|put|turn] [the|] {light} to {value} [percent|%|] => brightness name={light} value={value}
[set|dim|bring|put] [the|] {area} lights to {value} [percent|%|] => brightness area={area} value={value}
{light} [at|to|] {value} [percent|%] => brightness name={light} value={value}
[set|change] [the|] brightness [of|in] [the|] {area} to {value} [percent|] => brightness area={area} value={value}
[set|change] [the|] brightness of [the|] {light} to {value} [percent|] => brightness name={light} value={value}
[the|] {light} {value} percent [bright|brightness] => brightness name={light} value={value}
[set|put] [the|] {light} [to|at] [half|half brightness] => brightness name={light} value=50
[the|] {light} [full|to full|to maximum|all the way up] => brightness name={light} value=100""",
    "color": """[make|turn|set|change] [the|] {light} [to|] {color} => color name={light} color={color}
[make|turn|set|change] [the|] {area} [lights|light] [to|] {color} => color area={area} color={color}
{light} [in|] {color} => color name={light} color={color}
[change|set] the [colour|color] of [the|] {light} to {color} => color name={light} color={color}""",
    "position": """[set|put|open|close|move] [the|] {cover} to {value} [percent|%|] => position name={cover} value={value}
[open|close] [the|] {cover} [halfway|half way] => position name={cover} value=50
{cover} [at|to] {value} percent => position name={cover} value={value}
[set|open] [the|] {area} blinds to {value} percent => position area={area} type=blind value={value}""",
    "volume": """[set|turn|put] the volume [of|on] [the|] {media} to {value} [percent|] => volume name={media} value={value}
[set|turn] [the|] {media} to {value} [percent|] => volume name={media} value={value}
[set|turn] [the|] {media} volume to {value} [percent|] => volume name={media} value={value}
[set|change] [the|] volume in [the|] {area} to {value} [percent|] => volume area={area} value={value}
volume {value} [percent|] => volume value={value}
{media} volume [to|] {value} => volume name={media} value={value}""",
    "speed": """[set|put|turn|run] [the|] {fan} [to|at] {value} [percent|] => speed name={fan} value={value}
[set|change] [the|] speed of [the|] {fan} to {value} [percent|] => speed name={fan} value={value}
{fan} [speed|] {value} percent => speed name={fan} value={value}
[set|put] [the|] fan in [the|] {area} to {value} [percent|] => speed area={area} value={value}""",
    "set_temperature": """[set|turn|put] [the|] {climate} to {degrees} [degrees|] => set_temperature name={climate} value={degrees}
[set|change] the temperature [in|of] [the|] {area} to {degrees} [degrees|] => set_temperature area={area} value={degrees}
[make|heat] [it|the room] [to|] {degrees} degrees [in here|] => set_temperature value={degrees}
[set|put] the [heating|temperature] to {degrees} [degrees|] => set_temperature value={degrees}
{area} [to|at] {degrees} degrees => set_temperature area={area} value={degrees}""",
    "get_temperature": """[what is|what's] the temperature [in|of] [the|] {area} => get_temperature area={area}
how [warm|hot|cold] is [it in|] [the|] {area} => get_temperature area={area}
[what is|what's] the temperature [in here|inside|] => get_temperature
[what is|what's] [the|] {climate} [at|set to|temperature] => get_temperature name={climate}""",
    "ask": """is [the|] {light} [on|still on] => ask name={light} state=on
is [the|] {light} off => ask name={light} state=off
is [the|] {cover} [open|still open] => ask name={cover} state=open
is [the|] {cover} [closed|shut] => ask name={cover} state=closed
is [the|] {lock} [locked|locked up] => ask name={lock} state=locked
is [the|] {lock} unlocked => ask name={lock} state=unlocked
is [the|] {switch} on => ask name={switch} state=on
are [the|] lights on in [the|] {area} => ask area={area} type=light state=on
are [any|some] [lights|lamps] on [in the {area}|in {area}] => ask area={area} type=light state=on count=any
[which|what] lights are on in [the|] {area} => ask area={area} type=light state=on count=which
how many [lights|lamps] are on in [the|] {area} => ask area={area} type=light state=on count=many
are all [the|] [lights|lamps] off [upstairs|] => ask type=light state=off count=all
[what is|what's] the [state|status] of [the|] {light} => ask name={light}
[what is|what's] [the|] {sensor} [saying|reading|showing|] => ask name={sensor}
[what does|] [the|] {sensor} [say|read|show] => ask name={sensor}
[what is|what's] the state of [the|] {cover} => ask name={cover}
[which|what] windows are open => ask type=window state=open count=which
are all [the|] doors locked => ask type=door state=locked count=all
how many [blinds|curtains] are closed => ask type=blind state=closed count=many
is [the|] {media} playing => ask name={media} state=playing""",
    "scene": """[activate|start|run|launch|enable] [the|] {scene} [scene|mode|] => scene name={scene}
{scene} [scene|mode|please] => scene name={scene}
[turn on|set the scene to|switch to|go to] {scene} => scene name={scene}
[activate|set] {scene} in [the|] {area} => scene name={scene} area={area}""",
    "timer_start": """[set|start|make] a timer for {duration} => timer_start duration={duration}
[set|start] a {duration} timer => timer_start duration={duration}
[set|start] a {timer} timer for {duration} => timer_start timer={timer} duration={duration}
[set|start] a {duration} timer [for|called|named] {timer} => timer_start timer={timer} duration={duration}
timer {duration} [for the|for|] {timer} => timer_start timer={timer} duration={duration}
{duration} timer => timer_start duration={duration}""",
    "timer_add": """add {duration} to [the|my] timer => timer_add duration={duration}
add {duration} to [the|my] {timer} timer => timer_add timer={timer} duration={duration}
add {duration} to [the|my] {duration2} timer => timer_add of={duration2} duration={duration}
[extend|lengthen] [the|my] {timer} timer by {duration} => timer_add timer={timer} duration={duration}""",
    "timer_cut": """[take|remove] {duration} [off|from] [the|my] timer => timer_cut duration={duration}
[take|remove] {duration} [off|from] [the|my] {timer} timer => timer_cut timer={timer} duration={duration}
[take|remove|subtract] {duration} from [the|my] {duration2} timer => timer_cut of={duration2} duration={duration}
[shorten|reduce|decrease] [the|my] {timer} timer by {duration} => timer_cut timer={timer} duration={duration}""",
    "timer_cancel": """[cancel|stop|delete] [the|my] timer => timer_cancel
[cancel|stop|delete] [the|my] {timer} timer => timer_cancel timer={timer}
[cancel|stop|delete] [the|my] {duration} timer => timer_cancel of={duration}
[cancel|stop] the timer in [the|] {area} => timer_cancel area={area}""",
    "timer_pause": """[pause|hold] [the|my] {timer} timer => timer_pause timer={timer}
[pause|hold] [the|my] {duration} timer => timer_pause of={duration}
[pause|hold] [the|] {area} timer => timer_pause area={area}""",
    "timer_resume": """[resume|continue|unpause] [the|my] {timer} timer => timer_resume timer={timer}
[resume|continue|unpause] [the|my] {duration} timer => timer_resume of={duration}
[resume|continue] [the|] {area} timer => timer_resume area={area}""",
    "timer_status": """how [much time|long] is left on [the|my] {timer} timer => timer_status timer={timer}
how [much time|long] is left on [the|my] {duration} timer => timer_status of={duration}
[timer status|how long on the timer|how much time is left] => timer_status
how much [time|longer] on [the|] {area} timer => timer_status area={area}""",
    "list_add": """[add|put|write] {item} [to|on] [the|my|our] {list} list => list_add item={item} name={list}
[add|put] {item} [to|on] [the|my|our] shopping list => list_add item={item}
[add|put] {item} [to|on] [the|my] list => list_add item={item}""",
    "list_done": """[check|tick|cross] {item} off [the|my|our] {list} list => list_done item={item} name={list}
[remove|take|delete] {item} [from|off] [the|my] {list} list => list_done item={item} name={list}
[check|tick|cross] off {item} [from|on] [the|my] shopping list => list_done item={item}
[complete|mark off] {item} on [the|my] {list} list => list_done item={item} name={list}""",
    "clean": """[start|run] [the|] {vacuum} => clean name={vacuum}
[vacuum|clean|hoover|sweep] [the|] {area} => clean area={area}
[let|have] [the|] {vacuum} clean [the|] {area} => clean name={vacuum} area={area}
{vacuum} [start|go|clean] => clean name={vacuum}""",
    "dock": """[send|return] [the|] {vacuum} [home|to its base|to base|back to its dock] => dock name={vacuum}
{vacuum} [go home|back to base|dock] => dock name={vacuum}""",
    "announce": """[announce|broadcast] [that|] {message} => announce message={message}
tell [everyone|everybody] [that|] {message} => announce message={message}""",
    "weather": """[what is|what's|how is] the weather [like|] [in|at] {place} => weather place={place}
[what will the weather be|what is the forecast] {day} => weather day={day}
[what is|what's] the weather [like|today|] => weather""",
    "where": """where is {person} => where who={person}
[is {person} home|is {person} at home] => where who={person}""",
    "play": """play {query} [on|over] [the|] {media} => play query={query} name={media}
play {query} in [the|] {area} => play query={query} area={area}
play [the song|the album|the playlist|the artist|the podcast|] {query} => play query={query}
[put on|listen to|i want to hear|start] {query} => play query={query}""",
}

FOREIGN = """turn {w}|how many {w} are there in the world|i like {w}|what about {w}|the {w} was nice|why is {w} so expensive
tell me about {w}|explain {w} to me|who is {w}|do you know {w}|how do you say {w} in spanish|drive to {w}|email {w}
call {w}|what does {w} mean|order {w} online|is {w} good for you|search for {w}|{w}|we saw {w} yesterday|text {w} hello
she turned {w} on its head|he lit {w}|did you lock {w} in|is {w} even real|{w} is playing later""".replace("\n", "|").split("|")


def choose(r, text):
    """Return the text with one part of each [a|b]."""
    while "[" in text:
        text = CHOICE.sub(lambda match: r.choice(match[1].split("|")), text)
    return re.sub(r"\s+", " ", text).strip()


def draw(r, intent):
    """Return a random template of the intent's frames."""
    frame = r.choice(FRAMES[intent].split("\n"))
    return parse_line(choose(r, frame))


@cache
def running_text():
    """Return sentences of stories, as a microphone hears them in a room where one is read."""
    text = " ".join(story(seed) for seed in range(200)).lower()
    sentences = re.split(r'[.!?"]+\s', re.sub(r"[^a-z0-9' .,!?]", " ", text))
    return tuple(re.sub(r"\s+", " ", sentence).strip() for sentence in sentences if 8 < len(sentence) < 90)


def unrelated(r):
    """Return a sentence that is no command, and the answer that says so."""
    draw_ = r.random()
    if draw_ < 0.34:
        text = r.choice(homes.entries("overheard"))
    elif draw_ < 0.56:
        text = r.choice(homes.entries("requests_unknown"))
    elif draw_ < 0.62:
        text = r.choice(homes.entries("scraps"))
    elif draw_ < 0.76:
        text = r.choice(running_text())
    elif draw_ < 0.82:
        text = f"{homes.invented(r)} {homes.invented(r)}"
    else:
        thing = r.choice(homes.entries(r.choice(["items", "queries", "people", "places", "rooms", "names_light"])))
        text = r.choice(FOREIGN).format(w=thing)
    return text, [{"do": "none", "why": "other"}]
