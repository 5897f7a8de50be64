"""Spoken commands: a home in the prompt, requests within added tokens, and answers of JSON whose words begin with spaces."""

import json
import string
import subprocess
import unittest

from support import GRAMMAR, TestCase, path, ringlet, run_converter, write

# As a model of commands has them: control tokens around texts, and pieces of JSON.
CONTROL = ("<area>", "<light>", "<say>", "<json>")
SKELETON = ("[", "]", '{"do":"on"', '{"do":"off"', ',"area":"', ',"item":"', '"', "}", ",")
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
PIECES = ["<unk>", "<s>", "</s>", *BYTES, "\u2581", *string.ascii_lowercase, "\u2581k", "\u2581ki", "\u2581b"]
MERGES = [("\u2581", "k"), ("\u2581k", "i"), ("\u2581", "b")]
IDS = {piece: number for number, piece in enumerate((*PIECES, *CONTROL, *SKELETON))}
LISTS = {"area": ["kitchen", "bath", "all"], "other": []}
FORM = ("--special", "-p", "<say>{}<json>")
SCHEMA = {"type": "array", "minItems": 1, "maxItems": 2, "items": {"anyOf": [
    {"type": "object", "required": ["do", "area"], "additionalProperties": False, "properties": {
        "do": {"enum": ["on", "off"]},
        "area": {"type": "string", "x-ringlet-list": "area", "x-ringlet-spaced": True},
        "item": {"type": "string", "x-ringlet-span": "words", "x-ringlet-spaced": True}}}]}}


def model():
    """A small random model whose vocabulary puts a space in front of each text behind an added token."""
    added = [{"id": IDS[text], "content": text, "special": text in CONTROL or text in PIECES[:3], "normalized": False,
              "lstrip": False, "rstrip": False, "single_word": False} for text in (*PIECES[:3], *CONTROL, *SKELETON)]
    normalizer = {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"}, {
        "type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]}
    tokenizer = {"version": "1.0", "added_tokens": added, "normalizer": normalizer, "pre_tokenizer": None,
                 "model": {"type": "BPE", "byte_fallback": True, "unk_token": "<unk>", "fuse_unk": True,
                           "vocab": {piece: IDS[piece] for piece in PIECES}, "merges": [" ".join(pair) for pair in MERGES]}}
    source = write("commands-tokenizer.json", json.dumps(tokenizer).encode())
    return run_converter(path("commands.ringlet"), "--random",
                         f"llama:dim=32,layers=1,heads=4,ffn=32,vocab={len(IDS)}", "--tokenizer", source)


def tokens_of(text):
    """The ids of a text that is no added token, behind one."""
    tokens, rest = [], "\u2581" + text.replace(" ", "\u2581")
    while rest:
        piece = next((rest[:size] for size in (3, 2, 1) if rest[:size] in PIECES), None)
        tokens += [IDS[piece]] if piece else [IDS[f"<0x{byte:02X}>"] for byte in rest[0].encode()]
        rest = rest[len(piece or "x"):]
    return tokens


class Commands(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = model()
        cls.lists = write("home.json", json.dumps(LISTS).encode())
        schema = write("commands.json", json.dumps(SCHEMA).encode())
        cls.grammar = path("commands.rglg")
        subprocess.run([*GRAMMAR, "--compact", schema, "-o", cls.grammar], check=True)

    def ids(self, text, *options):
        return [int(token) for token in self.succeeds("tokenize", self.model, "--no-bos", *options, text).split()]

    def answers(self, lines, *options):
        done = ringlet("run", self.model, "-q", "--each-line", *FORM, "--json", *options, stdin="\n".join(lines).encode())
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.decode().splitlines()]

    def test_the_home_is_read_as_added_tokens(self):
        home = "<area>kitchen<light>strip"
        expected = [IDS["<area>"], *tokens_of("kitchen"), IDS["<light>"], *tokens_of("strip")]
        self.assertEqual(self.ids(home, "--special"), expected)
        self.assertGreater(len(self.ids(home)), len(expected))
        file = write("home.txt", home.encode() + b"\n")
        prefixes = [path("home-f.prefix"), path("home-p.prefix")]
        for name, source in zip(prefixes, (("-f", file), ("-p", home))):
            done = ringlet("prefix", self.model, "--special", *source, "-o", name)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f": {len(expected)} tokens".encode(), done.stderr.replace(b"bos", b""))
        with open(prefixes[0], "rb") as first, open(prefixes[1], "rb") as second:
            self.assertEqual(first.read(), second.read())

    def test_a_line_is_never_read_as_added_tokens(self):
        lines = ["on", 'add "milk" ,', "<json>", '{"do":"off"', "</s><say>"]
        for line, answer in zip(lines, self.answers(lines, "-n", "1")):
            with self.subTest(line):
                self.assertEqual(answer["prompt_tokens"] - self.bos(), len(tokens_of(line)) + 2)
        error = self.fails(2, "run", self.model, "--each-line", "--special", "-p", "{}<say>{}", stdin=b"a")
        self.assertIn("has {} once", error)
        # Without --special it is as in any text.
        done = self.succeeds("run", self.model, "-q", "--each-line", "--json", "-n", "1", "-p", "{}", stdin=b'"\n')
        self.assertEqual(json.loads(done)["prompt_tokens"] - self.bos(), 1)

    def bos(self):
        return len(self.succeeds("tokenize", self.model, "a").split()) - len(self.ids("a"))

    def test_every_answer_parses_and_has_no_space_in_front_of_words(self):
        lines = ["milk and eggs", "the kitchen", "a b c"]
        options = ("--grammar", self.grammar, "--lists", self.lists, "-n", "-1")
        seen = set()
        for seed in range(12):
            shared = (*options, "--seed", str(seed), "--temperature", "1.5")
            answers = self.answers(lines, *shared)
            self.assertEqual(answers, self.answers(lines, *shared, "--draft-tokens", "0"))
            for line, answer in zip(lines, answers):
                self.assertTrue(answer["complete"])
                for action in json.loads(answer["text"]):
                    self.assertIn(action["area"], LISTS["area"])
                    self.assertIn(action.get("item", line), line)
                    seen.add("item" in action)
        self.assertEqual(seen, {False, True})

    def test_what_is_printed_is_what_the_compiler_allows(self):
        answer = self.answers(["milk and eggs"], "--grammar", self.grammar, "--lists", self.lists, "-n", "-1", "--seed", "3")[0]
        source = write("commands.json", json.dumps(SCHEMA).encode())
        check = [*GRAMMAR, "--compact", source, "--lists", self.lists, "--text", "milk and eggs", "--check"]
        self.assertEqual(subprocess.run([*check, answer["text"]], capture_output=True).stdout, b"allowed\n")
        spaced = answer["text"].replace('"area":"', '"area":" ')
        self.assertEqual(subprocess.run([*check, spaced], capture_output=True).returncode, 1)

    def test_lines_are_answered_from_the_prefix(self):
        prefix = path("lines.prefix")
        self.succeeds("prefix", self.model, "-q", "--special", "--pin", "-p", "<area>kitchen<light>strip", "-o", prefix)
        shared = ("--prefix", prefix, "--grammar", self.grammar, "--lists", self.lists, "-n", "-1", "--temperature", "0")
        lines = ["on", "the kitchen", "on"]
        answers = self.answers(lines, *shared)
        self.assertEqual(answers[0], answers[2])
        self.assertEqual(answers[1:2], self.answers(lines[1:2], *shared))


if __name__ == "__main__":
    unittest.main()
