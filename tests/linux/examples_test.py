"""The programs in ports/linux/examples give the same results as `ringlet`."""

import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cli"))

from chat_source import chat_model  # noqa: E402

STORYTELLER = ROOT / "tools/demo-model/storyteller.ringlet"
EMULATOR = os.environ.get("RINGLET_EMULATOR", "").split()
PROGRAM = EMULATOR + [os.environ["RINGLET_PROGRAM"]]
EXAMPLES = pathlib.Path(os.environ["RINGLET_PROGRAM"]).parent


def run(command, *arguments, stdin=None):
    return subprocess.run([str(word) for word in (*command, *arguments)], input=stdin, capture_output=True, text=True)


def example(name, *arguments, stdin=None):
    return run(EMULATOR + [EXAMPLES / f"example-{name}"], *arguments, stdin=stdin)


class Examples(unittest.TestCase):
    def succeeds(self, done):
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def ringlet(self, *arguments, stdin=None):
        done = run(PROGRAM, *arguments, stdin=stdin)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_story_is_the_program_s(self):
        prompt = "Once upon a time"
        for name in ("story", "story_c"):
            told = self.succeeds(example(name, STORYTELLER, prompt, 60))
            self.assertEqual(told, self.ringlet("run", STORYTELLER, "-p", prompt, "--seed", "1", "-n", "60"))
            self.assertGreater(len(told), 150)

    def test_digest_is_the_program_s(self):
        value = self.ringlet("digest", STORYTELLER).strip()
        self.assertEqual(self.succeeds(example("digest", STORYTELLER)).strip(), value)
        self.succeeds(example("digest", STORYTELLER, value))
        wrong = example("digest", STORYTELLER, "0123456789abcdef")
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("does not compute 0123456789abcdef", wrong.stderr)

    def test_chat_is_the_program_s(self):
        model, _ = chat_model()
        messages = "Hi\nmore, please\n"
        expected = self.ringlet("chat", model, "-n", "500", "--seed", "0", stdin=messages)
        self.assertEqual(self.succeeds(example("chat", model, stdin=messages)), expected)
        self.assertGreater(len(expected), 10)

    def test_errors_are_one_line(self):
        for name, arguments in (("story", ("/nowhere", "x")), ("story_c", ("/nowhere", "x")), ("digest", ("/nowhere", )), ("chat", ("/nowhere", ))):
            done = example(name, *arguments)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, rf"^{name}: /nowhere: .*\n$")
            self.assertEqual(example(name).returncode, 2)


if __name__ == "__main__":
    unittest.main()
