"""A real checkpoint writes the same text as llama2.c's program, word for word."""

import os
import sys
import unittest

from support import TestCase, convert, path, read

DATA = os.environ.get("RINGLET_TEST_DATA", "")
CHECKPOINTS = os.path.join(DATA, "models", "llama2c")
EXPECTED = os.path.join(DATA, "models", "expected", "text")
POSITIONS = 200  # of llama2.c's option -n, which counts the prompt


def prompts():
    with open(os.path.join(EXPECTED, "PROMPTS.txt"), encoding="utf-8") as file:
        for line in file:
            number, text = line.rstrip("\n").split(": ", 1)
            yield number, "" if text == "(empty)" else text


class Stories(TestCase):
    def test_unquantized_stories(self):
        model = convert(os.path.join(CHECKPOINTS, "stories260K.bin"), path("stories.ringlet"), "--tokenizer",
                        os.path.join(CHECKPOINTS, "tok512.bin"), "--weights", "f32", "--embedding", "f32",
                        "--lm-head", "f32")
        for number, prompt in prompts():
            with self.subTest(prompt=prompt):
                tokens = len(self.succeeds("tokenize", model, prompt).split())
                text = self.succeeds("run", model, "-p", prompt, "-n", str(POSITIONS + 1 - tokens), "-q",
                                     "--temperature", "0", "--kv", "f32")
                expected = read(os.path.join(EXPECTED, f"stories260K.run.t0.n{POSITIONS}.p{number}.txt"))
                self.assertEqual(text.decode(), expected.decode())


if __name__ == "__main__":
    if not os.path.exists(os.path.join(CHECKPOINTS, "stories260K.bin")):
        print(f"SKIPPED: no checkpoints in RINGLET_TEST_DATA ('{DATA}')")
        sys.exit(77)
    unittest.main()
