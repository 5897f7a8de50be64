"""ringlet digest: one number for one computation, however it is divided."""

import json
import unittest

from support import TestCase, model


class Digest(TestCase):
    def digest(self, *options, weights="int8"):
        return self.succeeds("digest", model(weights), *options).decode()

    def test_form(self):
        self.assertRegex(self.digest(), r"^[0-9a-f]{16}\n$")
        document = json.loads(self.digest("--json"))
        self.assertEqual(document["digest"] + "\n", self.digest())
        self.assertEqual((document["tokens"], document["context"], document["sinks"]), (128, 64, 4))

    def test_divisions_do_not_matter(self):
        for kv in ("f32", "f16", "int8"):
            expected = self.digest("--kv", kv)
            for chunk, prefill in (("2", "1"), ("7", "16"), ("16", "5"), ("1000", "40"), ("16", "16")):
                self.assertEqual(self.digest("--kv", kv, "--chunk", chunk, "--prefill-chunk", prefill), expected)

    def test_everything_else_does(self):
        numbers = [self.digest(), self.digest("-n", "127"), self.digest("--context", "48"),
                   self.digest("--sinks", "3"), self.digest("--kv", "f32"), self.digest("--kv", "f16"),
                   self.digest(weights="int4"), self.digest(weights="f32")]
        self.assertEqual(len(set(numbers)), len(numbers))


if __name__ == "__main__":
    unittest.main()
