"""ringlet bench --sessions: the same bits, and numbers that are consistent. No test judges a time."""

import json
import unittest

import support


class Pools(support.TestCase):
    def compare(self, *arguments):
        return json.loads(self.succeeds("bench", support.model(), "--json", "-r", "2", *arguments))["pool"]

    def test_numbers_belong_together(self):
        pool = self.compare("--sessions", "1,2,3", "--depth", "20", "--prefix-tokens", "10", "-n", "3")
        self.assertEqual((pool["depth"], pool["prefix_tokens"], pool["tokens"], pool["repetitions"]), (20, 10, 3, 2))
        self.assertTrue(pool["same_bits"])
        self.assertEqual([result["sessions"] for result in pool["results"]], [1, 2, 3])
        alone = pool["results"][0]["ram_bytes"]["sessions_alone"]
        for result in pool["results"]:
            self.assertEqual(result["ram_bytes"]["sessions_alone"], result["sessions"] * alone)
            for numbers in (result["ratio"], *result["tokens_per_second"].values()):
                self.assertTrue(0 < numbers["minimum"] <= numbers["median"] <= numbers["maximum"])
        self.assertLess(pool["results"][2]["ram_bytes"]["pool"], 3 * alone)

    def test_sessions_of_any_kind(self):
        for options in (("-c", "30"), ("--kv", "int4"), ("-t", "2"), ("--prefill-chunk", "2", "-n", "2")):
            self.assertEqual(len(self.compare("--sessions", "2,5", *options)["results"]), 2)

    def test_table_for_people(self):
        lines = self.succeeds("bench", support.model(), "--sessions", "2", "--depth", "9", "-r", "1").decode().splitlines()
        self.assertRegex(lines[1], r"^4 tokens of each session after 9; 1 pair$")
        self.assertRegex(lines[4], r"^ +2( +[\d.,]+){3} +[\d.]+ - [\d.]+( +[\d,]+){2}$")
        self.assertEqual(lines[-1], "All logits have the same bits both ways.")

    def test_options_that_make_no_sense(self):
        for arguments, expected in (
                (("--sessions", "2", "-p", "3"), "-p and --sessions exclude each other: use --depth; leave one of them out"),
                (("--sessions", "2", "-n", "17"), "-n: must be 1 to 16 with --sessions, as far as a session can go back (got 17)"),
                (("--sessions", "2", "--depth", "1,2"), "--depth: --sessions takes one value (got 2)"),
                (("--sessions", "2", "--lookup"), "--sessions is a measurement of its own; leave out --without-cache and the "
                                                  "options of speculation, or this one"),
                (("--sessions", "2", "--prefix-tokens", "60000"), "--prefix-tokens: must be fewer than the context (at most "),
                (("--prefix-tokens", "2"), "bench: --prefix-tokens requires --sessions")):
            self.assertIn(expected, self.fails(2, "bench", support.model(), *arguments))


if __name__ == "__main__":
    unittest.main()
