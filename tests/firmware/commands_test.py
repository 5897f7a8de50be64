"""The image `commands` obeys typed commands: JSON and confidence are this machine's, its lamps are switched, what it cannot
read is an error by name, after which it goes on, and its home can be exchanged without a compiler."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from board import BOARD, IMAGES, PROCESSOR, PROGRAM, ROOT, assert_refused, figures_of_the_page, flipped, number, ringlet

FOLDER = ROOT / "tools/commands-model"
MODEL, HOME = FOLDER / "commands.ringlet", FOLDER / "home.yaml"
PAGE = ROOT / "ports/firmware/commands/README.md"
STORYTELLER = ROOT / "tools/demo-model/storyteller.ringlet"
GRAMMAR_PROGRAM = os.environ["RINGLET_GRAMMAR_PROGRAM"]
OBJCOPY = os.environ["RINGLET_OBJCOPY"]
HOME_ADDRESS = os.environ["RINGLET_HOME_ADDRESS"]
INVALID_ARGUMENT, CHECKSUM_MISMATCH = 1, 6  # ErrorCode
LONGEST = 160
HAS_LEDS = PROCESSOR.startswith("cortex")
LIGHTS = {"ceiling light": "kitchen", "desk lamp": "office"}  # lights.hpp
MOST_RAM = 114_688

sys.path.insert(0, str(FOLDER))
import make_home  # noqa: E402
import obey  # noqa: E402


def padded(text, size):
    """A command of that many bytes."""
    return (text + " and then some more of it" * size)[:size].rstrip().ljust(size, "x").encode()


# What this machine answers too.
PLAIN = [b"turn on the desk lamp", b"turn off the desk lamp", b"add oat milk to the shopping list", b"",
         padded("remind me tomorrow at seven to call the plumber about the kitchen sink", LONGEST),
         b"turn \x00 on\x01 the \x1b[31mlamp", b'<json>"}],<say>', "caf\u00e9 lights on".encode()]
# What the board refuses, with what it says.
REFUSED = {
    b"turn on the desk lamp " * 8: rf"commands: line: longer than a command can be \(at most {LONGEST}, got 176\)",
    b"turn on the \xff\xfe lamp": r"commands: text\[12\]: must be UTF-8",
    "\u2603".encode() * 50: r"commands: line: has too many tokens \(at most 124, got 15\d\)",
}
LINES = [*PLAIN, *REFUSED, PLAIN[0]]
SECOND = """areas:
  barn: {light: [lantern, desk lamp], fan: blower}
  stable: {lock: gate}
"""
ANSWER = re.compile(r"confidence: (\d\.\d{3}), allowed: (\d\.\d{3}), (act|ask|ignore)")


def run(image, lines, home=None):
    """Types lines on the console of an image, with a file where the home is; (status, output)."""
    load = ["--load", f"{home}@{HOME_ADDRESS}"] if home else []
    with tempfile.NamedTemporaryFile() as typed:
        typed.write(b"\n".join(lines))
        typed.flush()
        done = subprocess.run([ROOT / "toolchains/run-on-board", *load, "--input", typed.name, BOARD, image], capture_output=True,
                              check=False)
    return done.returncode, done.stdout.decode() + done.stderr.decode()


class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.image = IMAGES / f"commands-{BOARD}.elf"
        schema = subprocess.run([sys.executable, "-B", FOLDER / "json_schema.py"], check=True, capture_output=True, text=True)
        (cls.folder / "commands.json").write_text(schema.stdout)
        cls.grammar = cls.folder / "commands.rglg"
        cls.compile(cls.folder / "commands.json", cls.grammar, "--compact")
        cls.home = cls.make_home("first", HOME.read_text())
        cls.status, cls.output = run(cls.image, LINES)
        print(cls.output)
        cls.answers = cls.output[cls.output.index("ready\n") + 6:cls.output.index("prompt: ")].splitlines()

    @classmethod
    def compile(cls, source, out, *options):
        subprocess.run([GRAMMAR_PROGRAM, *options, source, "-o", out], check=True)

    @classmethod
    def make_home(cls, name, text):
        """The flash image of a home; its prefix and lists are files of the same name."""
        source, out = cls.folder / f"{name}.yaml", cls.folder / f"{name}.bin"
        source.write_text(text)
        subprocess.run([sys.executable, "-B", FOLDER / "make_home.py", source, "--model", MODEL, "--grammar", cls.grammar,
                        "--ringlet", PROGRAM, "--ringlet-grammar", GRAMMAR_PROGRAM, "-o", out,
                        "--prefix", cls.folder / f"{name}.prefix"], check=True)
        lists = int.from_bytes(out.read_bytes()[12:16], "little")
        (cls.folder / f"{name}.lists").write_bytes(out.read_bytes()[-lists:])
        return out

    def expected(self, name, lines):
        """What this machine answers in a home: text, confidence and allowed, or nothing to an empty line."""
        command = [PROGRAM, "run", MODEL, "--prefix", self.folder / f"{name}.prefix", "--special", "-p", "<say>{}<json>",
                   "--each-line", "--json", "--temperature", "0", "-n", "125", "-q", "--grammar", self.grammar,
                   "--lists", self.folder / f"{name}.lists"]
        done = subprocess.run(command, input=b"\n".join(lines) + b"\n", capture_output=True, check=True)
        answers = [json.loads(line) if line else None for line in done.stdout.decode().splitlines()]
        return [answer and (answer["text"], f"{answer['confidence']:.3f}", f"{answer['allowed']:.3f}") for answer in answers]

    def assert_answers(self, printed, expected):
        """`printed` is what a board printed, `expected` an answer of expected() or a pattern for each line."""
        printed = [line for line in printed if not line.startswith("leds: ")]
        for answer in expected:
            if answer is None:
                self.assertEqual(printed.pop(0), "")
            elif isinstance(answer, str):
                self.assertRegex(printed.pop(0), f"^{answer}$")
            else:
                text, (confidence, allowed, _) = printed.pop(0), ANSWER.fullmatch(printed.pop(0)).groups()
                self.assertEqual((text, confidence, allowed), answer)
        self.assertEqual(printed, [])

    def decisions(self):
        """(text, confidence, allowed, decision, what is printed of lamps) of each answer."""
        for i, line in enumerate(self.answers):
            if found := ANSWER.fullmatch(line):
                following = self.answers[i + 1] if i + 1 < len(self.answers) else ""
                confidence, allowed = float(found[1]), float(found[2])
                yield self.answers[i - 1], confidence, allowed, found[3], following if following.startswith("leds:") else ""

    def test_ends_well(self):
        self.assertEqual(self.status, 0, self.output)

    def test_answers_are_those_of_this_machine_and_errors_are_named(self):
        expected = [*self.expected("first", PLAIN), *REFUSED.values(), *self.expected("first", PLAIN[:1])]
        self.assert_answers(self.answers, expected)

    def test_every_answer_parses(self):
        texts = [text for text, *_ in self.decisions()]
        self.assertGreaterEqual(len(texts), 8)
        for text in texts:
            self.assertTrue(all("do" in action for action in json.loads(text)), text)

    def test_decisions_are_by_the_thresholds_of_the_page(self):
        for text, confidence, allowed, decision, _ in self.decisions():
            # Printed with three digits: at a threshold itself, the text does not tell the side.
            if min(abs(confidence - level) for level in (obey.ASK, obey.ACT, obey.CAREFUL)) > 0.001:
                self.assertEqual(decision, obey.decide(json.loads(text), confidence, allowed))

    @unittest.skipUnless(HAS_LEDS, "the board has no lamps")
    def test_lamps_are_switched_and_read_back(self):
        on, printed = set(), []
        for text, _, _, decision, leds in self.decisions():
            about = [light for light in LIGHTS if decision == "act" and any(self.is_about(a, light) for a in json.loads(text))]
            for action in json.loads(text) if about else []:
                for light in filter(lambda light, action=action: self.is_about(action, light), LIGHTS):
                    on = {"on": on | {light}, "off": on - {light}, "toggle": on ^ {light}}[action["do"]]
            expected = "leds:" + "".join(f" {light} {'on' if light in on else 'off'}" for light in about)
            self.assertEqual(leds, expected if about else "")
            printed.append(leds)
        self.assertEqual(printed[:2], ["leds: desk lamp on", "leds: desk lamp off"])

    @staticmethod
    def is_about(action, light):
        """Whether an action switches a light now."""
        if action["do"] not in ("on", "off", "toggle") or set(action) - {"do", "name", "area", "type"}:
            return False
        area, own = action.get("area"), LIGHTS[light] == "kitchen"
        if "name" in action:
            return action["name"] == light and area in (None, LIGHTS[light])
        if area is None:
            return action.get("type") == "light" and own
        return action.get("type", "light") == "light" and area in ("all", LIGHTS[light])

    def test_ram_is_one_number_that_fits(self):
        plan = json.loads(ringlet("plan", MODEL, "--prefix", self.folder / "first.prefix", "--prefill-chunk", 4,
                                  "--longest-word", 164, "--threads", 1, "--grammar", self.grammar, "--span-bytes", LONGEST,
                                  "--draft-tokens", 0, "--json"))
        self.assertEqual(number(self.output, r"RAM: ([\d,]+) bytes"), plan["ram_bytes"])
        self.assertLessEqual(number(self.output, r"static data, ([\d,]+) bytes"), MOST_RAM)

    @unittest.skipUnless(os.environ.get("RINGLET_IS_AS_ON_THE_PAGE"), "the page is about the whole library, for speed")
    def test_figures_are_those_of_the_page(self):
        status, output = run(self.image, PLAIN[:1])
        self.assertEqual(status, 0, output)
        patterns = (r"commands: 1, ([\d,]+) instr", r"prompt: [\d,]+ tokens, ([\d,]+) instr",
                    r"answer: [\d,]+ tokens, ([\d,]+) instr", r"stack: ([\d,]+) of")
        stated = figures_of_the_page("Figures", PAGE)
        for pattern, said in zip(patterns, stated, strict=True):
            self.assertAlmostEqual(number(output, pattern), said, delta=0.03 * said)

    def test_a_home_without_scenes_is_written_into_the_image(self):
        home, image = self.make_home("second", SECOND), self.folder / "second.elf"
        subprocess.run([OBJCOPY, "--update-section", f".home={home}", self.image, image], check=True)
        lines = [b"turn on the lantern", b"movie night"]
        status, output = run(image, lines)
        self.assertEqual(status, 0, output)
        answers = output[output.index("ready\n") + 6:output.index("prompt: ")].splitlines()
        self.assert_answers(answers, self.expected("second", lines))
        self.assertNotIn("movie night", "".join(answers))

    def test_the_home_of_the_build_is_that_of_the_tool(self):
        section = self.folder / "section.bin"
        subprocess.run([OBJCOPY, "-O", "binary", "--only-section=.home", self.image, section], check=True)
        self.assertEqual(section.read_bytes(), self.home.read_bytes())

    def assert_refuses(self, content, status, *words):
        """The image with this content where its home is expected ends with an error."""
        bare, file = self.folder / "bare.elf", self.folder / "flash.bin"
        subprocess.run([OBJCOPY, "--remove-section", ".home", self.image, bare], check=True, stderr=subprocess.DEVNULL)
        file.write_bytes(content)
        assert_refused(self, run(bare, [b"turn on the desk lamp"], file), status, *words)

    def test_a_flash_without_a_home(self):
        self.assert_refuses(b"\xff" * 4096, INVALID_ARGUMENT, "commands: home: none is in flash here")

    def test_the_prefix_of_another_model(self):
        prefix = self.folder / "other.prefix"
        ringlet("prefix", STORYTELLER, "--pin", "-p", "Once upon a time", "-q", "-o", prefix)
        lists = (self.folder / "first.lists").read_bytes()
        self.assert_refuses(make_home.pack(prefix.read_bytes(), lists), INVALID_ARGUMENT,
                            "commands: home.prefix: made with another model")

    def test_lists_of_another_grammar(self):
        (self.folder / "other.json").write_text('{"area": ["kitchen"]}')
        self.compile(self.folder / "other.json", self.folder / "other.lists", "--lists")
        prefix = (self.folder / "first.prefix").read_bytes()
        self.assert_refuses(make_home.pack(prefix, (self.folder / "other.lists").read_bytes()), INVALID_ARGUMENT,
                            "commands: home.lists: made for another grammar")

    def test_a_damaged_home(self):
        good = self.home.read_bytes()
        self.assert_refuses(flipped(good, len(good) // 2), CHECKSUM_MISMATCH, "commands: snapshot: damaged")


if __name__ == "__main__":
    unittest.main()
