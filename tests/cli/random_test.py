"""`ringlet-convert --random`: the models run, the same seed gives the same file, errors are one line."""

import json
import subprocess
import unittest

from support import CONVERT, TestCase, path, read

SHAPE = "llama:dim=64,layers=2,heads=4,kv_heads=2,ffn=96,vocab=300,context=128"


def make(name, shape, *options):
    """Runs ringlet-convert; the file's path and what it printed."""
    file_name = path(name)
    done = subprocess.run(CONVERT + ["--random", shape, "-o", file_name, *options], capture_output=True,
                          check=False)
    return file_name, done


class Random(TestCase):
    def made(self, name, shape, *options):
        file_name, done = make(name, shape, *options)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return file_name

    def test_every_command_takes_it(self):
        for weights in ("int4", "int8", "f32"):
            file_name = self.made(f"{weights}.ringlet", SHAPE, "--weights", weights)
            self.assertIn(b": ok (", self.succeeds("verify", file_name))
            self.assertRegex(self.succeeds("digest", file_name).decode(), r"^[0-9a-f]{16}\n$")
            text = self.succeeds("run", file_name, "-p", "Grün", "-n", "40", "--ignore-eos", "-q", "--seed", "1")
            self.assertTrue(text.startswith("Grün".encode()), text)
            self.assertGreater(len(text), 44)
            bench = json.loads(self.succeeds("bench", file_name, "-p", "8", "-n", "8", "-r", "1", "--threads", "1",
                                             "--json"))
            self.assertEqual([row["test"] for row in bench["results"]], ["prefill", "decode"])

    def test_text_is_bytes(self):
        file_name = self.made("bytes.ringlet", SHAPE)
        ids = self.succeeds("tokenize", file_name, "a 259").decode().split()
        self.assertEqual(ids, [str(i) for i in [1] + [byte + 3 for byte in b" a 259"]])

    def test_provenance_says_random_and_the_seed(self):
        document = json.loads(self.succeeds("inspect", self.made("seed.ringlet", SHAPE + ",seed=77"), "--json"))
        self.assertEqual(document["provenance"]["name"], "random-llama")
        self.assertEqual(document["provenance"]["source"],
                         "random weights llama:dim=64,layers=2,heads=4,kv_heads=2,head_dim=16,ffn=96,"
                         "vocab=300,context=128,tied=0,seed=77")
        self.assertEqual(document["architecture"]["hidden_dim"], 96)
        self.assertFalse(document["architecture"]["tied_embedding"])

    def test_the_seed_decides(self):
        first = read(self.made("first.ringlet", SHAPE))
        self.assertEqual(first, read(self.made("again.ringlet", SHAPE + ",seed=1")))
        self.assertNotEqual(first, read(self.made("other.ringlet", SHAPE + ",seed=2")))

    def test_a_preset_with_fewer_layers(self):
        file_name = self.made("preset.ringlet", "llama-15m:layers=1,vocab=1000", "--no-tokenizer")
        document = json.loads(self.succeeds("inspect", file_name, "--json"))
        self.assertEqual(document["architecture"]["dim"], 288)
        self.assertIsNone(document["tokenizer"])

    def test_mistakes(self):
        for status, shape, expected, *options in (
                (2, "llama-15m:width=3", "--random: 'width' is not a key"),
                (2, "llama-15m:dim=x", "--random: dim: 'x' is not a whole number"),
                (2, "llama", "--random: dim is missing"),
                (2, "bert", "there is no random model 'bert'"),
                (1, SHAPE, "t.bin", "--tokenizer", "t.bin"),
                (2, SHAPE, "--random", "checkpoint.bin"),
                (1, "llama-15m:kv_heads=4", "4 key/value heads cannot share"),
                (1, "llama-15m:head_dim=20", "head_dim: must be a multiple of 8"),
                (1, "llama-15m:vocab=100", "vocab: 100 is less than the 259 pieces")):
            file_name, done = make("mistake.ringlet", shape, "-q", *options)
            error = done.stderr.decode()
            self.assertEqual(done.returncode, status, error)
            self.assertEqual(error.count("\n"), 1, error)
            self.assertTrue(error.startswith("ringlet-convert: error: "), error)
            self.assertIn(expected, error)
            with self.assertRaises(FileNotFoundError):
                read(file_name)

    def test_a_source_is_needed(self):
        done = subprocess.run(CONVERT + ["-o", path("none.ringlet")], capture_output=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"SOURCE or --random is required", done.stderr)


if __name__ == "__main__":
    unittest.main()
