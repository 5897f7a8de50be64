"""Tests the measurement of what the cache saves: the document that it writes, and the picture that is drawn of it.

Environment: RINGLET_BUILD, the build directory.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tools/pictures"))

import curves  # noqa: E402

BUILD = os.environ["RINGLET_BUILD"]


class WithoutCache(unittest.TestCase):
    def measure(self, *options):
        return subprocess.run([sys.executable, "-B", HERE / "without_cache.py", *options], capture_output=True, text=True,
                              check=False)

    def test_document(self):
        with tempfile.TemporaryDirectory() as folder:
            target = os.path.join(folder, "times.json")
            done = self.measure("--ringlet", BUILD, "--json", target, "--tokens", "20", "--repeats", "2")
            self.assertEqual(done.returncode, 0, done.stderr)
            document = json.loads(pathlib.Path(target).read_text(encoding="utf-8"))
        self.assertRegex(done.stdout, r"^storyteller.ringlet, 20 tokens: [\d.]+ times as long without the cache\n$")
        result = document["without_cache"]
        self.assertEqual((result["tokens"], result["threads"], result["repetitions"]), (20, 1, 2))
        self.assertEqual({way: len(times) for way, times in result["best_token_seconds"].items()},
                         {"cached": 20, "recomputed": 20})
        self.assertIn("20 tokens with and without the cache", curves.without_cache(document))

    def test_a_build_that_is_missing(self):
        done = self.measure("--ringlet", "/nowhere", "--json", "/nowhere/x")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "without_cache: /nowhere has no ringlet; give a build directory\n")


if __name__ == "__main__":
    unittest.main()
