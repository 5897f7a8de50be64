"""The bundled model: commands find it without a name, and it tells a story."""

import os
import unittest

from support import PROGRAM, TestCase, ringlet

BUNDLED = os.path.normpath(os.path.join(os.path.dirname(PROGRAM[-1]), "..", "share", "ringlet", "storyteller.ringlet"))


class Bundled(TestCase):
    @unittest.skipUnless(os.path.exists(BUNDLED), "SKIPPED: this build has no bundled model")
    def test_is_taken_when_none_is_named(self):
        self.assertEqual(self.succeeds("digest"), self.succeeds("digest", BUNDLED))
        self.assertIn(BUNDLED, self.succeeds("verify").decode())
        story = self.succeeds("run", "-n", "60", "--temperature", "0", "-q").decode()
        self.assertGreater(len(story.split()), 20)
        prompt = ringlet("run", "-", "-n", "5", "--temperature", "0", "-q", stdin=b"In the village").stdout
        self.assertTrue(prompt.startswith(b"In the village"), prompt)

    @unittest.skipIf(os.path.exists(BUNDLED), "this build has a bundled model")
    def test_its_absence_is_said(self):
        self.assertIn("name a model file", self.fails(2, "run"))


if __name__ == "__main__":
    unittest.main()
