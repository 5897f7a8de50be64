"""Public sets of spoken commands, in the schema of tools/commands-model. Tests only: nothing is trained on them.

Both are read from snapshots that whoever measures has fetched:
  https://github.com/home-assistant/intents              CC BY 4.0, English test sentences with intent and slots
  https://github.com/allenporter/home-assistant-datasets Apache-2.0, `assist` and `assist-mini`: which entities change
"""

import re
from pathlib import Path

import yaml

import schema

KINDS = {"light": "light", "switch": "switch", "input_boolean": "switch", "fan": "fan", "lock": "lock", "climate": "climate",
         "scene": "scene", "script": "scene", "valve": "valve", "vacuum": "vacuum", "lawn_mower": "vacuum",
         "media_player": "media", "todo": "list", "sensor": "sensor", "binary_sensor": "sensor"}
TYPES = {"light": "light", "fan": "fan", "switch": "switch", "lock": "door", "valve": "valve", "media_player": "media",
         "climate": "climate"}
PLAIN = {"HassMediaNext": "next", "HassMediaPrevious": "previous", "HassMediaPause": "pause", "HassMediaUnpause": "resume",
         "HassVacuumStart": "clean", "HassVacuumReturnToBase": "dock", "HassLawnMowerStartMowing": "clean",
         "HassLawnMowerDock": "dock", "HassClimateGetTemperature": "get_temperature", "HassGetCurrentTime": "time",
         "HassGetCurrentDate": "date", "HassNevermind": "nevermind", "HassToggle": "toggle", "HassStopMoving": "stop",
         "HassMediaPlayerMute": "mute", "HassMediaPlayerUnmute": "unmute"}
TIMERS = {"HassStartTimer": "timer_start", "HassCancelTimer": "timer_cancel", "HassCancelAllTimers": "timer_cancel_all",
          "HassPauseTimer": "timer_pause", "HassUnpauseTimer": "timer_resume", "HassTimerStatus": "timer_status",
          "HassIncreaseTimer": "timer_add", "HassDecreaseTimer": "timer_cut"}


class Home:
    """A home as run_commands takes it."""

    def __init__(self, areas, floors, devices):
        self.areas, self.floors, self.devices = areas, floors, devices


def plain(text):
    """Return a sentence or a name in lower case, without marks that nobody says."""
    return re.sub(r"\s+", " ", re.sub(r"[^a-z0-9' %.,:]", " ", text.lower())).strip(" .,")


def kind_of(entity, name):
    """Return the kind of an entity, or None if the schema has none."""
    domain = entity.split(".")[0]
    if domain != "cover":
        return KINDS.get(domain)
    if name in schema.COVERS:
        return name
    return next((kind for kind in ("garage", "curtain", "blind", "shutter", "shade") if kind in entity), "garage")


def _cover_class(entity):
    return (entity.get("attributes") or {}).get("device_class")


class Intents:
    """Home Assistant's English test sentences."""

    def __init__(self, folder):
        self.folder = Path(folder) / "tests" / "en"
        fixtures = yaml.safe_load((self.folder / "_fixtures.yaml").read_text(encoding="utf-8"))
        areas = {area["id"]: plain(area["name"]) for area in fixtures["areas"]}
        self.domains, devices = {}, []
        for entity in fixtures["entities"]:
            name = plain(re.sub(r"\[.*?\]", "", entity["name"]))
            self.domains.setdefault(name, entity["id"].split(".")[0])
            kind = kind_of(entity["id"], _cover_class(entity))
            if kind and all(name != other for _, other, _ in devices):
                devices.append((kind, name, areas.get(entity.get("area"))))
        self.home = Home(list(areas.values()), [plain(floor["name"]) for floor in fixtures["floors"]], devices)

    def sentences(self):
        """Return ([(sentence, object, whether the test gives a room)] in the schema, how many are not)."""
        inside, outside = [], 0
        for path in sorted(self.folder.rglob("*.yaml")):
            if path.name == "_fixtures.yaml":
                continue
            for test in yaml.safe_load(path.read_text(encoding="utf-8")).get("tests") or []:
                intent, context = test.get("intent") or {}, test.get("context") or {}
                for sentence in test.get("sentences", []):
                    wanted = self._object(intent.get("name"), intent.get("slots") or {}, sentence, context)
                    if wanted is None:
                        outside += 1
                    else:
                        inside.append((plain(sentence), wanted, bool(context.get("area"))))
        return inside, outside

    def _object(self, intent, slots, sentence, context):
        slots = {key: value[-1] if isinstance(value, list) else value for key, value in slots.items()}
        slots = {key: plain(value) if isinstance(value, str) else value for key, value in slots.items()}
        here = context.get("area")
        here = plain(here["value"] if isinstance(here, dict) else here) if here else None
        area = slots.get("area")
        if area and area == here and area not in plain(sentence):
            area = None
        name, area = slots.get("name"), area or slots.get("floor")
        if name == "all":
            name, area = None, area or "all"
        place = {key: value for key, value in (("name", name), ("area", area)) if value}
        domain = slots.get("domain") or self.domains.get(name)
        type_ = slots.get("device_class")
        type_ = type_ if type_ in schema.TYPES else TYPES.get(slots.get("domain"))
        return self._meaning(intent, slots, place, domain, type_)

    def _meaning(self, intent, slots, place, domain, type_):
        name, typed = place.get("name"), {} if "name" in place or not type_ else {"type": type_}
        if intent in ("HassTurnOn", "HassTurnOff"):
            return self._switched(intent == "HassTurnOn", place, domain, typed)
        if intent == "HassLightSet":
            return ({"do": "color", **place, "color": slots["color"]} if "color" in slots
                    else {"do": "brightness", **place, "value": slots["brightness"]})
        if intent == "HassSetPosition":
            return {"do": "position", **place, **typed, "value": slots["position"]}
        if intent == "HassFanSetSpeed":
            return {"do": "speed", **place, "value": slots["percentage"]}
        if intent == "HassGetState":
            return self._asked(slots, place, domain, typed)
        if intent == "HassClimateSetTemperature":
            return {"do": "set_temperature", **place, "value": slots["temperature"]}
        if intent == "HassSetVolume":
            return {"do": "volume", **place, "value": slots["volume_level"]}
        if intent == "HassMediaSearchAndPlay":
            return {"do": "play", "query": slots["search_query"], **place}
        if intent in TIMERS:
            return None if "conversation_command" in slots else self._timer(TIMERS[intent], slots, place)
        if intent in ("HassShoppingListAddItem", "HassListAddItem", "HassShoppingListCompleteItem", "HassListCompleteItem"):
            do = "list_add" if intent.endswith("AddItem") else "list_done"
            return {"do": do, "item": slots["item"], **({"name": name} if name else {})}
        if intent == "HassGetWeather":
            return {"do": "weather", **({"place": name} if name else {})}
        if intent == "HassBroadcast":
            return {"do": "announce", "message": slots["message"]}
        if intent == "HassRespond":
            return {"do": "none", "why": "other"}
        return {"do": PLAIN[intent], **place} if intent in PLAIN else None

    def _switched(self, on, place, domain, typed):
        if domain in ("scene", "script"):
            return {"do": "scene", **place} if on else None
        if "name" not in place and not typed:
            return None
        if domain in ("cover", "valve"):
            return {"do": "open" if on else "close", **place, **typed}
        if domain == "lock":
            return {"do": "lock" if on else "unlock", **place}
        return {"do": "on" if on else "off", **place, **typed}

    def _asked(self, slots, place, domain, typed):
        if domain == "person":
            return {"do": "where", "who": place["name"]} if "name" in place else None
        if domain in ("sensor", "binary_sensor") and "name" not in place:
            return None
        return {"do": "ask", **place, **typed, **({"state": slots["state"]} if slots.get("state") in schema.STATES else {})}

    def _timer(self, do, slots, place):
        result = {"do": do}
        for key, slot in (("timer", "name"), ("area", "area")):
            if slot in place:
                result[key] = place[slot]
        for unit in schema.DURATION:
            result |= {"of_" + unit: slots["start_" + unit]} if "start_" + unit in slots else {}
            result |= {unit: slots[unit]} if unit in slots else {}
        return result

    @staticmethod
    def same(objects, wanted, has_room):
        """Return whether an answer is the wanted one. The tests do not say what a question counts; and where they give
        no room, everywhere and nothing are one."""
        if not objects or len(objects) != 1:
            return False
        given, wanted = dict(objects[0]), dict(wanted)
        given.pop("count", None)
        for object_ in (given, wanted):
            if not has_room and object_.get("area") == "all":
                del object_["area"]
        return given == wanted


DONE = {"on": "on", "off": "off", "open": "open", "close": "closed", "lock": "locked", "unlock": "unlocked",
        "clean": "cleaning", "dock": "returning", "pause": "paused", "resume": "playing"}


class Assist:
    """home-assistant-datasets: the expected changes, and no others, by a house of our own."""

    def __init__(self, folder, which):
        self.folder = Path(folder) / "datasets" / which

    def tasks(self):
        """Yield (home, [(sentence, expected changes)]) for each house; `home.ids` names the entities."""
        for fixtures in sorted(self.folder.glob("*/_fixtures.yaml")):
            tasks = []
            for path in sorted(fixtures.parent.glob("*.yaml")):
                if path != fixtures:
                    for test in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]:
                        tasks += [(plain(sentence), test.get("expect_changes") or {}) for sentence in test["sentences"]]
            if tasks:
                yield self._home(fixtures), tasks

    def _home(self, path):
        fixtures = yaml.safe_load(path.read_text(encoding="utf-8"))
        areas = {area.get("id", area["name"]): area for area in fixtures["areas"]}
        home = Home([plain(area["name"]) for area in fixtures["areas"]],
                    sorted({plain(area["floor"]) for area in fixtures["areas"] if area.get("floor")}), [])
        home.floor_of = {plain(area["name"]): plain(area.get("floor") or "") for area in fixtures["areas"]}
        home.ids = []
        for entity in fixtures["entities"]:
            kind = kind_of(entity["id"], _cover_class(entity))
            if not kind:
                continue
            name = plain(entity.get("name") or entity["id"].split(".")[1].replace("_", " "))
            if kind == "list":
                name = name.removesuffix(" list")
            area = areas.get(entity.get("area"))
            home.devices.append((kind, name, plain(area["name"]) if area else None))
            home.ids.append(entity["id"])
        return home

    @staticmethod
    def effect(home, objects):
        """Return what a house does with an answer: {entity: (intent, value)}."""
        changes = {}
        for object_ in objects or []:
            type_ = object_.get("type") or schema.IMPLIED.get(object_["do"])
            kinds = {"door": {"lock"}}.get(type_, {type_}) if type_ else set(schema.TABLE[object_["do"]].kinds)
            if object_["do"] == "ask" or (object_["do"] in ("on", "off") and not object_.keys() & {"name", "type"}):
                continue
            for (kind, name, area), entity in zip(home.devices, home.ids):
                there = object_.get("area") in (None, "all", area, home.floor_of.get(area))
                if kind in kinds and there and object_.get("name", name) == name and object_.get("except_name") != name \
                        and object_.get("except_area") not in (area or "", home.floor_of.get(area)):
                    changes[entity] = (object_["do"], object_.get("value"))
        return changes

    @staticmethod
    def right(changes, expected):
        """Return whether the house did what the task expects."""
        if set(changes) != set(expected):
            return False
        for entity, wanted in expected.items():
            do, value = changes[entity]
            state, attributes = wanted.get("state"), wanted.get("attributes") or {}
            good = {"brightness": lambda: abs(attributes.get("brightness", -9) - value * 2.55) <= 1,
                    "volume": lambda: abs(attributes.get("volume_level", -9) - value / 100) <= 0.005,
                    "mute": lambda: attributes.get("is_volume_muted") is True,
                    "next": lambda: attributes.get("media_track") == 2,
                    "position": lambda: attributes.get("current_position", 50 if state == "open" else -9) == value,
                    "speed": lambda: attributes.get("percentage", -9) == value,
                    "set_temperature": lambda: attributes.get("temperature", -99) == value,
                    "list_add": lambda: state == "1"}.get(do, lambda: state == DONE.get(do, ""))
            if not good():
                return False
        return True
