"""The converter fits the cache of a real checkpoint, and the file has its recommendation."""

import json
import os
import subprocess
import sys
import unittest

from support import CONVERT, TestCase, path

DATA = os.environ.get("RINGLET_TEST_DATA", "")
CHECKPOINTS = os.path.join(DATA, "models", "llama2c")


def convert_tiny(output, *options):
    command = CONVERT + [os.path.join(CHECKPOINTS, "stories260K.bin"), "-o", path(output), "--tokenizer",
                         os.path.join(CHECKPOINTS, "tok512.bin"), "--weights", "f32", *options]
    return subprocess.run(command, capture_output=True, timeout=300)


class CacheFit(TestCase):
    def test_report_and_recommendation(self):
        done = convert_tiny("fitted.ringlet", "--json", "--kv-report", "--kv-tokens", "256")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"values  plain", done.stderr)
        self.assertRegex(done.stderr.decode(), r"  cache of 5 layers: keys with a bias in \d, scaled in \d, Hadamard in \d; "
                         r"values Hadamard in \d; INT4 recommended for 5 ")
        cache = json.loads(done.stdout)["cache"]
        self.assertEqual(len(cache["layers"]), 5)
        self.assertLess(cache["int8"]["kl_divergence"], cache["int4"]["kl_divergence"])
        self.assertLess(cache["int4"]["kl_divergence"], 0.0025)
        for layer in cache["layers"]:
            self.assertEqual(layer["recommended"], "int4")
            errors = layer["key_errors"]
            self.assertEqual(len(errors), 8)
            self.assertLess(errors[layer["keys"]], errors["plain"])
            self.assertLess(layer["errors"]["int8"], layer["errors"]["int4"])

    def test_inspect_names_the_transform(self):
        self.assertEqual(convert_tiny("shown.ringlet", "--hadamard", "keys", "--key-bias", "on", "--kv", "int4",
                                      "--kv-tokens", "64").returncode, 0)
        self.assertIn("layers       5 x keys int4, Hadamard, with a bias; values int4\n",
                      self.succeeds("inspect", path("shown.ringlet")).decode())

    def test_the_same_again(self):
        for name in ("first.ringlet", "second.ringlet"):
            self.assertEqual(convert_tiny(name, "--kv-tokens", "128").returncode, 0)
        with open(path("first.ringlet"), "rb") as first, open(path("second.ringlet"), "rb") as second:
            self.assertEqual(first.read(), second.read())

    def test_what_the_user_decides(self):
        done = convert_tiny("decided.ringlet", "--json", "--kv", "k8v4", "--hadamard", "none", "--key-bias", "off",
                            "--key-scales", "off", "--kv-tokens", "128")
        for layer in json.loads(done.stdout)["cache"]["layers"]:
            self.assertEqual((layer["recommended"], layer["keys"], layer["hadamard_values"]), ("k8v4", "plain", False))
        inspected = json.loads(self.succeeds("inspect", path("decided.ringlet"), "--json"))
        self.assertEqual({(layer["kv_keys"], layer["kv_values"]) for layer in inspected["layers"]}, {("int8", "int4")})

    def test_a_report_needs_a_text(self):
        done = convert_tiny("none.ringlet", "--kv-report", "--kv-tokens", "0")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"--kv-tokens", done.stderr)
        self.assertFalse(os.path.exists(path("none.ringlet")))


if __name__ == "__main__":
    if not os.path.exists(os.path.join(CHECKPOINTS, "stories260K.bin")):
        print(f"SKIPPED: no checkpoints in RINGLET_TEST_DATA ('{DATA}')")
        sys.exit(77)
    unittest.main()
