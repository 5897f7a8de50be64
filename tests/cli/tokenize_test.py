"""ringlet tokenize: text to ids and ids to text."""

import unittest

from support import TestCase, convert, model, path


class Tokenize(TestCase):
    def ids(self, text, *options):
        return self.succeeds("tokenize", model(), text, *options).decode()

    def test_ids_on_one_line(self):
        line = self.ids("Once the")
        self.assertRegex(line, r"^1( \d+)+\n$")
        self.assertEqual(self.ids("Once the", "--no-bos"), line[2:])
        self.assertEqual(self.ids(""), "1\n")

    def test_pieces(self):
        lines = self.ids("Once the\n", "--pieces").splitlines()
        self.assertEqual([line.split(" ", 1)[1] for line in lines[1:]], ['" Once"', '" the"', '"\\n"'])

    def test_round_trip(self):
        for text in ("Once the sing was and", " two  spaces ", "été ß 漢字 \N{GRINNING FACE}", "tab\tand\nlines\n"):
            ids = self.succeeds("tokenize", model(), "-", stdin=text.encode() + b"\n")
            back = self.succeeds("tokenize", model(), "--decode", "-", stdin=ids)
            self.assertEqual(back.decode(), text + "\n")

    def test_long_text(self):
        text = b"the and was Once " * 2000 + b"x" * 5000
        ids = self.succeeds("tokenize", model(), "-", stdin=text)
        self.assertEqual(self.succeeds("tokenize", model(), "--decode", "-", stdin=ids), text + b"\n")

    def test_bad_ids(self):
        for ids in ("350", "-1", "1 x", "99999999999"):
            self.assertIn("is not a token id", self.fails(2, "tokenize", model(), "--decode", "--", ids))

    def test_a_model_without_a_tokenizer(self):
        bare = convert(model(), path("bare.ringlet"), "--no-tokenizer")
        for command in (("run", bare), ("tokenize", bare, "Once"), ("perplexity", bare, "-f", "-"), ("chat", bare),
                        ("prefix", bare, "-p", "Once", "-o", path("bare.prefix"))):
            self.assertEqual(self.fails(1, *command),
                             f"ringlet: {bare}: has no tokenizer; convert it again with --tokenizer FILE\n")


if __name__ == "__main__":
    unittest.main()
