"""Answers under a grammar: JSON of the schema, with the bytes, the confidence and the digest of this machine. Here the grammar
is compiled anew, and the trie of tokens, which the image has in its model file, is built in memory."""
import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

from board import MODEL, ROOT, SETTINGS, figures_of_the_page, number, ringlet, run_image

FIRMWARE = ROOT / "ports/firmware"
SCHEMA, NAMES, ENDING = (FIRMWARE / name for name in ("pet.json", "pet_names.json", "ending.gbnf"))
# The requests of storyteller_answer.cpp, and the names that the second one finds in RAM.
REQUESTS = ["Once upon a time", "Once upon a time there was a little", "Edith never forgot that day, even when she was"]
LEARNED = ["Rex", "Mia", "Bella"]
# What the board prints of an answer.
ANSWER = r"answer: (.*)\nconfidence: (\d\.\d{3}), allowed: (\d\.\d{3}), complete\n"


class Answer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.learned = cls.folder / "learned.json"
        cls.learned.write_text(json.dumps({"names": LEARNED}))
        cls.status, cls.output = run_image("storyteller_answer")
        print(cls.output)

    def expected(self):
        """The answers of this machine up to the token that completes them."""
        for request, grammar in zip(REQUESTS, (["--json-schema", SCHEMA, "--lists", NAMES],
                                               ["--json-schema", SCHEMA, "--lists", self.learned], ["--grammar", ENDING])):
            options = [MODEL, *SETTINGS, *grammar, "-p", request, "--seed", 1, "-q", "--json"]
            whole = json.loads(ringlet("run", *options, "-n", -1))
            answer = json.loads(ringlet("run", *options, "-n", whole["generated_tokens"]))
            self.assertEqual((answer["text"], answer["complete"]), (whole["text"], True))
            yield answer

    def assert_is_of_the_schema(self, text, names):
        pet = json.loads(text)
        properties = json.loads(SCHEMA.read_text())["properties"]
        self.assertEqual(list(pet), list(properties))
        self.assertIn(pet["animal"], properties["animal"]["enum"])
        self.assertIn(pet["name"], names)
        self.assertTrue(0 <= pet["friends"] <= properties["friends"]["maximum"])
        self.assertLessEqual(len(pet["says"]), properties["says"]["maxLength"])

    def test_ends_well(self):
        self.assertEqual(self.status, 0, self.output)

    def test_answers_and_confidence_are_those_of_this_machine(self):
        expected = list(self.expected())
        self.assertEqual(re.findall(ANSWER, self.output),
                         [(answer["text"], f"{answer['confidence']:.3f}", f"{answer['allowed']:.3f}") for answer in expected])
        self.assertEqual(number(self.output, r"answer: ([\d,]+) tokens"),
                         sum(answer["generated_tokens"] for answer in expected))

    def test_answers_are_what_the_grammars_allow(self):
        (first, *_), (second, *_), (ending, confidence, allowed) = re.findall(ANSWER, self.output)
        self.assert_is_of_the_schema(first, json.loads(NAMES.read_text())["names"])
        self.assert_is_of_the_schema(second, LEARNED)
        self.assertRegex(ending, r"^ (very|as) (old|young|busy)( as the hills)?\.$")
        # The model's own words: the digits are of numbers that are neither 0 nor 1.
        self.assertTrue(0.1 < float(confidence) < float(allowed) < 1)

    def test_digest_is_that_of_the_model_without_a_trie(self):
        self.assertIn(f"digest: {ringlet('digest', MODEL, *SETTINGS).strip().upper()}\n", self.output)

    def test_ram_is_that_of_the_plan_to_the_byte(self):
        model = self.folder / "trie.ringlet"
        subprocess.run([os.environ["RINGLET_CONVERT_PROGRAM"], "--quiet", MODEL, "--token-trie", "-o", model], check=True)
        plan = json.loads(ringlet("plan", model, *SETTINGS, "--json-schema", SCHEMA, "--draft-tokens", 0, "--json"))
        self.assertEqual(number(self.output, r"RAM: ([\d,]+) bytes"), plan["ram_bytes"])
        sections = re.findall(r"section (.+): ([\d,]+) bytes at ([\d,]+)", self.output)
        self.assertEqual([(name, int(size.replace(",", "")), int(at.replace(",", ""))) for name, size, at in sections],
                         [(part["name"], part["bytes"], part["offset"]) for part in plan["sections"]])
        self.assertIn("grammar", [part["name"] for part in plan["sections"]])

    def test_static_data_is_the_plan_and_little_else(self):
        ram = number(self.output, r"RAM: ([\d,]+) bytes")
        self.assertLess(number(self.output, r"static data, ([\d,]+) bytes") - ram, 512)

    def test_a_model_without_a_trie_does_not_compile(self):
        ringlet("plan", MODEL, "--json-schema", SCHEMA, "--name", "bare", "--header", self.folder / "bare_plan.h")
        header = (ROOT / "toolchains/model.h.in").read_text().replace("@name@", "bare").replace("@upper_name@", "BARE")
        header = header.replace("@grammar_symbols@", "").replace("@can_build_tries@", "0")
        (self.folder / "bare.h").write_text(header)
        done = subprocess.run([*shlex.split(os.environ["RINGLET_BOARD_COMPILER"]), "-std=c++20", "-I", ROOT / "runtime/include",
                               "-fsyntax-only", "-x", "c++", self.folder / "bare.h"], capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("the model file bare has no trie of tokens, which a grammar needs: convert it with ringlet-convert "
                      "--token-trie", done.stderr)
        self.assertEqual(done.stderr.count("error:"), 1, done.stderr)

    @unittest.skipUnless(os.environ.get("RINGLET_IS_AS_ON_THE_PAGE"), "the page is about the whole library, for speed")
    def test_figures_are_those_of_the_page(self):
        patterns = (r"answer: [\d,]+ tokens, ([\d,]+) instr", r"prompt: [\d,]+ tokens, ([\d,]+) instr", r"stack: ([\d,]+) of",
                    r"RAM: ([\d,]+) bytes")
        stated = figures_of_the_page("Answers")
        for pattern, said in zip(patterns, stated, strict=True):
            self.assertAlmostEqual(number(self.output, pattern), said, delta=0.03 * said)


if __name__ == "__main__":
    unittest.main()
