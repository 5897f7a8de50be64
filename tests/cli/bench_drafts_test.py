"""ringlet bench --lookup and --draft: the same text, and numbers that are consistent. No test judges a time."""

import json
import unittest

import support


class Drafts(support.TestCase):
    def compare(self, *arguments):
        return json.loads(self.succeeds("bench", support.model(), "--json", "-r", "2", *arguments))["drafts"]

    def test_numbers_belong_together(self):
        for options, lookup, draft, tokens in (
                (("--lookup", "--draft-tokens", "5"), True, None, 5),
                (("--draft", support.model("int4"), "--draft-tokens", "3"), False, "tiny-int4.ringlet", 3),
                (("--lookup", "--draft", support.model("int4")), True, "tiny-int4.ringlet", "auto")):
            result = self.compare("-n", "60", *options)
            self.assertEqual((result["lookup"], result["draft_model"], result["draft_tokens"]), (lookup, draft, tokens))
            self.assertEqual((result["tokens"], result["repetitions"], result["same_text"]), (60, 2, True))
            # The first token of a text belongs to its prompt.
            self.assertAlmostEqual(result["tokens_per_pass"], 2 * 59 / result["passes"], places=9)
            self.assertLessEqual(result["accepted"], result["drafted"])
            if result["drafted"]:
                self.assertAlmostEqual(result["acceptance"], result["accepted"] / result["drafted"], places=9)
            self.assertLess(result["ram_bytes"]["plain"], result["ram_bytes"]["drafted"])
            for numbers in (result["ratio"], *result["tokens_per_second"].values()):
                self.assertTrue(0 < numbers["minimum"] <= numbers["median"] <= numbers["maximum"])

    def test_texts_of_any_kind(self):
        text = support.write("text.txt", b"the and was Once " * 30)
        for options in (("-c", "30"), ("--kv", "int4"), ("-t", "2"), ("--file", text)):
            result = self.compare("-n", "90", "--lookup", "--draft-tokens", "7", *options)
            self.assertGreater(result["drafted"], 0)
            self.assertGreater(result["prompt_tokens"], 60 if options[0] == "--file" else 0)

    def test_a_model_without_vocabulary(self):
        shape = "llama:dim=32,layers=1,heads=4,ffn=32,vocab=64"
        bare = support.run_converter(support.path("bare.ringlet"), "--random", shape, "--no-tokenizer")
        done = self.succeeds("bench", bare, "--draft", bare, "--draft-tokens", "4", "-n", "40", "--json")
        result = json.loads(done)["drafts"]
        self.assertGreater(result["acceptance"], 0.8)
        self.assertEqual(result["prompt_tokens"], 16)

    def test_table_for_people(self):
        lines = self.succeeds("bench", support.model(), "--draft", support.model("int4"), "--draft-tokens", "3", "-n", "60",
                              "-r", "1").decode().splitlines()
        self.assertRegex(lines[0], r"^tiny-int8.ringlet, .*, 1 thread, kv \w+, \w+$")
        self.assertRegex(lines[1], r"^60 tokens after a prompt of \d+, 1 pair; drafts by tiny-int4.ringlet, 3 tokens a pass$")
        self.assertEqual([line.split("  ")[0] for line in lines[4:7]], ["without drafts", "with drafts", "ratio"])
        self.assertRegex(lines[-1], r"^drafts: \d+ % of \d+ accepted, \d\.\d\d tokens a pass; the text is the same$")
        lines = self.succeeds("bench", support.model(), "--lookup", "-n", "2", "-r", "1").decode().splitlines()
        self.assertIn("; drafts by a lookup, at most 7 tokens a pass as they pay", lines[1])

    def test_options_that_make_no_sense(self):
        once = "exclude each other: "
        nothing = "nothing drafts, so there is nothing to compare; add --lookup or --draft MODEL, without --draft-tokens 0"
        for arguments, expected in (
                (("--lookup", "-p", "4"), f"-p and --lookup {once}the text begins with its first token; leave one of them "
                                          "out"),
                (("--lookup", "--pass-tokens", "4"), f"--pass-tokens and --lookup {once}they are two measurements; leave one of "
                                                     "them out"),
                (("--lookup", "--without-cache"), "--without-cache compares texts without drafts; leave out the options of "
                                                  "speculation, or this one"),
                (("--lookup", "-n", "1"), "-n: must be at least 2 with --lookup, because the time begins with the first token "
                                          "(got 1)"),
                (("--lookup", "-t", "1,2"), "--threads: --lookup takes one value (got 2)"),
                (("--lookup", "--draft-tokens", "0"), f"--lookup: {nothing}"), (("--no-lookup", ), f"--no-lookup: {nothing}"),
                (("--file", "x"), "--file: only drafts depend on the text; add --lookup or --draft MODEL, or leave it out")):
            self.assertEqual(self.fails(2, "bench", support.model(), *arguments), f"ringlet: bench: {expected}\n")
        self.assertIn("does not exist", self.fails(1, "bench", support.model(), "--lookup", "--file", "/nowhere/x"))


if __name__ == "__main__":
    unittest.main()
