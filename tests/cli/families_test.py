"""ringlet-convert --families."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import termios
import unittest

from support import CONVERT, TestCase, environment


def converter(*options, **keywords):
    return subprocess.run(CONVERT + list(options), capture_output=True, check=False, **keywords)


def on_terminal(columns, *options):
    """Standard output on a terminal of so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
    process = subprocess.Popen(CONVERT + list(options), stdout=theirs, env=environment())
    os.close(theirs)
    received = b""
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:  # Linux: the other side is closed
            break
        if not block:
            break
        received += block
    os.close(ours)
    process.wait(60)
    return received.decode().replace("\r\n", "\n")


class List(TestCase):
    def listed(self, *options):
        done = converter("--families", *options)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual(done.stderr, b"")
        return done.stdout.decode()

    def setUp(self):
        self.document = json.loads(self.listed("--json"))
        self.families = self.document["families"]

    def test_json_has_names_and_proofs(self):
        by_name = {name: family for family in self.families for name in family["model_types"]}
        self.assertEqual(by_name["granitemoehybrid"]["architectures"], ["granite"])
        self.assertEqual(by_name["gpt_neo"]["architectures"], [])
        self.assertIn("mistral3", by_name)
        self.assertNotIn("mixtral", by_name)
        for family in self.families:
            self.assertLessEqual(set(family["proofs"]), set(self.document["proofs"]))
        self.assertIn("llama.cpp", self.document["proofs"]["L"])

    def test_a_pipe_gets_one_aligned_line_for_each_family(self):
        lines = self.listed().split("\n\n")[0].splitlines()
        self.assertEqual(len(lines), 1 + len(self.families))
        offsets = [lines[0].index(title) for title in ("config.json", "GGUF", "proved", "beyond")]
        for line, family in zip(lines[1:], self.families):
            cells = [line[begin:end].strip() for begin, end in zip(offsets, offsets[1:] + [None])]
            self.assertEqual(cells, [", ".join(family["model_types"]), ", ".join(family["architectures"]) or "-",
                                     "".join(family["proofs"]), family["beyond_llama2"]])

    def test_a_terminal_gets_lines_that_fit(self):
        words = sorted(self.listed().split())
        for columns in (60, 80, 120, 200):
            text = on_terminal(columns, "--families")
            self.assertEqual(sorted(text.split()), words)
            self.assertLessEqual(max(map(len, text.splitlines())), columns)
        self.assertLessEqual(max(map(len, on_terminal(0, "--families").splitlines())), 80)

    def test_it_stands_alone(self):
        for other in (("source.gguf",), ("-o", "model.ringlet"), ("--random", "llama-15m")):
            done = converter("--families", *other)
            self.assertEqual(done.returncode, 2)
            self.assertIn("--families excludes", done.stderr.decode().replace("excludes --families", "--families excludes"))
        self.assertIn(b"--output is required", converter("source.gguf").stderr)

    def test_a_list_that_cannot_be_written_is_a_failure(self):
        for options in ((), ("--json",)):
            with open("/dev/full", "wb") as full:
                done = subprocess.run(CONVERT + ["--families", *options], stdout=full, stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"standard output: cannot be written: No space left", done.stderr)


if __name__ == "__main__":
    unittest.main()
