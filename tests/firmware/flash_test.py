"""The firmware does not trust the flash beside it: the right model works; everything else ends with the documented error
and status, never with a fault."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from board import MODEL, PROMPT, SETTINGS, assert_refused, flipped, ringlet, run_image

INVALID_MODEL, NOT_ENOUGH_MEMORY, CHECKSUM_MISMATCH = 2, 4, 6  # ErrorCode


class Flash(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.good = MODEL.read_bytes()

    def run_with(self, content):
        path = pathlib.Path(self.folder.name) / "flash"
        path.write_bytes(content)
        return run_image("storyteller_flash", path)

    def assert_refused(self, content, status, *words):
        assert_refused(self, self.run_with(content), status, *words)

    def test_the_model_at_its_address_tells_the_story(self):
        status, output = self.run_with(self.good)
        self.assertEqual(status, 0, output)
        self.assertIn(ringlet("run", MODEL, *SETTINGS, "-p", PROMPT, "-n", 120, "--seed", 1, "-q"), output)

    def test_empty_flash(self):
        self.assert_refused(b"\xff" * len(self.good), INVALID_MODEL, "storyteller: file: not a ringlet model")

    def test_another_file(self):
        self.assert_refused(b"GGUF" + bytes(len(self.good) - 4), INVALID_MODEL, "storyteller: file: not a ringlet model")

    def test_a_damaged_table(self):
        self.assert_refused(flipped(self.good, 300), CHECKSUM_MISMATCH, "storyteller: tables: damaged")

    def test_a_damaged_weight(self):
        self.assert_refused(flipped(self.good, len(self.good) // 2), CHECKSUM_MISMATCH, "storyteller: layers.", "damaged")

    def test_a_file_that_was_cut_short(self):
        half = len(self.good) // 2
        self.assert_refused(self.good[:half] + b"\xff" * (len(self.good) - half), CHECKSUM_MISMATCH, "damaged")

    def test_another_model(self):
        path = pathlib.Path(self.folder.name) / "other.ringlet"
        subprocess.run([os.environ["RINGLET_CONVERT_PROGRAM"], "--quiet", "-o", path, "--random",
                        "llama:dim=160,layers=2,heads=5,ffn=416,vocab=1100,context=512,tied=1"], check=True)
        self.assert_refused(path.read_bytes(), INVALID_MODEL, "storyteller: file: has bytes after its end")

    def test_an_array_that_is_too_small(self):
        status, output = run_image("storyteller_small")
        print(output.strip().splitlines()[-1])
        self.assertEqual(status, NOT_ENOUGH_MEMORY, output)
        found = re.search(r"storyteller: memory: too small for this context \(needs ([\d,]+) bytes, got ([\d,]+)\); "
                          r"context \d+ would fit", output)
        self.assertTrue(found, output)
        needed, got = (int(number.replace(",", "")) for number in found.groups())
        self.assertEqual(needed, got + 64, "the array is one line of 64 bytes too short")


if __name__ == "__main__":
    unittest.main()
