"""Structured answers: --grammar, --json-schema, --choice, --lists, --each-line, --json and --grammar-confidence."""

import json
import os
import pathlib
import subprocess
import unittest

from chat_source import chat_model
from support import GRAMMAR, TestCase, model, path, ringlet, write

GREEDY = ("--temperature", "0")
SCHEMA = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 6}, "age": {"type": "integer", "minimum": 0,
          "maximum": 120}, "kind": {"enum": ["child", "adult"]}}, "required": ["name", "age", "kind"]}
GBNF = 'root ::= "on" | "off " ("at" | "in") " " [0-9] [0-9]?\n'
ROOM = {"type": "object", "properties": {"room": {"type": "string", "x-ringlet-list": "rooms"}}, "required": ["room"]}


def text_file(name, text):
    return write(name, text.encode())


class StructuredAnswers(TestCase):
    def completion(self, *options, prompt="the"):
        return self.succeeds("run", model(), "-q", "--no-echo", "-p", prompt, *options).decode().removesuffix("\n")

    def test_a_choice_is_one_of_its_texts(self):
        texts = ("yes", "no", "never, ever")
        seen = {self.completion("--choice", r"yes,no,never\, ever", "--seed", str(seed)) for seed in range(20)}
        self.assertLessEqual(seen, set(texts))
        self.assertGreater(len(seen), 1)
        self.assertIn(self.completion("--choice", r"yes,no,never\, ever", *GREEDY), texts)

    def test_an_answer_satisfies_its_schema(self):
        schema = text_file("person.json", json.dumps(SCHEMA))
        for seed in range(15):
            answer = json.loads(self.completion("--json-schema", schema, "--seed", str(seed), "-n", "-1"))
            self.assertEqual(list(answer), ["name", "age", "kind"])
            self.assertLessEqual(len(answer["name"]), 6)
            self.assertTrue(0 <= answer["age"] <= 120 and answer["kind"] in ("child", "adult"))

    def test_drafts_of_what_is_forced_change_nothing(self):
        schema = text_file("person.json", json.dumps(SCHEMA))
        shared = ("--json-schema", schema, "-n", "-1", "--json")
        for options in ((*GREEDY,), ("--seed", "5"), ("--seed", "5", "--draft-tokens", "3"), ("--seed", "6", "--lookup"),
                        ("--seed", "7", "--repeat-penalty", "1.3")):
            drafted = self.completion(*shared, *options)
            plain = [option for option in options if option not in ("--lookup", "--draft-tokens", "3")]
            self.assertEqual(drafted, self.completion(*shared, *plain, "--draft-tokens", "0"))

    def test_gbnf(self):
        grammar = text_file("switch.gbnf", GBNF)
        for seed in range(10):
            self.assertRegex(self.completion("--grammar", grammar, "--seed", str(seed)), r"^(on|off (at|in) \d\d?)$")

    def test_an_unfinished_answer_is_an_error(self):
        schema = text_file("person.json", json.dumps(SCHEMA))
        error = self.fails(1, "run", model(), "-q", "-p", "the", "--json-schema", schema, "-n", "3")
        self.assertIn("the answer is not complete after 3 tokens; allow more with -n N", error)
        held = json.loads(ringlet("run", model(), "-q", "-p", "the", "--json-schema", schema, "-n", "3", "--json").stdout)
        self.assertEqual((held["ending"], held["complete"]), ("limit", False))
        done = ringlet("run", model(), "--each-line", "--json-schema", schema, "-n", "3", stdin=b"the\na\n")
        self.assertEqual((done.returncode, done.stdout.count(b"\n")), (1, 2))
        self.assertIn(b"generated 6 tokens", done.stderr)
        self.assertIn(b"2 answers are not complete after 3 tokens; allow more with -n N", done.stderr)

    def test_a_form_that_the_vocabulary_cannot_write_is_an_error(self):
        source, _ = chat_model("no-braces", missing="{")
        for command in ("run", "chat"):
            error = self.fails(1, command, source, "-q", "-p", "the", "--choice", "{")
            self.assertIn("vocabulary: has no token for what must come next in this form", error)

    def test_json_says_how_sure_the_model_is(self):
        answer = json.loads(self.completion("--choice", "yes,no", "--json", *GREEDY))
        self.assertEqual(list(answer), ["text", "ending", "complete", "confidence", "allowed", "refused", "prompt_tokens",
                                        "generated_tokens"])
        self.assertIn(answer["text"], ("yes", "no"))
        self.assertTrue(0 <= answer["confidence"] <= answer["allowed"] <= 1)
        self.assertEqual((answer["complete"], answer["refused"], answer["ending"]), (True, False, "end_of_text"))
        free = json.loads(self.completion("--json", *GREEDY, "-n", "4"))
        self.assertEqual(list(free), ["text", "ending", "prompt_tokens", "generated_tokens"])

    def test_an_unsure_answer_is_refused(self):
        done = ringlet("run", model(), "-p", "the", "--choice", "yes,no", "--grammar-confidence", "1", *GREEDY)
        self.assertEqual((done.returncode, done.stdout), (3, b"\n"))
        self.assertRegex(done.stderr.decode(), r"ringlet: refused: confidence 0\.\d{3} is below 1\.000\n")
        done = ringlet("run", model(), "-q", "-p", "the", "--choice", "yes,no", "--grammar-confidence", "1", "--json", *GREEDY)
        answer = json.loads(done.stdout)
        self.assertEqual((done.returncode, answer["text"], answer["refused"]), (3, None, True))
        self.assertIn(self.completion("--choice", "yes,no", "--grammar-confidence", "0", *GREEDY), ("yes", "no"))

    def test_each_line_is_answered_as_alone(self):
        lines = ["the dog", "a cat sat", "", "the dog", "once upon a time there was"]
        for options in ((*GREEDY,), ("--seed", "3"), ("--seed", "4", "--repeat-penalty", "1.5")):
            for grammar in ((), ("--choice", "yes,no,maybe")):
                shared = ("-n", "8", *options, *grammar)
                done = self.succeeds("run", model(), "-q", "--each-line", *shared, stdin="\n".join(lines).encode())
                expected = [self.completion(*shared, prompt=line) if line else "" for line in lines]
                self.assertEqual(done.decode().split("\n"), [*expected, ""])

    def test_each_line_begins_after_the_prefix(self):
        prefix = path("lines.prefix")
        self.succeeds("prefix", model(), "-q", "-p", "Once upon", "-o", prefix)
        lines = [" a time", " the dog sat on a cat and the dog sat on a cat", " a time"]
        shared = ("-q", "--prefix", prefix, "--choice", "yes,no", "--json", "--context", "32", *GREEDY)
        done = self.succeeds("run", model(), "--each-line", *shared, stdin="\n".join(lines).encode() + b"\n")
        expected = [self.succeeds("run", model(), *shared, "-p", line) for line in lines]
        self.assertEqual(done, b"".join(expected))

    def test_a_request_has_a_form(self):
        done = self.succeeds("run", model(), "-q", "--each-line", "-p", "a {} b", *GREEDY, "-n", "5", stdin=b"the\n")
        self.assertEqual(done.decode(), self.completion(*GREEDY, "-n", "5", prompt="a the b") + "\n")
        self.assertIn("needs {} for the line", self.fails(2, "run", model(), "--each-line", "-p", "a", stdin=b""))

        done = self.succeeds("run", model(), "-q", "--each-line", "-p", "{} and {}", *GREEDY, "-n", "5", stdin=b"a {}\n")
        self.assertEqual(done.decode(), self.completion(*GREEDY, "-n", "5", prompt="a {} and a {}") + "\n")

    def test_lines_end_as_on_any_system(self):
        options = ("--each-line", "--choice", "yes,no,maybe", *GREEDY)
        expected = self.succeeds("run", model(), "-q", *options, stdin=b"the\n\na cat\n")
        for text in (b"the\r\n\r\na cat\r\n", b"the\n\na cat"):
            self.assertEqual(self.succeeds("run", model(), "-q", *options, stdin=text), expected)
            self.assertEqual(self.succeeds("run", model(), "-q", *options, "-f", write("lines.txt", text)), expected)

    def test_lines_that_cannot_be_answered(self):
        schema = text_file("said.json", '{"type": "string", "x-ringlet-span": true}')
        for text, line in ((b"the\n\n\"\n", 3), (b"\xff\n", 1), (b"a" * 5000, 1)):
            done = ringlet("run", model(), "-q", "--each-line", "--json-schema", schema, *GREEDY, stdin=text)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr.decode(), rf"\Aringlet: standard input, line {line}: [^\n]+\n\Z")
        folder = path("folder")
        os.mkdir(folder)
        self.assertIn("is a folder; name a file", self.fails(1, "run", model(), "--each-line", "-f", folder))

    def test_lists_are_filled_at_run_time(self):
        schema = text_file("room.json", json.dumps(ROOM))
        lists = text_file("rooms.lists", '{"rooms": ["kitchen", "bath", "bathroom"], "others": []}')
        rooms = {json.loads(self.completion("--json-schema", schema, "--lists", lists, "--seed", str(seed)))["room"]
                 for seed in range(12)}
        self.assertLessEqual(rooms, {"kitchen", "bath", "bathroom"})
        self.assertIn("needs words in the list 'rooms'; give them with --lists",
                      self.fails(1, "run", model(), "-q", "-p", "the", "--json-schema", schema))
        other = text_file("other.lists", '{"room": ["kitchen"]}')
        self.assertIn("lacks the list 'rooms' of the grammar; an empty one is []",
                      self.fails(1, "run", model(), "-q", "-p", "the", "--json-schema", schema, "--lists", other))
        wrong = text_file("wrong.lists", '{"rooms": [1]}')
        self.assertIn("'rooms' contains an item of the type number, not a string",
                      self.fails(1, "run", model(), "-q", "-p", "the", "--json-schema", schema, "--lists", wrong))

    def test_compiled_files_are_read(self):
        schema = text_file("room.json", json.dumps(ROOM))
        lists = text_file("rooms.lists", '{"rooms": ["kitchen", "bath", "bathroom"]}')
        grammar, words = path("room.rglg"), path("rooms.words")
        for arguments in ((schema, "-o", grammar), ("--lists", lists, "-o", words)):
            subprocess.run([*GRAMMAR, *arguments], check=True)
        expected = self.completion("--json-schema", schema, "--lists", lists, *GREEDY)
        self.assertEqual(self.completion("--grammar", grammar, "--lists", words, *GREEDY), expected)
        self.assertEqual(self.completion("--json-schema", schema, "--lists", words, *GREEDY), expected)
        run = ("run", model(), "-q", "-p", "the")
        for options, message in ((("--json-schema", grammar), "is a compiled grammar; give it with --grammar"),
                                 (("--grammar", words), "has words for lists; give it with --lists"),
                                 (("--grammar", grammar, "--lists", grammar), "is a grammar; give it with --grammar")):
            self.assertIn(message, self.fails(1, *run, *options))
        content = pathlib.Path(grammar).read_bytes()
        for damaged in (content[:-9], content[:40] + b"x" + content[41:], content[:20]):
            self.assertIn("damaged.rglg", self.fails(1, *run, "--grammar", write("damaged.rglg", damaged)))

    def test_the_plan_has_the_grammar(self):
        schema = text_file("person.json", json.dumps(SCHEMA))
        plan = json.loads(self.succeeds("plan", model(), "--json", "--json-schema", schema))
        sizes = {section["name"]: section["bytes"] for section in plan["sections"]}
        self.assertGreater(sizes["grammar"], 0)
        self.assertLess(sizes["grammar"], 3 << 10)
        self.assertGreater(plan["draft_tokens"], 0)
        for drafts in (0, 3):
            plan = json.loads(self.succeeds("plan", model(), "--json", "--json-schema", schema, "--draft-tokens", str(drafts)))
            self.assertEqual(plan["draft_tokens"], drafts)

    def test_options_that_make_no_sense(self):
        for options, message in ((("--lists", model()), "--lists: needs --grammar"),
                                 (("--grammar-confidence", "0.5"), "--grammar-confidence: needs --grammar"),
                                 (("--choice", "a", "--grammar", model()), "exclude each other"),
                                 (("--choice", "a", "--ignore-eos"), "leave the option out"),
                                 (("--choice", ""), "--choice: is empty"),
                                 (("--choice", "a", "--grammar-confidence", "nan"), "must be a number from 0 to 1"),
                                 (("--choice", "a", "--grammar-confidence", "1.01"), "must be a number from 0 to 1"),
                                 (("--each-line", "--session", path("s")), "leave one out")):
            self.assertIn(message, self.fails(2, "run", model(), "-p", "{}", *options))

    def test_replies_of_a_chat(self):
        chat, _ = chat_model()
        done = ringlet("chat", chat, "-q", "--choice", "yes,no", *GREEDY, stdin=b"Hi\nmore\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        replies = done.stdout.decode().split()
        self.assertEqual(len(replies), 2)
        self.assertLessEqual(set(replies), {"yes", "no"})

    def test_a_reply_that_is_not_whole_or_not_possible_is_an_error(self):
        chat, _ = chat_model()
        schema = text_file("person.json", json.dumps(SCHEMA))
        for arguments, text in ((("-p", "Hi"), b""), ((), b"Hi\n")):
            done = ringlet("chat", chat, "-q", "--json-schema", schema, "-n", "3", *GREEDY, *arguments, stdin=text)
            self.assertEqual((done.returncode, done.stderr), (1, b"The reply is not complete after 3 tokens; allow more with -n N.\n"))
        said = text_file("said.json", '{"type": "string", "x-ringlet-span": true}')
        done = ringlet("chat", chat, "-q", "--json-schema", said, *GREEDY, stdin=b"lamp\n\"\nlight\n")
        replies = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual((done.returncode, len(replies)), (1, 2))
        self.assertTrue(replies[0] in "lamp" and replies[1] in "light")
        self.assertRegex(done.stderr.decode(), r"\A[^\n]*said.json: takes a piece of the request, which has none\n\Z")


if __name__ == "__main__":
    unittest.main()
