"""The generator of tools/commands-model: its data, its sentences and their answers."""

import json
import random
import sys
import unittest
from pathlib import Path

import jsonschema

MODEL = Path(__file__).resolve().parents[2] / "tools" / "commands-model"
sys.path.insert(0, str(MODEL))
import form  # noqa: E402
import homes  # noqa: E402
import json_schema  # noqa: E402
import schema  # noqa: E402
import spoken  # noqa: E402
from examples import WITHHELD_VOICES, Speaker, templates  # noqa: E402

EXAMPLES = 4000


def drawn(known=True, withheld=False, count=EXAMPLES):
    """Yield (home, text, objects)."""
    r = random.Random("test")
    for _ in range(count // 20):
        home = homes.Home(r, 14)
        speaker = Speaker(r, home, known, withheld)
        for _ in range(20):
            yield home, *speaker.example()


class Voices(unittest.TestCase):
    def test_there_are_many_and_some_are_withheld(self):
        self.assertGreaterEqual(len(templates()), 40)
        self.assertEqual(set(templates(True)), WITHHELD_VOICES)

    def test_they_use_every_intent(self):
        used = {intent for lines in templates().values() for line in lines for intent, _ in line.actions}
        self.assertEqual(used, set(schema.INTENTS))

    def test_no_two_voices_are_alike(self):
        seen = {}
        for voice, lines in templates().items():
            own = {line.text for line in lines}
            for other, texts in seen.items():
                self.assertLess(len(own & texts), len(own) / 8, f"{voice} and {other}")
            seen[voice] = own

    def test_wrong_lines_are_refused(self):
        for line, why in (("light on", "needs one =>"), ("light on => glow type=light", "unknown intent"),
                          ("light on => on colour=red", "has no key"), ("on {lamp} => on name={lamp}", "unknown slot"),
                          ("on {light} => on type=light", "is in no action"), ("on => on", "needs name"),
                          ("hm => on type=boat", "cannot be"), ("a => on name={light}", "is not in the sentence"),
                          ("play it => play query=jazz", "not a piece"), ("on => on type=light;;", "unknown intent")):
            with self.assertRaisesRegex(form.Wrong, why, msg=line):
                form.parse_line(line)


class Lists(unittest.TestCase):
    def test_they_have_no_duplicates_and_plain_letters(self):
        for path in sorted((MODEL / "data").glob("*.txt")):
            entries = homes.entries(path.stem)
            self.assertEqual(len(entries), len(set(entries)), path.name)
            for entry in entries:
                self.assertRegex(entry, r"^[a-z0-9][a-z0-9' ]*$", path.name)


class Examples(unittest.TestCase):
    def test_answers_satisfy_the_schema(self):
        validator = jsonschema.Draft202012Validator(json_schema.answer())
        for _, text, objects in drawn():
            self.assertEqual(list(validator.iter_errors(objects)), [], (text, objects))
            for object_ in objects:
                keys = [key for key in object_ if key != "do"]
                self.assertEqual(keys, [key for key in schema.ORDER if key in keys], text)

    def assert_missing(self, name, home, text):
        """What the home does not have is written as it was said, and no word of it is enough to mean another."""
        self.assertIn(name, text.lower())
        words = {word for known in [*(name for _, name, _ in home.devices), *home.places] for word in known.split()}
        self.assertTrue(set(name.split()) - words, text)

    def test_few_names_are_missing(self):
        missing = [object_ for home, _, objects in drawn() for object_ in objects
                   if object_.get("name", "it") not in {"it", *(name for _, name, _ in home.devices)}]
        self.assertTrue(0.01 * EXAMPLES < len(missing) < 0.1 * EXAMPLES, len(missing))

    def test_spans_were_said_and_names_are_of_the_home(self):
        for home, text, objects in drawn():
            names = {name for _, name, _ in home.devices} | {"it"}
            for object_ in objects:
                for key, value in object_.items():
                    if key in schema.SPANS:
                        self.assertIn(value, text)
                    elif key in ("name", "except_name") and value not in names:
                        self.assert_missing(value, home, text)
                    elif key in ("area", "except_area") and value not in {*home.places, "all"}:
                        self.assert_missing(value, home, text)

    def test_without_a_home_names_are_said_in_full(self):
        for _, text, objects in drawn(known=False):
            for object_ in objects:
                for key in ("name", "area", "except_name", "except_area"):
                    if object_.get(key) not in (None, "it", "all"):
                        self.assertIn(object_[key], text)

    def test_an_intent_names_devices_of_its_kinds(self):
        for home, text, objects in drawn():
            kinds = {name: kind for kind, name, _ in home.devices}
            for object_ in objects:
                if object_.get("name") in kinds and object_["do"] in ("color", "lock", "scene", "dock", "volume"):
                    self.assertIn(kinds[object_["name"]], schema.TABLE[object_["do"]].kinds, text)

    def test_they_are_a_function_of_their_seed(self):
        one, other = ([(text, json.dumps(objects)) for _, text, objects in drawn(count=200)] for _ in range(2))
        self.assertEqual(one, other)


class Quantities(unittest.TestCase):
    def test_words(self):
        for number, said in ((0, "zero"), (15, "fifteen"), (40, "forty"), (72, "seventy two"), (100, "one hundred"),
                             (121, "one hundred twenty one")):
            self.assertEqual(spoken.words(number), said)

    def test_clock_times_are_times(self):
        r = random.Random(1)
        for _ in range(2000):
            text, keys = spoken.clock(r)
            self.assertIn(keys["hour"], range(24), text)
            self.assertIn(keys.get("minute", 1), range(1, 60), text)

    def test_half_past_and_quarter_to(self):
        r, said = random.Random(2), {}
        for _ in range(20000):
            text, keys = spoken.clock(r)
            said[text] = (keys["hour"], keys.get("minute", 0))
        self.assertEqual(said["half past seven"], (7, 30))
        self.assertEqual(said["quarter to one"], (12, 45))
        self.assertEqual(said["noon"], (12, 0))

    def test_durations(self):
        r, said = random.Random(3), {}
        for _ in range(20000):
            text, keys = spoken.duration(r)
            self.assertTrue(all(number > 0 for number in keys.values()), text)
            said[text] = keys
        self.assertEqual(said["an hour and a half"], {"hours": 1, "minutes": 30})
        self.assertEqual(said["three and a half minutes"], {"minutes": 3, "seconds": 30})


if __name__ == "__main__":
    unittest.main()
