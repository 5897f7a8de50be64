"""ringlet digest: the same number, however the computation is divided."""

import json
import os
import platform
import shutil
import subprocess
import unittest

from support import EMULATOR, PROGRAM, TestCase, model


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


@unittest.skipIf(EMULATOR or platform.machine() != "x86_64", "only for x86-64")
@unittest.skipUnless(shutil.which("qemu-x86_64"), "SKIPPED: qemu-x86_64 is missing: run tools/setup --all")
@unittest.skipIf(os.environ.get("RINGLET_SANITIZERS"), "SKIPPED: the emulator has no room for what a sanitizer maps")
class OldProcessors(TestCase):
    """x86-64 processors without a fused multiply-add, AVX or SSE4: the first ones, and some that are still sold."""

    def on(self, processor, *arguments):
        return subprocess.run(["qemu-x86_64", "-cpu", processor, *PROGRAM, *arguments], capture_output=True, text=True,
                              check=False)

    def test_the_bits_are_the_same(self):
        expected = self.succeeds("digest", model("int4"), "--kv", "int4").decode()
        for processor in ("qemu64", "Nehalem"):
            done = self.on(processor, "digest", model("int4"), "--kv", "int4")
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, expected, ""), processor)

    def test_faster_sets_are_refused(self):
        done = self.on("Nehalem", "digest", model("int4"), "--isa", "avx2")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("this processor does not run avx2; it runs portable, scalar", done.stderr)


if __name__ == "__main__":
    unittest.main()
