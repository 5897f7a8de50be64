"""ringlet-convert --families, and families that are refused by name."""

import json
import os
import struct
import subprocess
import unittest

import support
from support import CONVERT, TestCase, folder, path, write


def converter(*options, **keywords):
    return subprocess.run(CONVERT + list(options), capture_output=True, check=False, **keywords)


def on_terminal(columns, *options):
    return support.on_terminal(CONVERT + list(options), columns).decode().replace("\r\n", "\n")


class List(TestCase):
    def listed(self, *options):
        done = converter("--families", *options)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual(done.stderr, b"")
        return done.stdout.decode()

    def setUp(self):
        self.document = json.loads(self.listed("--json"))
        self.families = self.document["families"]

    def test_json_has_names_and_proofs(self):
        by_name = {name: family for family in self.families for name in family["model_types"]}
        self.assertEqual(by_name["granitemoehybrid"]["architectures"], ["granite"])
        self.assertEqual(by_name["gpt_neo"]["architectures"], [])
        self.assertIn("mistral3", by_name)
        self.assertNotIn("mixtral", by_name)
        for family in self.families:
            self.assertLessEqual(set(family["proofs"]), set(self.document["proofs"]))
        self.assertIn("llama.cpp", self.document["proofs"]["L"])

    def test_a_pipe_gets_one_aligned_line_for_each_family(self):
        lines = self.listed().split("\n\n")[0].splitlines()
        self.assertEqual(len(lines), 1 + len(self.families))
        offsets = [lines[0].index(title) for title in ("config.json", "GGUF", "proved", "beyond")]
        for line, family in zip(lines[1:], self.families):
            cells = [line[begin:end].strip() for begin, end in zip(offsets, offsets[1:] + [None])]
            self.assertEqual(cells, [", ".join(family["model_types"]), ", ".join(family["architectures"]) or "-",
                                     "".join(family["proofs"]), family["beyond_llama2"]])

    def test_a_terminal_gets_lines_that_fit(self):
        words = sorted(self.listed().split())
        for columns in (60, 80, 120, 200):
            text = on_terminal(columns, "--families")
            self.assertEqual(sorted(text.split()), words)
            self.assertLessEqual(max(map(len, text.splitlines())), columns)
        self.assertLessEqual(max(map(len, on_terminal(0, "--families").splitlines())), 80)

    def test_it_stands_alone(self):
        for other in (("source.gguf",), ("-o", "model.ringlet"), ("--random", "llama-15m")):
            done = converter("--families", *other)
            self.assertEqual(done.returncode, 2)
            self.assertIn("--families excludes", done.stderr.decode().replace("excludes --families", "--families excludes"))
        self.assertIn(b"--output is required", converter("source.gguf").stderr)

    def test_a_list_that_cannot_be_written_is_a_failure(self):
        for options in ((), ("--json",)):
            with open("/dev/full", "wb") as full:
                done = subprocess.run(CONVERT + ["--families", *options], stdout=full, stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"standard output: cannot be written: No space left", done.stderr)


class Refusals(TestCase):
    END = "; ringlet-convert --families lists what is\n"

    def error_of(self, source):
        done = converter(source, "-o", path("refused.ringlet"))
        self.assertEqual(done.returncode, 1)
        self.assertFalse(os.path.exists(path("refused.ringlet")))
        error = done.stderr.decode()
        self.assertEqual(error.count("\n"), 1, error)
        return error

    def folder_error(self, **config):
        os.makedirs(path("family"), exist_ok=True)
        write("family/config.json", json.dumps(config).encode())
        return self.error_of(os.path.join(folder(), "family"))

    def gguf_error(self, architecture):
        def text(value):
            return struct.pack("<Q", len(value)) + value.encode()

        head = b"GGUF" + struct.pack("<IQQ", 3, 1, 1)
        head += text("general.architecture") + struct.pack("<I", 8) + text(architecture)
        head += text("token_embd.weight") + struct.pack("<IQQIQ", 2, 4, 2, 0, 0)
        return self.error_of(write("family.gguf", head + bytes(-len(head) % 32) + bytes(32)))

    def test_reasons(self):
        for name, reason in (("mixtral", "its feed-forward blocks are mixtures of experts"), ("bert", "it is an encoder"),
                             ("gemma3n", "Gemma 4 has superseded it"), ("mamba2", "state-space models")):
            error = self.folder_error(model_type=name)
            self.assertIn(f"the family '{name}' is not supported: ", error)
            self.assertIn(reason, error)
            self.assertTrue(error.endswith(self.END), error)
        for name, reason in (("deepseek2", "a latent vector"), ("granitehybrid", "state-space models"), ("rwkv7", "RWKV")):
            error = self.gguf_error(name)
            self.assertIn(f"general.architecture = '{name}' is not supported: ", error)
            self.assertIn(reason, error)
            self.assertTrue(error.endswith(self.END), error)

    def test_unknown_names(self):
        self.assertTrue(self.folder_error(model_type="qwen9").endswith("the family 'qwen9' is not supported" + self.END))
        self.assertTrue(self.gguf_error("qwen9").endswith("general.architecture = 'qwen9' is not supported" + self.END))
        self.assertIn("config.json: model_type is missing", self.folder_error(hidden_size=8))


if __name__ == "__main__":
    unittest.main()
