"""Tests the comparison with llama.cpp: the GGUF files that it writes, and a complete run with stand-ins for llama.cpp's
programs.

Environment: RINGLET_BUILD, the build directory.
"""

import json
import math
import os
import shutil
import stat
import statistics
import struct
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import programs  # noqa: E402
import random_gguf  # noqa: E402

BUILD = os.environ["RINGLET_BUILD"]
SHAPE = "llama:dim=64,layers=2,heads=4,kv_heads=2,ffn=96,vocab=300,context=256"
ARCHITECTURE = {"vocab_size": 300, "dim": 64, "hidden_dim": 96, "layers": 2, "heads": 4, "kv_heads": 2, "head_dim": 16,
                "rotary_dim": 16, "context": 256, "norm_epsilon": 1e-5, "rope_theta": 10000.0, "tied_embedding": False}

# A stand-in for llama-quantize notes its arguments and copies; one for llama-bench prints a document.
QUANTIZE = """#!/usr/bin/env python3
import shutil, sys
open({notes!r}, "a").write(" ".join(sys.argv[1:]) + "\\n")
*pure, source, target, kind = sys.argv[1:]
shutil.copyfile(source, target)
"""
BENCH = """#!/usr/bin/env python3
import json, sys, time
if {fails}: sys.exit("no such luck")
memory = b"x" * (64 << 20)
time.sleep(0.2)
open({notes!r}, "a").write(" ".join(sys.argv[1:]) + "\\n")
print(json.dumps([{{"avg_ts": 50.0, "build_commit": "abc"}}]))
"""


class Reader:
    """Reads GGUF as its specification says, knowing nothing of the writer."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, layout):
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values[0] if len(values) == 1 else values

    def string(self):
        length = self.take("Q")
        self.at += length
        return self.data[self.at - length:self.at].decode()

    def value(self, kind):
        if kind == 8:
            return self.string()
        if kind == 9:
            inner, count = self.take("IQ")
            return [self.value(inner) for _ in range(count)]
        return self.take({4: "I", 5: "i", 6: "f"}[kind])

    def file(self):
        magic, version, tensors, entries = self.take("4sIQQ")
        assert (magic, version) == (b"GGUF", 3)
        metadata = {}
        for _ in range(entries):
            key = self.string()
            metadata[key] = self.value(self.take("I"))
        found = {}
        for _ in range(tensors):
            name = self.string()
            shape = [self.take("Q") for _ in range(self.take("I"))]
            kind, offset = self.take("IQ")
            found[name] = (shape, kind, offset)
        begin = -(-self.at // 32) * 32
        return metadata, found, begin


class Gguf(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ringlet-bench-")
        self.addCleanup(shutil.rmtree, self.folder)

    def written(self, **changes):
        path = os.path.join(self.folder, "model.gguf")
        random_gguf.write(path, {**ARCHITECTURE, **changes}, "test")
        with open(path, "rb") as file:
            return file.read()

    def test_metadata(self):
        metadata, _, _ = Reader(self.written()).file()
        for key, value in (("general.architecture", "llama"), ("llama.block_count", 2), ("llama.embedding_length", 64),
                           ("llama.feed_forward_length", 96), ("llama.attention.head_count", 4),
                           ("llama.attention.head_count_kv", 2), ("llama.rope.dimension_count", 16),
                           ("llama.context_length", 256), ("llama.vocab_size", 300)):
            self.assertEqual(metadata[key], value, key)
        self.assertAlmostEqual(metadata["llama.attention.layer_norm_rms_epsilon"], 1e-5, delta=1e-12)
        for key in ("tokens", "scores", "token_type"):
            self.assertEqual(len(metadata["tokenizer.ggml." + key]), 300)
        self.assertEqual(metadata["tokenizer.ggml.tokens"][3 + 0x41], "<0x41>")
        self.assertEqual(len(set(metadata["tokenizer.ggml.tokens"])), 300)

    def test_tensors_fill_the_file(self):
        data = self.written()
        _, tensors, begin = Reader(data).file()
        self.assertEqual(len(tensors), 2 * 9 + 3)
        self.assertEqual(tensors["token_embd.weight"][:2], ([64, 300], 1))
        self.assertEqual(tensors["blk.1.attn_k.weight"][:2], ([64, 32], 1))
        self.assertEqual(tensors["blk.0.ffn_down.weight"][:2], ([96, 64], 1))
        self.assertEqual(tensors["blk.0.ffn_norm.weight"][:2], ([64], 0))
        end = 0
        for name, (shape, kind, offset) in tensors.items():
            self.assertEqual(offset, end, name)
            end = -(-(offset + math.prod(shape) * (2 if kind == 1 else 4)) // 32) * 32
        self.assertEqual(begin + end, len(data))

    def test_tied_embedding_has_no_matrix(self):
        _, tensors, _ = Reader(self.written(tied_embedding=True)).file()
        self.assertNotIn("output.weight", tensors)

    def test_weights_are_nearly_normal(self):
        data = self.written(vocab_size=3000)
        _, tensors, begin = Reader(data).file()
        shape, _, offset = tensors["token_embd.weight"]
        weights = struct.unpack_from(f"<{math.prod(shape)}e", data, begin + offset)
        self.assertAlmostEqual(statistics.fmean(weights), 0, delta=0.003)
        self.assertAlmostEqual(statistics.pstdev(weights), 64 ** -0.5, delta=0.05 * 64 ** -0.5)
        within = sum(abs(weight) < 64 ** -0.5 for weight in weights) / len(weights)
        self.assertAlmostEqual(within, 0.683, delta=0.03)

    def test_small_vocabulary_is_refused(self):
        with self.assertRaisesRegex(ValueError, "vocabulary of 200"):
            self.written(vocab_size=200)


class StandIns(unittest.TestCase):
    """A build of llama.cpp whose programs are stand-ins."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ringlet-bench-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.llama = self.path("llama")
        os.makedirs(os.path.join(self.llama, "bin"))
        self.script("llama-quantize", QUANTIZE.format(notes=self.path("quantize")))
        self.script("llama-bench", BENCH.format(notes=self.path("bench"), fails=False))

    def path(self, name):
        return os.path.join(self.folder, name)

    def script(self, name, text):
        path = os.path.join(self.llama, "bin", name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)

    def lines_of(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read().splitlines()


def document_pages(output):
    """The line of a table's head that says what decides about pages."""
    return next(line for line in output.splitlines() if "lie on" in line)


class Comparison(StandIns):
    def compare(self, *arguments):
        return subprocess.run(
            [sys.executable, "-B", os.path.join(HERE, "compare_llama_cpp.py"), "--llama", f"a={self.llama}",
             "--ringlet", BUILD, "--cache", self.path("cache"), "--shape", SHAPE, *arguments],
            capture_output=True, text=True, check=False, timeout=300)

    def test_models_are_made_once_and_the_float_file_goes(self):
        for _ in range(2):
            done = self.compare("--models-only")
            self.assertEqual(done.returncode, 0, done.stderr)
        made = sorted(os.listdir(self.path("cache")))
        name = "llama-dim-64-layers-2-heads-4-kv-heads-2-ffn-96-vocab-300-context-256-"
        self.assertEqual(made, [name + ending for ending in
                                ("int4.ringlet", "int8.ringlet", "q4_0.gguf", "q8_0.gguf")])
        calls = self.lines_of("quantize")
        self.assertEqual([(call.split()[0], call.split()[-1]) for call in calls],
                         [("--pure", "Q4_0"), ("--pure", "Q8_0")])

    def test_default_heads_have_models_of_their_own(self):
        done = self.compare("--models-only", "--type", "int4", "--head", "default")
        self.assertEqual(done.returncode, 0, done.stderr)
        name = "llama-dim-64-layers-2-heads-4-kv-heads-2-ffn-96-vocab-300-context-256-"
        made = sorted(os.listdir(self.path("cache")))
        self.assertEqual(made, [name + "int4-default-head.ringlet", name + "q4_0-default-head.gguf"])
        self.assertNotIn("--pure", self.lines_of("quantize")[0])
        inspected, _ = programs.run_json([programs.find(BUILD, "ringlet"), "inspect",
                                          os.path.join(self.path("cache"), made[0]), "--json"])
        self.assertIn("int8", json.dumps(inspected))

    def test_table(self):
        done = self.compare("--type", "int4", "--threads", "1", "-n", "200", "-r", "2", "--llama",
                            f"b:scalar={self.llama}", "--json", self.path("samples.json"))
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith("| llama:")]
        self.assertEqual([(row[1], row[2], row[4], row[7]) for row in rows],
                         [("int4 / Q4_0", "1", "a", "50.0"), ("int4 / Q4_0", "1", "b", "50.0")])
        self.assertEqual(rows[1][3], "scalar")
        self.assertRegex(rows[0][5], "^file, (huge|small)$")  # a file this small is never copied
        self.assertRegex(document_pages(done.stdout), "^Model files lie on .*; the kernel's setting of .* is ")
        with open(self.path("samples.json"), encoding="utf-8") as file:
            document = json.load(file)
        self.assertRegex(document["measured"], r"^20\d\d-\d\d-\d\d$")
        self.assertNotIn("provisional", document)
        self.assertEqual(document["options"], {"tokens": 200, "repeats": 2, "kv": "f16", "head": "alike"})
        self.assertEqual(list(document["llama.cpp"]), ["a", "b"])
        self.assertEqual(document["ringlet"]["build_type"], programs.cache_entry(BUILD, "CMAKE_BUILD_TYPE"))
        results = document["results"]
        self.assertEqual([len(result["ringlet"]) for result in results], [2, 2])
        self.assertGreater(results[0]["llama.cpp"][0]["own"], 64 << 20)
        self.assertGreater(results[0]["ringlet_memory"]["resident"], 1 << 20)
        expected = statistics.median(sample["speed"] / 50 for sample in results[0]["ringlet"])
        self.assertEqual(rows[0][8], f"{expected:.2f}")
        self.assertTrue(all("-p 0 -n 200 -r 1 -t 1 -o json" in line for line in self.lines_of("bench")))
        self.assertEqual(len(self.lines_of("bench")), 4)

    def test_without_a_build_of_llama_cpp_ringlet_is_measured_alone(self):
        done = subprocess.run(
            [sys.executable, "-B", os.path.join(HERE, "compare_llama_cpp.py"), "--ringlet", BUILD, "--cache",
             self.path("cache"), "--shape", SHAPE, "--type", "int8", "-n", "8", "-r", "1", "--json",
             self.path("alone.json"), "--provisional", "only a try"],
            capture_output=True, text=True, check=False, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("\nProvisional: only a try.\n", done.stdout)
        (row,) = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("| llama:")]
        self.assertEqual((row[4], row[7], row[8], row[11]), ("–", "–", "–", "–"))
        with open(self.path("alone.json"), encoding="utf-8") as file:
            document = json.load(file)
        self.assertEqual((document["provisional"], document["llama.cpp"]), ("only a try", {}))
        self.assertEqual([len(document["results"][0][name]) for name in ("ringlet", "llama.cpp")], [1, 0])
        self.assertEqual([name[-7:] for name in os.listdir(self.path("cache"))], ["ringlet"])

    def test_a_program_that_fails_is_named_with_its_last_words(self):
        self.script("llama-bench", BENCH.format(notes="", fails=True))
        done = self.compare("--type", "int8", "-n", "8", "-r", "1")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"compare_llama_cpp: .*llama-bench -m .* ended with status 1: no such luck\n$")

    def test_what_is_missing_is_named(self):
        done = self.compare("--llama", "b=" + self.path("nowhere"), "--models-only")
        self.assertEqual(done.returncode, 0, done.stderr)  # only the first build's quantizer is used
        os.remove(os.path.join(self.llama, "bin", "llama-quantize"))
        done = self.compare("--models-only")
        self.assertEqual((done.returncode, done.stderr),
                         (1, f"compare_llama_cpp: {self.llama} has no llama-quantize; give a build directory\n"))

    def test_wrong_options(self):
        for option, value, expected in (("--llama", "dir", "is not NAME=DIR or NAME:ISA=DIR"),
                                        ("--threads", "0", "is not a whole number from 1"),
                                        ("--type", "int2", "invalid choice")):
            done = self.compare(option, value)
            self.assertEqual(done.returncode, 2)
            self.assertIn(expected, done.stderr)


class Depth(StandIns):
    """The comparison deep in a context; a stand-in for llama_decode lies where the script keeps it."""

    def compare(self, *arguments):
        return subprocess.run(
            [sys.executable, "-B", os.path.join(HERE, "compare_depth.py"), "--llama", f"a={self.llama}", "--ringlet",
             BUILD, "--cache", self.path("cache"), "--shape", SHAPE, *arguments],
            capture_output=True, text=True, check=False, timeout=300)

    def stand_in(self, seconds):
        os.makedirs(self.path("cache"))
        program = os.path.join(self.path("cache"), "llama_decode-a")
        with open(program, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\necho \"$2 $3 $4 $5 $6$8\" >> {self.path('decode')}\necho '{seconds}'\n")
        os.chmod(program, 0o755)

    def rows(self, *arguments):
        done = self.compare("--depth", "100", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("| 100")]

    def test_table(self):
        self.stand_in([0.25, 0.25, 0.5])
        rows = self.rows("--kv", "int8", "--kv", "int4", "-n", "3", "-r", "2")
        self.assertEqual([(row[1], row[2], row[4], row[6]) for row in rows],
                         [("int8 / q8_0", "1", "a", "3.0"), ("int4 / q4_0", "1", "a", "3.0")])
        for row in rows:
            self.assertAlmostEqual(float(row[7]), float(row[5]) / 3, delta=0.2 * float(row[7]))
            self.assertGreaterEqual(float(row[9]), 1)
        self.assertEqual(self.lines_of("decode"), ["1 100 3 1 q8_0"] * 2 + ["1 100 3 1 q4_0"] * 2)

    def test_prompts_go_together(self):
        self.stand_in([0.5])
        (row,) = self.rows("-p", "-n", "8", "-r", "1", "--kv", "int8")
        self.assertEqual((row[6], len(row)), ("16.0", 8))
        self.assertEqual(self.lines_of("decode"), ["1 100 8 8 q8_0"])

    def test_llama_cpp_samples_where_we_do(self):
        self.stand_in([0.5])
        (row,) = self.rows("--sample", "-n", "8", "-r", "1", "--kv", "int8")
        self.assertEqual((row[6], self.lines_of("decode")), ("16.0", ["1 100 8 1 q8_0sample"]))

    def test_prompts_are_not_sampled(self):
        done = self.compare("--sample", "-p")
        self.assertEqual(done.returncode, 2)
        self.assertIn("leave out --prompt", done.stderr)

    def test_a_folder_that_is_no_build_is_named(self):
        done = self.compare("-n", "3", "-r", "1")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.splitlines()[-1],
                         f"compare_depth: {self.llama} has no CMakeCache.txt; give a build directory")


class Memory(unittest.TestCase):
    def test_peak_is_that_of_the_program_and_not_ours(self):
        ballast = bytearray(b"x") * (128 << 20)
        _, memory = programs.run(["sleep", "0.2"])
        del ballast
        self.assertGreater(memory["resident"], 1 << 18)
        self.assertLess(memory["resident"], 16 << 20)


if __name__ == "__main__":
    unittest.main()
