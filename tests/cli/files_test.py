"""Files that are not intact models: one clear line, exit status 1, never a crash."""

import os
import random
import struct
import unittest

from support import TestCase, folder, model, path, read, ringlet, write


class Files(TestCase):
    def every_command_refuses(self, file_name, expected):
        for command in (["run"], ["plan"], ["inspect"], ["verify"], ["digest"]):
            line = self.fails(1, *command, file_name)
            self.assertIn(file_name, line)
            self.assertIn(expected, line)
        self.assertIn(expected, self.fails(1, "tokenize", file_name, "text"))

    def test_not_a_file(self):
        self.every_command_refuses(path("missing.ringlet"), "does not exist")
        self.every_command_refuses(folder(), "is a folder")
        self.every_command_refuses(write("empty.ringlet", b""), "is empty")
        os.mkfifo(path("pipe"))
        self.every_command_refuses(path("pipe"), "not a regular file")

    def test_other_formats_are_recognised(self):
        gguf = write("model.gguf", b"GGUF" + bytes(100))
        remedy = f"convert it first: ringlet-convert '{gguf}' -o MODEL.ringlet"
        self.assertEqual(self.fails(1, "run", gguf), f"ringlet: {gguf}: is a GGUF file; {remedy}\n")
        legacy = write("legacy.bin", struct.pack("<7i", 64, 172, 5, 8, 4, 512, 512) + bytes(100))
        remedy = f"convert it first: ringlet-convert '{legacy}' -o MODEL.ringlet --tokenizer TOKENIZER"
        self.assertEqual(self.fails(1, "run", legacy), f"ringlet: {legacy}: is a llama2.c checkpoint; {remedy}\n")
        version_1 = write("v1.bin", struct.pack("<i", 0x616B3432) + bytes(300))
        self.assertIn("is a llama2.c checkpoint", self.fails(1, "run", version_1))
        tensors = write("model.safetensors", struct.pack("<Q", 50) + b'{"a":{}}' + bytes(100))
        self.assertIn("is a safetensors file; convert it first: ", self.fails(1, "run", tensors))
        hugging = path("it's a model")
        os.makedirs(hugging)
        self.assertIn("is a folder; name a file", self.fails(1, "run", hugging))
        with open(os.path.join(hugging, "config.json"), "w", encoding="utf-8") as file:
            file.write("{}")
        quoted = hugging.replace("'", "'\\''")
        self.assertEqual(self.fails(1, "run", hugging), f"ringlet: {hugging}: is a Hugging Face folder; convert it first: "
                         f"ringlet-convert '{quoted}' -o MODEL.ringlet\n")
        self.assertIn("not a ringlet model", self.fails(1, "run", write("text", b"Once upon a time. " * 9)))

    def test_a_session_is_not_a_model_and_a_model_not_a_session(self):
        saved = path("saved.prefix")
        self.succeeds("prefix", model(), "-p", "Once", "-o", saved, "-q")
        self.assertEqual(self.fails(1, "run", saved), f"ringlet: {saved}: is a saved session, not a model; "
                         "give it with --prefix or --session\n")
        for option in ("--session", "--prefix"):
            self.assertEqual(self.fails(1, "run", model(), option, model()),
                             f"ringlet: {model()}: is a model, not a saved session\n")

    def test_damage_names_the_remedy(self):
        content = read(model())
        damaged = bytearray(content)
        damaged[-1] ^= 1
        for name, bytes_left in (("short", content[:10]), ("half", content[:len(content) // 2]), ("head", content[:100]),
                                 ("bit", bytes(damaged))):
            line = self.fails(1, "verify", "-q", write(f"{name}.ringlet", bytes_left))
            self.assertTrue(line.endswith("; copy or convert the file again\n"), line)

    def test_a_text_is_a_file(self):
        self.assertEqual(self.fails(1, "run", model(), "-f", folder()), f"ringlet: {folder()}: is a folder; name a file\n")
        self.assertEqual(self.fails(1, "perplexity", model(), "-f", "-"),
                         "ringlet: standard input: has no token to predict\n")

    def test_another_version(self):
        content = bytearray(read(model()))
        content[8:10] = struct.pack("<H", 9)
        self.assertIn("version", self.fails(1, "verify", write("version.ringlet", content)))

    def test_truncated(self):
        content = read(model())
        for size in (1, 4, 63, 64, 65, 1000, len(content) // 2, len(content) - 1):
            self.fails(1, "verify", write("short.ringlet", content[:size]))
            self.fails(1, "run", path("short.ringlet"), "-n", "3", "-q")

    def test_intact(self):
        line = self.succeeds("verify", model()).decode()
        self.assertRegex(line, r": ok \(.*checksums.*\)\n$")
        self.assertEqual(line.count("\n"), 1)

    def test_flipped_bits(self):
        content = read(model())
        generator = random.Random(7)
        places = list(range(0, 64, 7)) + [generator.randrange(len(content)) for _ in range(40)]
        for place in places:
            damaged = bytearray(content)
            damaged[place] ^= 1 << generator.randrange(8)
            file_name = write("damaged.ringlet", damaged)
            checked = ringlet("verify", file_name)
            # Bytes between two planes belong to nobody; every other is covered.
            self.assertIn(checked.returncode, (0, 1), f"byte {place}")
            used = ringlet("run", file_name, "-n", "3", "-q", "--ignore-eos")
            self.assertEqual(used.returncode, checked.returncode, f"byte {place}")
            if used.returncode == 1:
                self.assertEqual(used.stderr.count(b"\n"), 1)

    def test_damaged_weights_are_named(self):
        content = bytearray(read(model()))
        content[-100] ^= 0x10
        damaged = write("weights.ringlet", content)
        self.assertIn("damaged (checksum differs)", self.fails(1, "verify", damaged))
        self.assertIn("damaged (checksum differs)", self.fails(1, "run", damaged))
        self.succeeds("run", damaged, "--no-verify", "-n", "3", "-q", "--ignore-eos")


if __name__ == "__main__":
    unittest.main()
