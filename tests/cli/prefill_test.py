"""--prefill: the prefill backends of programs with and without XNNPACK."""

import json
import os
import subprocess
import sys
import unittest

import support

# Empty where this build's own program is without XNNPACK.
WITHOUT = os.environ.get("RINGLET_WITHOUT_XNNPACK", "")
TEXT = "the thing was in the end and there was an end in the thing"
GREEDY = ("-p", TEXT, "-n", "12", "--temperature", "0", "--ignore-eos")


class WithXnnpack(support.TestCase):
    def setUp(self):
        if not WITHOUT:
            print("SKIPPED: this build is without XNNPACK (libxnnpack-dev, libpthreadpool-dev)", file=sys.stderr)
            self.skipTest("no XNNPACK")

    def plan(self, *arguments):
        return json.loads(self.succeeds("plan", support.model("f32"), "--json", *arguments))

    def test_its_memory_is_in_the_plan(self):
        plain = self.plan()
        with_it = self.plan("--prefill", "xnnpack")
        extra, = [s for s in with_it["sections"] if s not in plain["sections"]]
        self.assertEqual(extra["name"], "accelerator")
        self.assertTrue(extra["always"])
        self.assertEqual(with_it["ram_bytes"], plain["ram_bytes"] + extra["bytes"])
        self.assertEqual(self.plan("--prefill", "ringlet"), plain)
        done = support.ringlet("run", support.model("f32"), *GREEDY, "--prefill", "xnnpack")
        self.assertEqual(done.returncode, 0)
        self.assertIn(f"RAM {with_it['ram_bytes'] / 1024:.1f} KiB", done.stderr.decode())
        self.assertNotIn("own kernels", done.stderr.decode())

    def test_header_says_what_to_set_aside(self):
        header = support.path("accelerated.h")
        self.succeeds("plan", support.model("f32"), "--prefill", "xnnpack", "--header", header)
        self.assertRegex(support.read(header), rb"accelerator_bytes = [1-9]")

    def test_the_text_is_the_same(self):
        texts = {self.succeeds("run", support.model("f32"), *GREEDY, "--prefill", prefill, *options)
                 for prefill, options in (("ringlet", ()), ("xnnpack", ()), ("auto", ()),
                                          ("xnnpack", ("--threads", "2", "--prefill-chunk", "7")))}
        self.assertEqual(len(texts), 1)

    def test_bench_compares_them(self):
        document = json.loads(self.succeeds("bench", support.model("f32"), "-r", "1", "-p", "12", "-n", "2", "--json",
                                            "--threads", "1", "--prefill", "ringlet,xnnpack"))
        self.assertEqual([(row["test"], row.get("prefill")) for row in document["results"]],
                         [("prefill", "ringlet"), ("decode", None), ("prefill", "xnnpack")])
        self.assertEqual([(one["asked"], one["chosen"], one["reason"]) for one in document["prefill"]],
                         [("ringlet", "ringlet", "asked for"), ("xnnpack", "xnnpack", "asked for")])

    def test_bench_says_why_auto_takes_which(self):
        table = self.succeeds("bench", support.model(), "-r", "1", "-p", "12", "-n", "0", "--threads", "1",
                              "--prefill", "auto", "--isa", "scalar").decode()
        self.assertIn("prefill by ringlet: not measured with scalar and int8 weights\n", table)

    def test_perplexity_of_what_follows_a_prompt(self):
        text = support.write("long.txt", " ".join([TEXT] * 8).encode())
        values = [json.loads(self.succeeds("perplexity", support.model("f32"), "-f", text, "--json", "--chunk", "40",
                                           "--stride", "10", "--prefill", prefill))["nll"]
                  for prefill in ("ringlet", "xnnpack")]
        self.assertNotEqual(values[0], values[1])
        self.assertAlmostEqual(values[0] / values[1], 1, places=4)


class WithoutXnnpack(support.TestCase):
    def run_without(self, *arguments):
        program = support.EMULATOR + [WITHOUT] if WITHOUT else support.PROGRAM
        return subprocess.run(program + list(arguments), capture_output=True, env=support.environment(), timeout=300)

    def test_xnnpack_is_refused(self):
        for command in (("run", "-p", "x", "-n", "1"), ("plan",), ("bench", "-p", "2", "-n", "0", "-r", "1")):
            done = self.run_without(command[0], support.model(), *command[1:], "--prefill", "xnnpack")
            error = done.stderr.decode()
            self.assertEqual(done.returncode, 2, error)
            self.assertIn("--prefill: this program was built without XNNPACK", error)
            self.assertEqual(error.count("\n"), 1)
            self.assertEqual(done.stdout, b"")

    def test_auto_is_ringlet_and_says_why(self):
        done = self.run_without("bench", support.model(), "-p", "4", "-n", "0", "-r", "1", "--threads", "1", "--prefill",
                                "auto")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"prefill by ringlet: this program was built without XNNPACK", done.stdout)


class Everywhere(support.TestCase):
    def test_wrong_names(self):
        for command in (("run", "-p", "x"), ("chat",), ("plan",), ("bench",), ("perplexity", "-f", "x")):
            error = self.fails(2, command[0], support.model(), *command[1:], "--prefill", "fast")
            self.assertIn("--prefill", error)

    def test_digests_have_no_such_option(self):
        self.fails(2, "digest", support.model(), "--prefill", "ringlet")


if __name__ == "__main__":
    unittest.main()
