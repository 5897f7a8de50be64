"""Compares real byte-level vocabularies, with bytes that have no piece, with an implementation in Python."""

import os
import random
import sys
import unittest

import support

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "reference"))
from byte_pairs import ALPHABET, BytePairs  # noqa: E402

TOKENIZERS = os.path.join(os.environ.get("RINGLET_TEST_DATA", ""), "tokenizers")

PARTS = ["a", "Word", "hello", "don't", "'s", "'LL", "they've", " ", "  ", "   ", "\t", "\n", "\r\n", "1", "12",
         "123456789", "٣", "१२३", "²³", "½", "é", "e\u0301", "ß", "ò", "中文", "想在", "한국어", "日本語テキスト",
         "Привет", "Ελληνικά", "עברית", "العربية", "हिन्दी", "ไทย", "\U0001F999", "\U0001F469\u200D\U0001F680",
         "\u00A0", "\u3000", "\u200B", "…", "“q”", "!?", "...", "--", "$%", "€", "+=<>^~|`", "<|endoftext|>",
         ">>TITLE<<", "<|im_start|>", "http://x.y/z?a=1&b=2", "def f(x):\n    return x", "\0", "\x01", "\x7F",
         "\x85", "\xAD", "Ⅷ", "ﬁ", "ＡＢ"]


def texts(seed, count):
    generator = random.Random(seed)
    for _ in range(count):
        parts = [generator.choice(PARTS) for _ in range(generator.randint(1, 14))]
        yield "".join(parts) + "".join(chr(generator.randrange(256)) for _ in range(generator.randint(0, 3)))


@unittest.skipUnless(os.path.isdir(TOKENIZERS), "SKIPPED: no real tokenizers; set RINGLET_TEST_DATA")
class RealTokenizers(support.TestCase):
    def check(self, name, missing):
        file = os.path.join(TOKENIZERS, name, "tokenizer.json")
        reference = BytePairs(file)
        letters = {piece for piece in reference.vocab if len(piece) == 1}
        self.assertEqual(len(set(ALPHABET.values()) - letters), missing)
        shape = f"llama:dim=64,layers=1,heads=8,ffn=64,vocab={reference.size}"
        model = support.run_converter(support.path(name), "--random", shape, "--tokenizer", file)
        for text in texts(name, 60):
            ids = self.succeeds("tokenize", model, "--special", "--no-bos", "-", stdin=text.encode() + b"\n")
            self.assertEqual([int(token) for token in ids.split()], reference.encode(text), repr(text))

    def test_smollm2(self):
        self.check("smollm2", 21)

    def test_falcon(self):
        self.check("falcon", 28)

    def test_gpt2(self):
        self.check("gpt2", 0)


if __name__ == "__main__":
    unittest.main()
