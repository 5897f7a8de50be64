"""ringlet bench: what is measured, and that the numbers belong together. No time is judged."""
import json
import unittest

import support


class Bench(support.TestCase):
    def measure(self, *arguments):
        return json.loads(
            self.succeeds("bench", support.model(), "-r", "2", "--json", *arguments))

    def test_lists_are_combined(self):
        document = self.measure("-p", "3,9", "-n", "4", "--depth", "0,20", "--threads", "1,2",
                                "--kv", "f32,int8")
        rows = [(r["threads"], r["kv"], r["depth"], r["test"], r["tokens"])
                for r in document["results"]]
        self.assertEqual(rows, [(threads, kv, depth, test, tokens)
                                for kv in ("f32", "int8") for depth in (0, 20)
                                for threads in (1, 2)
                                for test, tokens in (("prefill", 3), ("prefill", 9), ("decode", 4))])
        self.assertEqual(set(document["machine"]["read_bandwidth_bytes_per_second"]), {"1", "2"})

    def test_numbers_belong_together(self):
        document = self.measure("-p", "0", "-n", "40", "--depth", "0,1000", "--context", "64",
                                "--threads", "1", "--prefetch", "1K")
        bandwidth = document["machine"]["read_bandwidth_bytes_per_second"]["1"]
        for row in document["results"]:
            rate = row["tokens_per_second"]
            self.assertTrue(0 < rate["minimum"] <= rate["median"] <= rate["maximum"])
            self.assertAlmostEqual(row["bandwidth_fraction"],
                                   rate["median"] * row["bytes_per_token"] / bandwidth, places=9)
            self.assertEqual(row["prefetch_bytes"], 1024)
            self.assertTrue(0 < row["token_seconds"]["p50"] <= row["token_seconds"]["p99"])
        shallow, deep = document["results"]
        self.assertGreater(deep["bytes_per_token"], shallow["bytes_per_token"])
        # Beyond the context a repetition goes on from the last one.
        self.assertNotIn("best_token_seconds", deep)
        for quantile in ("p50", "p99"):
            self.assertLessEqual(shallow["best_token_seconds"][quantile], shallow["token_seconds"][quantile])

    def test_prefill_is_compared_with_the_peak(self):
        document = self.measure("-p", "24", "-n", "0", "--threads", "1", "--prefill-chunk", "8")
        peak = document["machine"]["integer_peak_per_second"]["1"]
        row, = document["results"]
        self.assertAlmostEqual(row["peak_fraction"], row["multiplications_per_second"] / peak if peak else 0, places=9)
        self.assertLess(row["peak_fraction"], 1)

    def test_zero_leaves_a_test_out(self):
        document = self.measure("-p", "0", "-n", "2", "--threads", "1")
        self.assertEqual([row["test"] for row in document["results"]], ["decode"])

    def test_table_for_people(self):
        table = self.succeeds("bench", support.model(), "-r", "1", "-p", "2", "-n", "2",
                              "--threads", "1")
        lines = table.decode().splitlines()
        self.assertRegex(lines[0], r"reads at [0-9.]+ \([0-9.]+\) GB/s with 1 thread$")
        self.assertRegex(lines[-2], r"^prefill 2 .* GMAC/s( +\d+ %)?$")
        self.assertRegex(lines[-1], r"^decode 2 .* GB/s +\d+ % +\d+ % +[0-9.]+ +[0-9.]+ +[0-9.]+$")

    def test_wrong_lists(self):
        for arguments in (("--threads", "1,"), ("--threads", "0"), ("-n", "4,x"), ("--kv", "int3")):
            self.assertIn(arguments[0], self.fails(2, "bench", support.model(), *arguments))


if __name__ == "__main__":
    unittest.main()
