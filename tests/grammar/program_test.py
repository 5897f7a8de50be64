"""The program ringlet-grammar as a person uses it, and the example of its page."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

PROGRAM = os.environ.get("RINGLET_EMULATOR", "").split() + [os.environ["RINGLET_GRAMMAR_PROGRAM"]]
PAGE = pathlib.Path(__file__).resolve().parents[2] / "tools/grammar/README.md"
EXAMPLE = re.compile(r"<!-- example -->\n```\n(.*?)```", re.DOTALL)


class Program(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def run_program(self, *arguments):
        done = subprocess.run(PROGRAM + list(arguments), cwd=self.folder.name, capture_output=True)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def succeeds(self, *arguments):
        status, output, errors = self.run_program(*arguments)
        self.assertEqual((status, errors), (0, ""), arguments)
        return output

    def fails(self, status, *arguments):
        """The error, which is one line. Nothing is written."""
        before = sorted(os.listdir(self.folder.name))
        found, output, errors = self.run_program(*arguments)
        self.assertEqual((found, output), (status, ""), arguments)
        self.assertRegex(errors, r"\Aringlet-grammar: error: [^\n]+\n\Z")
        self.assertEqual(sorted(os.listdir(self.folder.name)), before)
        return errors

    def write(self, name, content):
        (pathlib.Path(self.folder.name) / name).write_text(content if isinstance(content, str) else json.dumps(content))
        return name

    def test_the_page(self):
        examples = EXAMPLE.findall(PAGE.read_text())
        self.assertGreater(len(examples), 0)
        for example in examples:
            for step in re.split(r"^\$ ", example, flags=re.MULTILINE)[1:]:
                command, _, expected = step.partition("\n")
                if command.startswith("cat "):
                    self.write(command.split()[1], expected)
                    continue
                words = shlex.split(command)
                self.assertEqual(words[0], "ringlet-grammar")
                self.assertEqual(self.run_program(*words[1:])[1], expected, command)

    # Every keyword of the page's tables is supported or refused as it says.
    def test_the_page_names_what_is_refused(self):
        text = PAGE.read_text()
        refused = re.search(r"Refused by name: (.*?)\.\n", text, re.DOTALL).group(1)
        for keyword in re.findall(r"`(\$?\w+)`", refused):
            schema = self.write("s.json", {"type": "object", "properties": {"a": {keyword: "x"}}})
            error = self.fails(1, schema, "--explain")
            self.assertIn(f"#/properties/a: '{keyword}'" if keyword != "$id" else "'$id'", error)

    def test_writes_a_file(self):
        self.succeeds("--choice", "yes,no", "-o", "a.rglg")
        self.succeeds("--regex", "yes|no", "-o", "b.rglg")
        self.succeeds(self.write("c.gbnf", 'root ::= "yes" | "no"'), "-o", "c.rglg")
        self.succeeds(self.write("d.txt", 'root ::= "no" | "yes"'), "--gbnf", "-o", "d.rglg")
        contents = {(pathlib.Path(self.folder.name) / (name + ".rglg")).read_bytes() for name in "abcd"}
        self.assertEqual(len(contents), 1)  # equal grammars are equal files

    def test_sources_stay(self):
        schema = self.write("s.json", {"enum": [1, 2]})
        lists = self.write("l.json", {"rooms": ["a"]})
        for arguments in ((schema, "-o", schema), ("--lists", lists, "-o", lists), (schema, "--lists", lists, "-o", "./l.json")):
            self.assertIn("is the source; choose another name for the output", self.fails(1, *arguments))
        self.assertEqual(json.loads((pathlib.Path(self.folder.name) / schema).read_text()), {"enum": [1, 2]})

    def test_what_is_compiled_is_no_source(self):
        self.succeeds("--choice", "a", "-o", "a.rglg")
        self.succeeds("--lists", self.write("l.json", {"rooms": ["a"]}), "-o", "l.words")
        for arguments in (("a.rglg", "--explain"), ("l.words", "--explain"), ("--lists", "l.words", "-o", "m.words"),
                          ("--choice", "a", "--lists", "a.rglg", "--check", "a")):
            self.assertIn("is compiled already; name its source", self.fails(1, *arguments))

    def test_empty_texts_are_refused(self):
        for option in ("--choice", "--regex"):
            self.assertIn(f"{option}: is empty", self.fails(2, option, "", "--explain"))

    def test_words_that_the_runtime_would_refuse(self):
        schema = self.write("s.json", {"type": "string", "x-ringlet-list": "rooms"})
        for word in ("", 'a"b', "a\\b", "a\n", "x" * 256):
            lists = self.write("l.json", {"rooms": ["bath", word]})
            for arguments in ((schema, "--lists", lists, "--sample", "1"), ("--lists", lists, "-o", "l.words")):
                self.assertIn("'rooms' contains '", self.fails(1, *arguments), word)
        lists = self.write("l.json", {"rooms": ["x" * 255, "caf\u00e9 \U0001f600"]})
        self.assertEqual(self.succeeds(schema, "--lists", lists, "--check", '"caf\u00e9 \U0001f600"'), "allowed\n")

    def test_two_members_of_one_name_are_refused(self):
        lists = self.write("l.json", '{"rooms": ["a"], "rooms": ["b"]}')
        self.assertIn("two lists have the name 'rooms'", self.fails(1, "--lists", lists, "-o", "l.words"))
        schema = self.write("s.json", '{"properties": {"a": {"const": 1}, "a": {"const": 2}}}')
        self.assertIn("an object has two members 'a'", self.fails(1, schema, "--explain"))

    def test_check(self):
        self.assertEqual(self.succeeds("--choice", "a\\,b,c", "--check", "a,b", "--check", "c"), "allowed\nallowed\n")
        status, output, _ = self.run_program("--choice", "abc", "--check", "ab", "--check", "abx", "--check", "")
        self.assertEqual((status, output), (1, "not complete\nnot allowed from byte 2: x\nnot complete\n"))

    def test_samples(self):
        texts = self.succeeds("--regex", "[a-c]{3}", "--sample", "50")
        self.assertRegex(texts, r"\A([a-c]{3}\n){50}\Z")
        self.assertEqual(texts, self.succeeds("--regex", "[a-c]{3}", "--sample", "50", "--seed", "1"))
        self.assertNotEqual(texts, self.succeeds("--regex", "[a-c]{3}", "--sample", "50", "--seed", "2"))

    def test_white_space(self):
        schema = self.write("s.json", {"const": {"a": [1, 2]}})
        self.assertEqual(self.succeeds(schema, "--sample", "1"), '{"a": [1, 2]}\n')
        self.assertEqual(self.succeeds(schema, "--compact", "--sample", "1"), '{"a":[1,2]}\n')

    def test_depth(self):
        grammar = self.write("g.gbnf", 'root ::= "(" root ")" | "x"')
        self.assertEqual(self.succeeds(grammar, "--depth", "2", "--check", "((x))"), "allowed\n")
        self.assertEqual(self.run_program(grammar, "--depth", "1", "--check", "((x))")[0], 1)

    def test_notes(self):
        schema = self.write("s.json", {"type": "string", "format": "email"})
        status, _, errors = self.run_program(schema, "-o", "s.rglg")
        self.assertEqual((status, errors), (0, "ringlet-grammar: note: #/format: the format 'email' is not checked\n"))

    def test_errors(self):
        schema = self.write("s.json", {"not": {}})
        grammar = self.write("g.gbnf", "root ::= x")
        with_list = self.write("l.json", {"type": "string", "x-ringlet-list": "x"})
        lists = self.write("l.txt", "[a")
        for arguments, expected in (
                ((schema, "-o", "s"), "s.json: #: 'not' is not supported"),
                ((grammar, "-o", "s"), "g.gbnf, column 10: the rule 'x' is not defined"),
                (("--regex", "(?=a)", "-o", "s"), "--regex, column 3: look-ahead is not supported"),
                (("--choice", "a,,b", "-o", "s"), "a choice is empty"),
                (("missing.json", "-o", "s"), "missing.json"),
                ((with_list, "--sample", "1"), "the list 'x' is not given"),
                (("--lists", lists, "-o", "s"), "not JSON")):
            self.assertIn(expected, self.fails(1, *arguments))

    def test_command_line(self):
        self.assertIn("SOURCE, --regex or --choice is required", self.fails(2))
        self.assertIn("one of -o, --explain, --check and --sample is required", self.fails(2, "--choice", "a"))
        self.assertIn("did you mean --explain?", self.fails(2, "--choice", "a", "--explan"))
        self.assertIn("--depth", self.fails(2, "--choice", "a", "--depth", "65"))
        self.assertIn("-o is required", self.fails(2, "--lists", "a.json"))
        self.assertIn("excludes", self.fails(2, "--choice", "a", "--regex", "b", "-o", "s"))
        self.assertIn("ringlet-grammar schema.json -o", self.succeeds("--help"))
        self.assertRegex(self.succeeds("--version"), r"^ringlet-grammar \d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    unittest.main()
