"""What `tools/demo --commands` ends with: commands from a terminal or its own, a line about each, and the decision of the
firmware and of the page."""

import json
import os
import pty
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tools/commands-model"
MODEL = FOLDER / "commands.ringlet"
PROGRAM, GRAMMAR_PROGRAM = os.environ["RINGLET_PROGRAM"], os.environ["RINGLET_GRAMMAR_PROGRAM"]
sys.path.insert(0, str(FOLDER))
import obey  # noqa: E402

ON = {"do": "on", "name": "desk lamp"}
UNLOCK = {"do": "unlock", "name": "front door"}


class Decisions(unittest.TestCase):
    def test_thresholds_are_the_same_everywhere(self):
        firmware = (ROOT / "ports/firmware/commands/decision.hpp").read_text()
        page = (ROOT / "ports/wasm/page/house/decide.js").read_text()
        for value, in_firmware, in_page in ((obey.ACT, "act_confidence", "act"), (obey.CAREFUL, "careful_confidence", "careful"),
                                            (obey.ASK, "ask_confidence", "ask"), (obey.LEAST_ALLOWED, "least_allowed", "leastAllowed")):
            self.assertEqual(float(re.search(rf"{in_firmware} = ([\d.]+)F;", firmware)[1]), value)
            self.assertEqual(float(re.search(rf"const {in_page} = Math\.fround\(([\d.]+)\);", page)[1]), value)
        decides = (ROOT / "ports/firmware/commands/decision.cpp").read_text()
        for text in (re.search(r"harmless_types = \{([^}]*)\}", decides)[1], re.search(r"harmlessTypes = \[([^\]]*)\]", page)[1]):
            self.assertEqual(tuple(re.findall(r"\w+", text)), obey.HARMLESS_TYPES)

    def test_decisions(self):
        for actions, confidence, allowed, decision in (
                ([ON], 0.5, 1, "act"), ([ON], 0.499, 1, "ask"), ([ON], 0.1, 1, "ask"), ([ON], 0.099, 1, "ignore"),
                ([ON], 1, 0.019, "ignore"), ([UNLOCK], 0.9, 1, "act"), ([ON, UNLOCK], 0.899, 1, "ask"),
                ([{"do": "open", "type": "garage"}], 0.6, 1, "ask"), ([{"do": "open", "name": "garage door"}], 0.6, 1, "ask"),
                ([{"do": "open", "type": "blind"}], 0.6, 1, "act"),
                ([{"do": "none", "why": "other"}], 1, 1, "ignore"), ([], 1, 1, "ignore")):
            self.assertEqual(obey.decide(actions, confidence, allowed), decision, (actions, confidence, allowed))

    def test_one_line_about_an_answer(self):
        answer = {"text": json.dumps([ON, {"do": "set_temperature", "value": 21.5}]), "complete": True, "confidence": 0.97, "allowed": 1}
        self.assertEqual(obey.line_of(answer), "  0.970 act     on: desk lamp; set temperature: value 21.5")
        self.assertEqual(obey.line_of({**answer, "text": '[{"do":', "complete": False}), "  0.970 ignore  nothing")


@unittest.skipUnless(MODEL.exists(), f"SKIPPED: there is no {MODEL}")
class House(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        files = {name: str(Path(folder.name) / name) for name in
                 ("commands.json", "commands.rglg", "home.lists", "home.txt", "home.prefix")}
        schema = subprocess.run([sys.executable, "-B", FOLDER / "json_schema.py"], check=True, capture_output=True).stdout
        Path(files["commands.json"]).write_bytes(schema)
        for command in ([GRAMMAR_PROGRAM, "--compact", files["commands.json"], "-o", files["commands.rglg"]],
                        [GRAMMAR_PROGRAM, "--home", FOLDER / "home.yaml", "--grammar", files["commands.rglg"], "-o",
                         files["home.lists"], "--home-text", files["home.txt"]],
                        [PROGRAM, "prefix", MODEL, "--special", "--pin", "-q", "-f", files["home.txt"], "-o", files["home.prefix"]]):
            subprocess.run(command, check=True, capture_output=True)
        cls.options = ["--grammar", files["commands.rglg"], "--prefix", files["home.prefix"], "--lists", files["home.lists"]]
        cls.command = [sys.executable, "-B", str(FOLDER / "obey.py"), str(MODEL), "--ringlet", PROGRAM, *cls.options]

    def expected(self, lines):
        """What the program answers to lines, as the script tells it."""
        done = subprocess.run([PROGRAM, "run", MODEL, *self.options, "--special", "-p", "<say>{}<json>", "--each-line", "--json",
                               "--temperature", "0", "-n", "125", "-q"], input="\n".join(lines), text=True, check=True, capture_output=True)
        return [obey.line_of(json.loads(line)) for line in done.stdout.splitlines()]

    def test_without_a_terminal_it_says_a_few_commands(self):
        done = subprocess.run(self.command, stdin=subprocess.DEVNULL, text=True, check=True, capture_output=True)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[::2], ["> " + said for said in obey.FEW])
        self.assertEqual(lines[1::2], self.expected(obey.FEW))
        self.assertRegex(lines[1], r"^  [01]\.\d{3} act     on: desk lamp$")

    def test_commands_are_typed_in_a_terminal(self):
        master, slave = pty.openpty()
        said = ["turn off the desk lamp", "lock the front door"]
        os.write(master, ("\n".join(said) + "\n\n\x04").encode())
        done = subprocess.run(self.command, stdin=slave, text=True, check=True, capture_output=True, timeout=120)
        os.close(slave)
        os.close(master)
        self.assertEqual(re.findall(r"  [01]\.\d{3} .*", done.stdout), self.expected(said))

    def test_the_program_s_error_is_the_script_s(self):
        broken = [*self.command[:-1], "/nowhere.lists"]
        done = subprocess.run(broken, stdin=subprocess.DEVNULL, text=True, check=False, capture_output=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("/nowhere.lists", done.stderr)
        self.assertNotIn("Traceback", done.stderr)


if __name__ == "__main__":
    unittest.main()
