"""ringlet-grammar --home: what people write by hand, and the registries of Home Assistant."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

PROGRAM = os.environ.get("RINGLET_EMULATOR", "").split() + [os.environ["RINGLET_GRAMMAR_PROGRAM"]]
PAGE = pathlib.Path(__file__).resolve().parents[2] / "tools/grammar/README.md"
KINDS = ("light fan switch curtain blind shade shutter window garage lock valve climate media vacuum sensor scene list").split()
NOTE = "ringlet-grammar: note: "
HOME = """\
areas:
  kitchen: {light: [ceiling light, strip], blind: left blind}
  office: {light: desk lamp, climate: nest}
floors: [upstairs, downstairs]
house: {scene: [movie night, good night], list: [shopping, chores], lock: front door}
"""
TEXT = ("<floor>upstairs<floor>downstairs<lock>front door<scene>movie night<scene>good night<list>shopping<list>chores"
        "<area>kitchen<light>ceiling light<light>strip<blind>left blind<area>office<light>desk lamp<climate>nest\n")


def store(key, data):
    return {"version": 1, "minor_version": 8, "key": key, "data": data}


def entity(entity_id, **members):
    """An entry of core.entity_registry, as homeassistant/helpers/entity_registry.py writes it."""
    entry = {"aliases": [], "area_id": None, "categories": {}, "capabilities": None, "config_entry_id": "01J",
             "device_class": None, "device_id": None, "disabled_by": None, "entity_category": None, "entity_id": entity_id,
             "hidden_by": None, "icon": None, "id": entity_id, "has_entity_name": False, "labels": [], "name": None, "options": {},
             "original_device_class": None, "original_icon": None, "original_name": None, "platform": "test",
             "supported_features": 0, "translation_key": None, "unique_id": entity_id, "previous_unique_id": None,
             "unit_of_measurement": None}
    return entry | members


def exposed(value):
    return {"conversation": {"should_expose": value}}


class Home(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return pathlib.Path(self.folder.name) / name

    def run_program(self, *arguments):
        done = subprocess.run(PROGRAM + list(arguments), cwd=self.folder.name, capture_output=True)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def write(self, name, content):
        self.path(name).parent.mkdir(exist_ok=True)
        self.path(name).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return name

    def read(self, source):
        """The text of a home, and the notes; its lists are those of the same words in JSON."""
        status, output, errors = self.run_program("--home", source, "-o", "home.words", "--home-text", "home.txt")
        self.assertEqual((status, output), (0, ""), errors)
        return self.path("home.txt").read_text(), errors.splitlines()

    def fails(self, source):
        status, output, errors = self.run_program("--home", source, "-o", "home.words", "--home-text", "home.txt")
        self.assertEqual((status, output), (1, ""), errors)
        self.assertRegex(errors, r"\Aringlet-grammar: error: [^\n]+\n\Z")
        self.assertFalse(self.path("home.words").exists() or self.path("home.txt").exists())
        return errors

    def expect_lists(self, **words):
        """The lists that were written are these, and all others are empty."""
        lists = {kind: words.get(kind, []) for kind in ("area", *KINDS)}
        self.write("expected.json", lists)
        self.assertEqual(self.run_program("--lists", "expected.json", "-o", "expected.words")[0], 0)
        self.assertEqual(self.path("home.words").read_bytes(), self.path("expected.words").read_bytes())


class Yaml(Home):
    def setUp(self):
        super().setUp()
        self.write("home.yaml", HOME)
        errors = self.run_program("--home", "home.yaml", "-o", "a.words")[2]
        if "built without yaml-cpp" in errors:
            self.assertRegex(errors, r"\Aringlet-grammar: error: home.yaml: [^\n]+libyaml-cpp-dev[^\n]+\n\Z")
            self.skipTest("SKIPPED: built without yaml-cpp")

    def test_the_home_of_the_page(self):
        self.assertEqual(self.read("home.yaml"), (TEXT, []))
        self.expect_lists(area=["all", "kitchen", "office", "upstairs", "downstairs"],
                          light=["ceiling light", "strip", "desk lamp"], blind=["left blind"], climate=["nest"],
                          lock=["front door"], scene=["movie night", "good night"], list=["shopping", "chores"])
        blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
        self.assertIn(HOME, blocks)

    def test_names_become_spoken_ones(self):
        self.write("h.yaml", "areas:\n  'Küche & Diele': {light: ['Anna’s  LED-Strip (left)', Łódź, 💡 Lamp No. 2]}\n")
        self.assertEqual(self.read("h.yaml")[0],
                         "<area>kuche and diele<light>anna's led-strip left<light>lodz<light>lamp no 2\n")

    def test_aliases_are_further_words(self):
        self.write("h.yaml", "areas:\n  hall: {aliases: [corridor, entrance],\n"
                             "         light: [{strip: led strip}, lamp, {tv: [telly]}]}\n"
                             "floors: [{ground floor: downstairs}]\nhouse: {lock: {front door: [door, main door]}}\n")
        text, notes = self.read("h.yaml")
        self.assertEqual((text, notes), ("<floor>ground floor<lock>front door<area>hall<light>strip<light>lamp<light>tv\n", []))
        self.expect_lists(area=["all", "hall", "corridor", "entrance", "ground floor", "downstairs"],
                          light=["strip", "led strip", "lamp", "tv", "telly"], lock=["front door", "door", "main door"])

    def test_what_has_no_content_is_there(self):
        self.write("h.yaml", "areas:\n  attic:\n  yes: {}\n  12: {light: }\nfloors:\nhouse:\n")
        self.assertEqual(self.read("h.yaml")[0], "<area>attic<area>yes<area>12\n")

    def test_one_name_in_several_areas_is_said(self):
        self.write("h.yaml", "areas: {a: {light: lamp}, b: {light: lamp, fan: lamp}}\nhouse: {light: lamp}\n")
        text, notes = self.read("h.yaml")
        self.assertEqual(text, "<light>lamp<area>a<light>lamp<area>b<light>lamp<fan>lamp\n")
        self.assertEqual(notes, [NOTE + "the light 'lamp' is in a and b and the house; a command has to name the area too"])

    def test_words_of_several_things_are_said(self):
        self.write("h.yaml", "areas:\n  all: {light: {lamp: [big one, lamp], strip: big one}}\n  hall: {aliases: entrance}\n"
                             "floors: [entrance, up]\n")
        self.assertEqual(self.read("h.yaml")[1], [
            NOTE + "the light 'big one' is in all and all; no command can tell them apart",
            NOTE + "'all' is a word for several areas or floors", NOTE + "'entrance' is a word for several areas or floors"])

    def test_refuses_with_the_line(self):
        lamps = ", ".join(f"lamp {i}" for i in range(41))
        rooms = ", ".join(f"room {i}: " for i in range(25))
        for source, error in (
                ("areas: [kitchen]", "line 1: 'areas' is a map from areas to what is in them"),
                ("- a", "line 1: a home is a map with 'areas', 'floors' and 'house'"),
                ("", "is empty"), ("# nothing\n", "a home is a map with 'areas', 'floors' and 'house'"),
                ("area:\n  a: {}", "line 1: unknown key 'area'; did you mean 'areas'?"),
                ("areas:\n  a:\n    lights: b", "line 3: unknown key 'lights'; did you mean 'light'?"),
                ("areas:\n  a: {dog: b}", "line 2: unknown key 'dog'; known are light, fan,"),
                ("areas:\n  a: {light: [b, B]}", "line 2: the light 'b' is there twice"),
                ("areas:\n  a:\n  A:", "line 3: 'a' is there twice"),
                ("areas:\n  a: {light: кухня}", "line 2: 'кухня' has 'к', which the model does not know"),
                ("areas:\n  a: {light: '!?'}", "line 2: '!?' has no letters or digits"),
                (f"areas:\n  a: {{light: {'b' * 33}}}", "is longer than the 32 letters of a name; shorten it"),
                ("areas:\n  a: {light: [[b]]}", "line 2: expected a name, or a list of names"),
                ("areas:\n  a: {light: {b: {c: d}}}", "line 2: aliases are a name, or a list of names"),
                ("areas:\n  a: {light: {b: [c, d, e, f, g, h, i, j, k]}}", "line 2: has 9 aliases; a name has at most 8"),
                ("areas:\n  a: b", "line 2: devices are a map from their kinds to names"),
                ("areas: {a: {light", "not YAML: "),
                ("floors: [up]", "has neither areas nor devices"),
                (f"house: {{light: [{lamps}]}}", "has 41 devices; a home has at most 40, so leave some out"),
                (f"areas: {{{rooms}}}", "has 25 areas; a home has at most 24, so leave some out"),
                ("a: &a [x, x]\n", "unknown key 'a'"),
                ("house: {light: [&a [x], *a]}", "expected a name, or a list of names")):
            with self.subTest(source):
                self.assertIn(error, self.fails(self.write("h.yaml", source)))
        self.assertIn("missing.yaml: ", self.fails("missing.yaml"))
        many = ", ".join(["*n"] * 50)
        self.write("h.yaml", f"areas:\n  a: &n {{light: [{lamps}]}}\n" + "".join(f"  b{i}: *n\n" for i in range(50)))
        self.assertIn("has more than 1000 names", self.fails("h.yaml"), many)

    def test_lists_that_a_grammar_names(self):
        self.write("home.yaml", HOME)
        names = ["light+blind+it", "area", "fan+it", "lock"]
        self.write("schema.json", {"type": "object", "properties": {name: {"type": "string", "x-ringlet-list": name} for name in names},
                                   "additionalProperties": False})
        self.assertEqual(self.run_program("schema.json", "-o", "s.rglg")[0], 0)
        self.assertEqual(self.run_program("--home", "home.yaml", "--grammar", "s.rglg", "-o", "home.words"), (0, "", ""))
        words = {"light+blind+it": ["ceiling light", "desk lamp", "it", "left blind", "strip"],
                 "area": ["all", "downstairs", "kitchen", "office", "upstairs"], "fan+it": ["it"], "lock": ["front door"]}
        for name in names:
            for word in {word for entries in words.values() for word in entries}:
                status, output, _ = self.run_program("schema.json", "--home", "home.yaml", "--check", f'{{"{name}": "{word}"}}')
                self.assertEqual((status, output == "allowed\n"), (0, True) if word in words[name] else (1, False), (name, word))
        status, _, errors = self.run_program("--home", "home.yaml", "--grammar", "home.yaml", "-o", "home.words")
        self.assertEqual(status, 1)
        self.assertRegex(errors, r"\Aringlet-grammar: error: home.yaml: [^\n]+\n\Z")

    def test_with_a_grammar(self):
        schema = {"type": "object", "required": ["area"], "additionalProperties": False, "properties": {
            "area": {"type": "string", "x-ringlet-list": "area", "x-ringlet-spaced": True},
            "name": {"type": "string", "x-ringlet-list": "light", "x-ringlet-spaced": True}}}
        self.write("c.json", schema)
        ask = ("--compact", "c.json", "--home", "home.yaml", "--check")
        self.assertEqual(self.run_program(*ask, '{"area":"kitchen","name":"strip"}')[1], "allowed\n")
        self.assertEqual(self.run_program(*ask, '{"area":" kitchen"}')[:2], (1, 'not allowed from byte 9:  kitchen"}\n'))
        self.assertEqual(self.run_program("c.json", "--home", "home.yaml", "-o", "c.rglg", "--home-text", "c.txt")[0], 0)
        self.assertEqual(self.path("c.txt").read_text(), TEXT)
        for sample in self.run_program("--compact", "c.json", "--home", "home.yaml", "--sample", "30")[1].splitlines():
            self.assertEqual(set(json.loads(sample)) - {"area", "name"}, set())
            self.assertNotIn('" ', sample)

    def test_options_that_do_not_belong_together(self):
        self.write("l.json", {"area": []})
        for arguments, error in ((("--home", "home.yaml"), "-o or --home-text"),
                                 (("--home", "home.yaml", "--check", "x"), "SOURCE"),
                                 (("--home-text", "t.txt"), "--home"),
                                 (("--home", "home.yaml", "--lists", "l.json", "-o", "w"), "--home")):
            status, _, errors = self.run_program(*arguments)
            self.assertEqual(status, 2)
            self.assertIn(error, errors)
        for arguments in (("-o", "home.yaml"), ("--home-text", "./home.yaml")):
            self.assertIn("is the source", self.run_program("--home", "home.yaml", *arguments)[2])
        self.assertIn("two outputs", self.run_program("--home", "home.yaml", "-o", "x", "--home-text", "x")[2])
        self.assertEqual(self.path("home.yaml").read_text(), HOME)


class Registries(Home):
    def storage(self, entities, folder="config/.storage", **others):
        areas = [{"aliases": ["cooking room"], "floor_id": "ground", "icon": None, "id": "kitchen", "labels": [],
                  "name": "Kitchen", "picture": None},
                 {"aliases": [], "floor_id": None, "icon": None, "id": "bad", "labels": [], "name": "Bath Room",
                  "picture": None}]
        floors = [{"aliases": ["downstairs"], "floor_id": "ground", "icon": None, "level": 0, "name": "Ground Floor"}]
        devices = [{"area_id": "kitchen", "id": "d1", "name": "Hue Strip", "name_by_user": "Counter", "disabled_by": None},
                   {"area_id": None, "id": "d2", "name": "Rover", "name_by_user": None, "disabled_by": None}]
        stores = {"core.area_registry": store("core.area_registry", {"areas": areas}),
                  "core.floor_registry": store("core.floor_registry", {"floors": floors}),
                  "core.device_registry": store("core.device_registry", {"devices": devices, "deleted_devices": []}),
                  "core.entity_registry": store("core.entity_registry", {"entities": entities, "deleted_entities": []})}
        for name, content in (stores | {key.replace("_dot_", "."): value for key, value in others.items()}).items():
            path = self.path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is not None:
                path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
            elif path.exists():
                path.unlink()
        return folder

    def test_names_and_areas(self):
        entities = [
            entity("light.strip", device_id="d1", has_entity_name=True, aliases=["LED Strip", None], original_name=None),
            entity("light.glow", device_id="d1", has_entity_name=True, original_name="Glow"),
            entity("light.named", device_id="d1", has_entity_name=True, original_name="Glow", name="Sink Lamp"),
            entity("vacuum.rover", device_id="d2", original_name="Rover Robot", area_id="bad"),
            entity("switch.coffee_machine"),
            entity("scene.movie", original_name="Movie Night"), entity("todo.shopping", original_name="Shopping List")]
        for folder in (self.storage(entities), "config"):
            text, notes = self.read(folder)
            self.assertEqual(text, "<floor>ground floor<switch>coffee machine<scene>movie night<list>shopping list<area>kitchen"
                                   "<light>counter<light>counter glow<light>sink lamp<area>bath room<vacuum>rover robot\n")
            self.assertEqual(notes, [])
            self.expect_lists(area=["all", "kitchen", "cooking room", "bath room", "ground floor", "downstairs"],
                              light=["counter", "led strip", "counter glow", "sink lamp"], vacuum=["rover robot"],
                              switch=["coffee machine"], scene=["movie night"], list=["shopping list"])

    def test_kinds(self):
        covers = {"curtain": "curtain", "blind": "blind", "shade": "shade", "awning": "shade", "shutter": "shutter",
                  "window": "window", "garage": "garage", "gate": "garage", None: "blind"}
        entities = [entity(f"cover.c{i}", original_device_class=key, original_name=f"cover {i}")
                    for i, key in enumerate(covers)]
        entities += [entity("cover.user", original_device_class="blind", device_class="window", original_name="sky"),
                     entity("media_player.tv", original_name="tv"), entity("climate.c", original_name="nest"),
                     entity("fan.f", original_name="fan"), entity("lock.l", original_name="door"),
                     entity("valve.v", original_name="main"), entity("input_boolean.b", original_name="guests"),
                     entity("sensor.t", original_device_class="temperature", original_name="warmth"),
                     entity("binary_sensor.m", original_device_class="motion", original_name="motion")]
        left_out = [entity("cover.door", original_device_class="door"), entity("automation.a"), entity("sensor.power",
                    original_device_class="power")]
        text, notes = self.read(self.storage(entities + left_out))
        for i, kind in enumerate(covers.values()):
            self.assertIn(f"<{kind}>cover {i}<", text)
        for words in ("<window>sky", "<media>tv", "<climate>nest", "<fan>fan", "<lock>door", "<valve>main", "<switch>guests",
                      "<sensor>warmth", "<sensor>motion"):
            self.assertIn(words + "<", text)
        self.assertEqual(notes, [NOTE + "3 of 21 entities are left out: 2 of other kinds, 0 disabled or hidden, "
                                 "1 not exposed to Assist"])

    def test_what_assist_may_not_use(self):
        entities = [entity("light.a"), entity("light.b", disabled_by="user", options=exposed(True)),
                    entity("light.c", hidden_by="user"), entity("light.d", hidden_by="user", options=exposed(True)),
                    entity("light.e", options=exposed(False)), entity("switch.f", entity_category="config"),
                    entity("sensor.g", options=exposed(True))]
        text, notes = self.read(self.storage(entities))
        self.assertEqual(text, "<floor>ground floor<light>a<light>d<sensor>g<area>kitchen<area>bath room\n")
        self.assertEqual(notes, [NOTE + "4 of 7 entities are left out: 0 of other kinds, 2 disabled or hidden, "
                                 "2 not exposed to Assist"])
        preferences = store("homeassistant.exposed_entities", {"assistants": {"conversation": {"expose_new": False}},
                                                               "exposed_entities": {}})
        text, _ = self.read(self.storage(entities, homeassistant_dot_exposed_entities=preferences))
        self.assertEqual(text, "<floor>ground floor<light>d<sensor>g<area>kitchen<area>bath room\n")

    def test_names_that_the_model_cannot_have_are_left_out(self):
        entities = [entity("light.a", original_name="Лампа"), entity("light.b", original_name="x" * 40),
                    entity("light.c", original_name="Lamp", aliases=["Лампа"]), entity("light.d", original_name="lamp!")]
        text, notes = self.read(self.storage(entities))
        self.assertEqual(text, "<floor>ground floor<light>lamp<area>kitchen<area>bath room\n")
        subjects = [note.removeprefix(NOTE).split(" has ")[0].split(" is longer")[0] for note in notes]
        self.assertEqual(subjects,
                         ["light.a is left out: 'Лампа'", f"light.b is left out: '{'x' * 40}'",
                          "an alias of light.c is left out: 'Лампа'",
                          "light.d is left out: there is another light 'lamp' in the same place"])

    def test_the_order_of_entities_does_not_matter(self):
        entities = [entity(f"light.l{i}", original_name=f"Lamp {i}") for i in range(8)]
        first = self.read(self.storage(entities))
        self.assertEqual(self.read(self.storage(entities[::-1])), first)

    def test_refuses_what_it_does_not_know(self):
        self.storage([])
        good = {name: (self.path("config/.storage") / name).read_text() for name in
                ("core.area_registry", "core.device_registry", "core.entity_registry")}
        array = {"core.area_registry": "areas", "core.device_registry": "devices", "core.entity_registry": "entities"}
        for name in good:
            key = name.replace(".", "_dot_")
            for content, error in ((None, "has no " + name), ("{", "not JSON"), ("[]", "not a store of Home Assistant"),
                                   (good[name].replace('"version": 1', '"version": 2'), "its version is not 1"),
                                   (json.dumps(store(name, {})), "has no array"),
                                   (json.dumps(store(name, {array[name]: [1]})), "contains other than objects")):
                with self.subTest(name=name, error=error):
                    self.assertIn(error, self.fails(self.storage([], **{key: content})))
        many = [entity(f"light.l{i}") for i in range(41)]
        self.assertIn("has 41 devices; a home has at most 40", self.fails(self.storage(many)))
        os.makedirs(self.path("empty"))
        self.assertIn("empty: has no core.entity_registry; name Home Assistant's folder .storage", self.fails("empty"))

    def test_without_floors(self):
        text, _ = self.read(self.storage([entity("light.a")], core_dot_floor_registry=None))
        self.assertEqual(text, "<light>a<area>kitchen<area>bath room\n")


if __name__ == "__main__":
    unittest.main()
