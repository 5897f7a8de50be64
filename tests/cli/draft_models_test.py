"""--draft and --lookup: which models draft, what their statistics and plans say, and what is refused."""

import json
import os
import re
import shutil
import unittest

from drafts_support import AT_ONCE, CHAT, GREEDY, TEXT, accepted
from support import PROGRAM, TestCase, convert, model, path, read, ringlet, run_converter, write

DATA = os.environ.get("RINGLET_TEST_DATA", "")
CHECKPOINTS = os.path.join(DATA, "models", "llama2c")


class OddModels(TestCase):
    def test_no_smaller_and_with_a_shorter_context(self):
        own = ("--draft", model(), "--draft-tokens", "4")  # the model itself
        model()
        shorter = ("--draft", run_converter(path("shorter.ringlet"), "--random", "llama:dim=32,layers=1,heads=4,ffn=32,"
                                            "vocab=350,context=24", "--tokenizer", path("tiny-tokenizer.bin")),
                   "--draft-tokens", "4")
        expected = self.succeeds("run", model(), "-q", "-p", TEXT * 3, "-n", "150", "--ignore-eos", *GREEDY)
        for drafter in (own, shorter):
            done = ringlet("run", model(), *AT_ONCE, "-p", TEXT * 3, "-n", "150", "--ignore-eos", *GREEDY, *drafter)
            self.assertEqual(done.stdout, expected)
            self.assertGreater(accepted(done.stderr)[1], 100)
            if drafter == own:
                self.assertGreater(accepted(done.stderr)[0], 95)
                self.assertIn(f"ringlet: {model()} is no smaller than the model that it drafts for, so drafts take longer "
                              "than they save\n", done.stderr.decode())
            else:
                self.assertEqual(done.stderr.count(b"\n"), 1)


class Statistics(TestCase):
    def line(self, *arguments):
        return ringlet("run", model(), "-p", TEXT, "--ignore-eos", *GREEDY, *arguments).stderr.decode()

    def test_acceptance_is_named_if_something_was_drafted(self):
        share, drafts = accepted(self.line(*AT_ONCE, "-n", "80", "--draft", model("int4"), "--draft-tokens", "3").encode())
        self.assertGreater(drafts, 40)
        self.assertGreater(share, 30)
        for arguments in (("-n", "40"), ("-n", "40", "--no-lookup"), ("-n", "40", "--lookup", "--draft-tokens", "0")):
            self.assertNotIn("draft", self.line(*arguments))
        self.assertTrue(self.line("-n", "1", "--lookup").endswith(" | nothing drafted\n"))

    def test_run_uses_what_was_planned(self):
        for options in (("--lookup", ), ("--draft", model("int4")), ("--draft", CHAT, "--draft-tokens", "1"),
                        ("--lookup", "--draft", CHAT, "--draft-tokens", "15"), ("--lookup", "--draft-tokens", "0"),
                        ("--lookup", "-c", "40", "--kv", "int4", "--prefill-chunk", "4"),
                        ("--draft", model("int4"), "-t", "3")):
            plan = json.loads(self.succeeds("plan", model(), "--json", *options))
            self.assertIn(f" | RAM {plan['ram_bytes'] / 1024:.1f} KiB", self.line("-n", "1", *options), options)

    def test_the_plan_names_the_parts(self):
        plain, both = (json.loads(self.succeeds("plan", model(), "--json", *options))
                       for options in ((), ("--lookup", "--draft", CHAT, "--draft-tokens", "5")))
        draft = both["draft"]
        self.assertEqual((plain["draft"], plain["draft_tokens"], plain["lookup_window"]), (None, 0, 0))
        self.assertEqual((both["draft_tokens"], draft["model"]), (5, "chat.ringlet"))
        self.assertEqual((draft["context"], draft["flash_bytes"]), (128, os.path.getsize(CHAT)))
        sections = {section["name"]: section["bytes"] for section in both["sections"]}
        self.assertEqual(sections["draft session"], draft["ram_bytes"])
        self.assertGreater(sections["lookup"], both["lookup_window"])
        table = self.succeeds("plan", model(), "--lookup", "--draft", CHAT).decode()
        self.assertIn(", drafts of 7 tokens by a lookup and chat.ringlet (context 128)\n", table)
        self.assertIn(", the draft model chat.ringlet\n", table)
        self.assertEqual(sum(line.startswith("RAM ") for line in table.splitlines()), 1)
        least = self.fails(1, "plan", model(), "--lookup", "--ram", str(plain["ram_bytes"] - 60000))
        self.assertIn("--draft-tokens 0", least)


    def test_the_longest_context_is_that_of_both_sessions(self):
        def needs(context):
            return json.loads(self.succeeds("plan", model(), "--draft", CHAT, "-c", str(context), "--json"))["ram_bytes"]

        for planned, wanted in ((20, 90), (128, 90), (90, 128), (128, 5)):
            done = ringlet("plan", model(), "--draft", CHAT, "-c", str(planned), "--ram", str(needs(wanted)))
            longest = int(re.search(rb"--context (\d+) would fit|the longest context that fits is (\d+)",
                                    done.stderr + done.stdout)[1 if done.returncode else 2])
            self.assertGreaterEqual(longest, wanted)
            self.assertLessEqual(needs(longest), needs(wanted))
            if longest < 128:
                self.assertGreater(needs(longest + 1), needs(wanted))


class Refusals(TestCase):
    SHAPE = "llama:dim=32,layers=1,heads=4,ffn=32,vocab="

    def test_numbers(self):
        number = "must be a whole number from 0 to 15, or auto"
        for command in ("run", "chat", "plan", "bench"):
            rest = ("-p", "Hi") if command in ("run", "chat") else ()
            for value in ("16", "-1", "x", "3.5"):
                self.assertEqual(self.fails(2, command, CHAT, "--lookup", "--draft-tokens", value),
                                 f"ringlet: {command}: --draft-tokens: {number} (got '{value}')\n")
            self.assertEqual(self.fails(2, command, CHAT, *rest, "--draft-tokens", "3"),
                             f"ringlet: {command}: --draft-tokens: nothing drafts; add --lookup or --draft MODEL\n")
            for drafter in (("--lookup", ), ("--draft", model("int4"))):
                self.assertEqual(self.fails(2, command, CHAT, *rest, *drafter, "--prefill-chunk", "2", "--draft-tokens", "5"),
                                 f"ringlet: {command}: --draft-tokens: must be fewer than the --prefill-chunk of 2 (got 5); "
                                 "use --prefill-chunk 6, or --draft-tokens 1\n")
                self.assertEqual(self.fails(2, command, CHAT, *rest, *drafter, "--prefill-chunk", "1"),
                                 f"ringlet: {command}: --prefill-chunk 1 leaves no room for drafts; use --prefill-chunk 2, or "
                                 "leave them out\n")

    def test_models(self):
        bare = run_converter(path("bare.ringlet"), "--random", self.SHAPE + "64", "--no-tokenizer")
        for draft, expected in ((path("absent"), f"{path('absent')}: does not exist"),
                                (os.path.dirname(path("x")), "is a folder; name a file"),
                                (write("no.ringlet", b"Once upon a time. " * 50), "no.ringlet: file: not a ringlet model"),
                                (write("empty.ringlet", b""), "empty.ringlet: "),
                                (bare, f"{bare}: has another vocabulary than {CHAT}, and drafting text needs a tokenizer, "
                                       f"which {bare} lacks; convert it again with --tokenizer FILE\n")):
            for command in ("run", "chat", "plan", "bench"):
                rest = ("-p", "Hi") if command in ("run", "chat") else ()
                self.assertIn(expected, self.fails(1, command, CHAT, *rest, "--draft", draft))
        # As many tokens without names can only be the same ones.
        self.succeeds("plan", CHAT, "--draft", run_converter(path("same.ringlet"), "--random", self.SHAPE + "258",
                                                             "--no-tokenizer"))

    def test_a_number_is_no_model(self):
        self.assertEqual(self.fails(2, "run", CHAT, "-p", "Hi", "--draft", "16"),
                         "ringlet: run: --draft: takes a model file, and --draft-tokens the number (got '16')\n")

    def test_damage_of_a_draft_model_does_not_reach_the_text(self):
        content = bytearray(read(model("int4")))
        begin = int.from_bytes(content[32:40], "little")  # of the weights
        for at in range(begin, len(content), 97):
            content[at] ^= 0x55
        expected = self.succeeds("run", model(), "-q", "-p", TEXT, "-n", "60", "--ignore-eos", *GREEDY)
        spoilt = write("spoilt.ringlet", content)
        self.assertEqual(self.succeeds("run", model(), "-q", "-p", TEXT, "-n", "60", "--ignore-eos", *GREEDY, *AT_ONCE,
                                       "--draft", spoilt, "--draft-tokens", "4"), expected)


@unittest.skipUnless(os.path.exists(os.path.join(CHECKPOINTS, "stories260K.bin")),
                     f"SKIPPED: no checkpoints in RINGLET_TEST_DATA ('{DATA}')")
class Stories(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.small = convert(os.path.join(CHECKPOINTS, "stories260K.bin"), path("stories260K.ringlet"), "--tokenizer",
                            os.path.join(CHECKPOINTS, "tok512.bin"))
        cls.large = convert(os.path.join(CHECKPOINTS, "stories3M-q80.bin"), path("stories3M.ringlet"), "--tokenizer",
                            os.path.join(CHECKPOINTS, "tok4096.bin"))

    def test_a_vocabulary_of_512_drafts_for_one_of_4096(self):
        totals = dict.fromkeys(("passes", "drafted", "accepted", "tokens"), 0)
        for drafts, share, tokens_per_pass in ((1, 0.5, 1.45), (2, 0.4, 1.7), (4, 0.25, 1.9)):
            totals = dict.fromkeys(totals, 0)
            for beginning in ("Once upon a time", "Tom and Lily", "The little dog", "One day, a girl", "Sara had a"):
                text = write("beginning.txt", beginning.encode())
                result = json.loads(self.succeeds("bench", self.large, "--draft", self.small, "--draft-tokens", str(drafts),
                                                  "--file", text, "-n", "150", "-r", "1", "--json"))["drafts"]
                for key in totals:
                    totals[key] += result[key]
            self.assertGreater(totals["accepted"] / totals["drafted"], share, totals)
            self.assertGreater(totals["tokens"] / totals["passes"], tokens_per_pass, totals)
            self.assertGreater(totals["drafted"] / totals["passes"], 0.9 * drafts, totals)

    def test_the_story_is_the_same(self):
        for sampling in (GREEDY, ("--seed", "11", "--temperature", "0.8")):
            arguments = ("run", self.large, "-q", "-p", "The little dog wanted to", "-n", "600", "--ignore-eos", *sampling)
            expected = self.succeeds(*arguments)
            for drafter in (("--lookup", "--draft-tokens", "6"), ("--draft", self.small, "--draft-tokens", "4"),
                            ("--draft", self.small)):
                self.assertEqual(self.succeeds(*arguments, *drafter), expected)


BUNDLED = os.path.normpath(os.path.join(os.path.dirname(PROGRAM[-1]), "..", "share", "ringlet", "storyteller.ringlet"))


@unittest.skipUnless(os.path.exists(BUNDLED), "SKIPPED: this build has no bundled model")
class Bundled(TestCase):
    def test_drafts_for_itself(self):
        copy = shutil.copy(BUNDLED, path("copy.ringlet"))
        arguments = ("run", "-m", BUNDLED, "-n", "300", "--ignore-eos", *AT_ONCE, *GREEDY)
        done = ringlet(*arguments, "--draft", copy, "--draft-tokens", "3")
        self.assertEqual(done.stdout, self.succeeds(*arguments, "-q"))
        self.assertGreater(accepted(done.stderr)[0], 95)


if __name__ == "__main__":
    unittest.main()
