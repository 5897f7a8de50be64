"""ringlet bench: what it measures, and that its numbers are consistent. No test judges a time."""
import json
import os
import unittest
import xml.dom.minidom

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

    def test_letters_of_llama_bench(self):
        rows = [(r["threads"], r["depth"]) for r in self.measure("-p", "0", "-n", "2", "-t", "1,2", "-d", "3")["results"]]
        self.assertEqual(rows, [(1, 3), (2, 3)])

    def test_nothing_to_measure(self):
        self.assertEqual(self.fails(2, "bench", support.model(), "-p", "0", "-n", "0"),
                         "ringlet: bench: -p 0 and -n 0 leave nothing to measure; give one of them tokens\n")

    def test_the_backend_is_the_default_unless_asked_for(self):
        small = ("bench", support.model(), "-r", "1", "-p", "0", "-n", "2", "-t", "1")
        self.assertIn(b"\nprefill by ringlet: the default\n", self.succeeds(*small))
        self.assertIn(b"\nprefill by ringlet: asked for\n", self.succeeds(*small, "--prefill", "ringlet"))

    def test_zero_leaves_a_test_out(self):
        document = self.measure("-p", "0", "-n", "2", "--threads", "1")
        self.assertEqual([row["test"] for row in document["results"]], ["decode"])

    def test_table_for_people(self):
        table = self.succeeds("bench", support.model(), "-r", "1", "-p", "2", "-n", "2",
                              "--threads", "1")
        lines = table.decode().splitlines()
        self.assertIn(", weights in the file's pages (less than 8 MiB), ", lines[0])
        self.assertRegex(lines[1], r"^memory \(and the weights in place\) reads at [0-9.]+ \([0-9.]+\) GB/s with 1 thread$")
        self.assertRegex(lines[-2], r"^prefill 2 .* GMAC/s( +\d+ %)?$")
        self.assertRegex(lines[-1], r"^decode 2 .* GB/s +\d+ % +\d+ % +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ %$")
        self.assertTrue(lines[-3].endswith(" best p99 sampling us  of token"))
        self.assertEqual(len(lines[-3]), len(lines[-1]))

    def test_sampling_is_measured_beside_a_token(self):
        small = ("-p", "0", "-n", "30", "--threads", "1")
        for options in ((), ("--temperature", "0"), ("--temperature", "0.8", "--top-p", "0.95"),
                        ("--temp", "1", "--top-k", "40", "--min-p", "0.05", "--repeat-penalty", "1.1", "--seed", "7")):
            row, = self.measure(*small, *options)["results"]
            self.assertGreater(row["sampling_seconds"], 0)
            self.assertAlmostEqual(row["sampling_fraction"], row["sampling_seconds"] / row["token_seconds"]["p50"],
                                   places=9)
        prefill, = self.measure("-p", "4", "-n", "0", "--threads", "1")["results"]
        self.assertNotIn("sampling_seconds", prefill)

    def test_other_measurements_do_not_sample(self):
        for other in (("--lookup",), ("--sessions", "2"), ("--without-cache",)):
            message = self.fails(2, "bench", support.model(), *other, "--top-p", "0.9")
            self.assertIn("--top-p: only decoding alone measures sampling", message)

    def test_wrong_lists(self):
        for arguments in (("--threads", "1,"), ("--threads", "0"), ("-n", "4,x"), ("--kv", "int3")):
            self.assertIn(arguments[0], self.fails(2, "bench", support.model(), *arguments))


class Passes(support.TestCase):
    def test_costs_are_relative_to_one_token(self):
        done = self.succeeds("bench", support.model(), "-r", "3", "--json", "--pass-tokens", "1,2,16", "--depth", "0,300",
                             "--threads", "1,2", "--kv", "int8,int4", "--context", "100")
        rows = json.loads(done)["results"]
        self.assertEqual([(r["kv"], r["depth"], r["threads"], r["test"], r["tokens"]) for r in rows],
                         [(kv, depth, threads, "pass", tokens) for kv in ("int8", "int4") for depth in (0, 300)
                          for threads in (1, 2) for tokens in (1, 2, 16)])
        for row in rows:
            rate = row["tokens_per_second"]
            self.assertTrue(0 < rate["minimum"] <= rate["median"] <= rate["maximum"])
            self.assertTrue(0 < row["pass_seconds"]["p50"] <= row["pass_seconds"]["p99"])
            self.assertGreater(row["cost"], 0)
            self.assertGreater(row["bytes_per_pass"], 0)
            self.assertNotIn("best_token_seconds", row)

    def test_other_tests_are_made_if_they_are_asked_for(self):
        small = ("bench", support.model(), "-r", "1", "--json", "--pass-tokens", "3", "-t", "1")
        for options, expected in (((), ["pass"]), (("-n", "2"), ["decode", "pass"]), (("-p", "2"), ["prefill", "pass"]),
                                  (("-p", "2", "-n", "2"), ["prefill", "decode", "pass"]), (("-p", "0"), ["pass"])):
            self.assertEqual([row["test"] for row in json.loads(self.succeeds(*small, *options))["results"]], expected)

    def test_table_for_people(self):
        lines = self.succeeds("bench", support.model(), "-r", "1", "-n", "2", "-t", "1", "--pass-tokens", "1,4"
                              ).decode().splitlines()
        self.assertTrue(lines[-4].endswith(" sampling us  of token   cost"))
        self.assertRegex(lines[-2], r"^pass 1 .* GB/s( +\d+ %){2}( +[0-9.]+){3}$")
        self.assertRegex(lines[-1], r"^pass 4 .* GB/s( +\d+ %){2}( +[0-9.]+){3}$")
        self.assertEqual(len(lines[-4]), len(lines[-1]))

    def test_wrong_numbers(self):
        for value in ("0", "17", "x", "3,"):
            self.assertIn("--pass-tokens: must be", self.fails(2, "bench", support.model(), "--pass-tokens", value))
        self.assertEqual(self.fails(2, "bench", support.model(), "--pass-tokens", "2,6", "--prefill-chunk", "5"),
                         "ringlet: bench: --pass-tokens: must be at most the --prefill-chunk of 5 (got 6)\n")
        self.assertEqual(self.fails(2, "bench", support.model(), "--pass-tokens", "2", "--without-cache"),
                         "ringlet: bench: --pass-tokens and --without-cache exclude each other: they are two measurements; "
                         "leave one of them out\n")


class WithoutCache(support.TestCase):
    def compare(self, *arguments):
        return json.loads(self.succeeds("bench", support.model(), "--without-cache", "-r", "1", "--json", *arguments))

    def test_every_cache_format_gives_the_same_bits(self):
        for kv in ("f32", "f16", "int8", "k8v4", "int4"):
            for weights in ("f32", "int4"):
                document = json.loads(self.succeeds("bench", support.model(weights), "--without-cache", "-r", "1", "--json",
                                                    "--kv", kv, "-n", "100", "--threads", "2", "--prefill-chunk", "7"))
                result = document["without_cache"]
                self.assertIs(result["same_bits"], True)
                self.assertEqual(result["logits_compared"], 100 * support.VOCAB_SIZE)
                self.assertEqual((result["kv"], result["threads"], result["prefill_chunk"]), (kv, 2, 7))

    def test_numbers_belong_together(self):
        result = self.compare("-n", "60", "-r", "3")["without_cache"]
        self.assertEqual((result["tokens"], result["repetitions"]), (60, 3))
        for way, seconds in result["best_token_seconds"].items():
            self.assertEqual(len(seconds), 60)
            self.assertGreater(min(seconds), 0)
            self.assertAlmostEqual(sum(seconds), result["seconds"][way], places=9)
        self.assertAlmostEqual(result["ratio"], result["seconds"]["recomputed"] / result["seconds"]["cached"], places=6)

    def test_a_text_is_as_long_as_the_context_by_default(self):
        self.assertEqual(self.compare()["without_cache"]["tokens"], support.CONTEXT)
        self.assertEqual(self.compare("-c", "20")["without_cache"]["tokens"], 20)
        self.assertEqual(self.compare("-c", "300", "--allow-longer-context")["without_cache"]["tokens"], 256)

    def test_a_model_without_vocabulary(self):
        shape = support.random_model("plain.ringlet", "llama:dim=32,layers=1,heads=4,ffn=32,vocab=300")
        self.assertIn(b"All 2,400 logits of the 8 positions have the same bits with and without the cache.\n",
                      self.succeeds("bench", shape, "--without-cache", "-n", "8"))

    def test_table_for_people(self):
        lines = self.succeeds("bench", support.model(), "--without-cache", "-n", "37", "-r", "1").decode().splitlines()
        self.assertRegex(lines[0], r"^tiny-int8.ringlet, .*, 1 thread, kv \w+, \w+, chunks of 64$")
        rows = [line.split() for line in lines[4:-2]]
        self.assertEqual([row[0] for row in rows], ["1", "2", "4", "8", "16", "32", "37"])
        self.assertEqual({len(row) for row in rows}, {7})
        self.assertEqual(lines[-1], f"All {37 * support.VOCAB_SIZE:,} logits of the 37 positions have the same bits with and "
                                    "without the cache.")

    def test_drawing(self):
        picture = support.path("without.svg")
        self.succeeds("bench", support.model(), "--without-cache", "-n", "37", "-r", "1", "--svg", picture)
        drawing = xml.dom.minidom.parseString(support.read(picture))
        curves = drawing.getElementsByTagName("polyline")
        self.assertEqual([curve.getAttribute("class") for curve in curves], ["recomputedcurve", "cachedcurve"] * 2)
        for curve in curves:
            points = [tuple(map(float, point.split(","))) for point in curve.getAttribute("points").split()]
            self.assertEqual(len(points), 37)
            self.assertEqual(points, sorted(points, key=lambda point: point[0]))
            self.assertTrue(all(116 <= y <= 336 for _, y in points), points)
        for so_far in curves[2:]:
            heights = [float(point.split(",")[1]) for point in so_far.getAttribute("points").split()]
            self.assertEqual(heights, sorted(heights, reverse=True))
        style = drawing.getElementsByTagName("style")[0].firstChild.data
        for element in drawing.getElementsByTagName("*"):
            for kind in element.getAttribute("class").split():
                self.assertIn(f".{kind}{{", style)

    def test_one_token_can_be_drawn(self):
        self.succeeds("bench", support.model(), "--without-cache", "-n", "1", "--svg", support.path("one.svg"))
        xml.dom.minidom.parseString(support.read(support.path("one.svg")))

    def test_a_folder_that_is_missing_is_reported_first(self):
        line = self.fails(1, "bench", support.model(), "--without-cache", "--svg", "/nowhere/x.svg")
        self.assertIn("/nowhere/x.svg: cannot be written", line)

    def test_options_that_make_no_sense(self):
        once = "and --without-cache exclude each other: "
        for arguments, expected in (
                (("-p", "4"), f"-p {once}the text begins with its first token; leave one of them out"),
                (("-d", "4"), f"--depth {once}the text begins with its first token; leave one of them out"),
                (("--prefill", "auto"), f"--prefill auto {once}XNNPACK computes other bits; leave one of them out"),
                (("-n", "3,4"), "-n: --without-cache takes one value (got 2)"),
                (("-t", "1,2"), "--threads: --without-cache takes one value (got 2)"),
                (("--kv", "f32,f16,int8"), "--kv: --without-cache takes one value (got 3)"),
                (("-n", "0"), "-n 0 leaves nothing to compare; give --without-cache tokens"),
                (("-n", "129"), "-n: must be at most the context of 128 with --without-cache, because older tokens leave the "
                                "cache (got 129); use -n 128 or a longer --context")):
            line = self.fails(2, "bench", support.model(), "--without-cache", *arguments, "--svg", support.path("never.svg"))
            self.assertEqual(line, f"ringlet: bench: {expected}\n")
            self.assertFalse(os.path.exists(support.path("never.svg")))
        self.assertEqual(self.fails(2, "bench", support.model(), "--svg", support.path("never.svg")),
                         "ringlet: bench: --svg requires --without-cache\n")


if __name__ == "__main__":
    unittest.main()
