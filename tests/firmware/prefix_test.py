"""A prompt in flash that the workstation has computed: the board continues from it with the same bits. A wrong snapshot
ends with the documented error and status."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from board import IMAGES, MODEL, PROMPT, SETTINGS, assert_refused, flipped, number, ringlet, run_image

INVALID_ARGUMENT, CHECKSUM_MISMATCH, INVALID_SNAPSHOT = 1, 6, 8  # ErrorCode


class Prefix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.path = pathlib.Path(cls.folder.name) / "once.prefix"
        ringlet("prefix", MODEL, "-p", PROMPT, "--pin", *SETTINGS, "-q", "-o", cls.path)
        cls.good = cls.path.read_bytes()

    def assert_tells_the_story(self, status, output):
        self.assertEqual(status, 0, output)
        digest = ringlet("digest", MODEL, "--prefix", self.path, *SETTINGS).strip()
        self.assertIn(f"digest: {digest.upper()}\n", output)
        story = ringlet("run", MODEL, "--prefix", self.path, *SETTINGS, "-n", 60, "--seed", 1, "-q")
        self.assertGreater(len(story), 100)
        self.assertIn(f"story:{story}", output)

    def assert_refused(self, content, status, *words):
        path = pathlib.Path(self.folder.name) / "flash"
        path.write_bytes(content)
        assert_refused(self, run_image("storyteller_prefix_flash", prefix=path), status, *words)

    def test_linked_in(self):
        status, output = run_image("storyteller_prefix")
        print(output)
        self.assert_tells_the_story(status, output)
        self.assertEqual(number(output, r"prefix: 7 tokens, ([\d,]+) bytes"), len(self.good))
        plan = json.loads(ringlet("plan", MODEL, "--prefix", self.path, *SETTINGS, "--json"))
        self.assertEqual(number(output, r"RAM: ([\d,]+) bytes"), plan["ram_bytes"])
        self.assertNotIn("sink keys", output)  # not a byte of the sinks is in RAM

    def test_at_its_address(self):
        status, output = run_image("storyteller_prefix_flash", prefix=self.path)
        self.assert_tells_the_story(status, output)

    def test_empty_flash(self):
        self.assert_refused(b"\xff" * len(self.good), INVALID_SNAPSHOT, "storyteller: snapshot: ")

    def test_a_damaged_head(self):
        self.assert_refused(flipped(self.good, 70), CHECKSUM_MISMATCH, "storyteller: snapshot: ", "damaged")

    def test_damaged_planes(self):
        self.assert_refused(flipped(self.good, len(self.good) // 2), CHECKSUM_MISMATCH,
                            "storyteller: snapshot: damaged (checksum of its planes differs)")

    def test_the_prefix_of_another_model(self):
        model = self.path.with_name("int8.ringlet")
        subprocess.run([os.environ["RINGLET_CONVERT_PROGRAM"], "--quiet", MODEL, "--weights", "int8", "-o", model],
                       check=True)
        ringlet("prefix", model, "-p", PROMPT, "--pin", *SETTINGS, "-q", "-o", self.path.with_name("other"))
        other = self.path.with_name("other").read_bytes()
        self.assertEqual(len(other), len(self.good))
        self.assert_refused(other, INVALID_ARGUMENT, "storyteller: model: not the one that saved the snapshot")

    def test_a_snapshot_that_does_not_end_there(self):
        ringlet("prefix", MODEL, "-p", PROMPT, "--sinks", 4, *SETTINGS, "-q", "-o", self.path.with_name("other"))
        other = self.path.with_name("other").read_bytes()
        self.assert_refused(other + bytes(max(0, len(self.good) - len(other))), INVALID_SNAPSHOT,
                            "storyteller: snapshot: truncated")


if __name__ == "__main__":
    unittest.main()
