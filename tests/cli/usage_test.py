"""Help, version, and command lines that are wrong."""

import unittest

from support import TestCase, model, ringlet

COMMANDS = ("run", "plan", "inspect", "verify", "tokenize", "digest", "perplexity", "bench", "prefix")


class Usage(TestCase):
    def test_no_arguments_print_help_and_fail(self):
        done = ringlet()
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, b"")
        for command in COMMANDS:
            self.assertIn(command, done.stderr.decode())

    def test_help_has_examples(self):
        self.assertIn(b"Usage: ringlet", self.succeeds("--help"))
        for command in COMMANDS:
            text = self.succeeds(command, "--help").decode()
            self.assertIn("Example", text)
            self.assertIn(f"ringlet {command} ", text)

    def test_version(self):
        self.assertRegex(self.succeeds("--version").decode(), r"^ringlet \d+\.\d+\.\d+\n$")

    def test_unknown_names(self):
        self.assertIn("unknown command 'sing'", self.fails(2, "sing"))
        self.assertIn("unknown option '--loud'", self.fails(2, "run", model(), "--loud"))
        self.assertIn("unexpected argument 'more'", self.fails(2, "verify", model(), "more"))
        self.assertIn("MODEL is required", self.fails(2, "tokenize"))

    def test_bad_values_name_what_is_accepted(self):
        for option, value, expected in (
                ("--kv", "int3", "f32, f16, int8"), ("--threads", "0", "from 1 to 256"),
                ("--context", "many", "whole number"), ("--context", "0", "from 1"),
                ("--context", "10G", "whole number"), ("--sinks", "-1", "whole number"),
                ("--temperature", "warm", "number from 0"), ("--temperature", "-1", "number from 0"),
                ("--top-p", "1.5", "from 0 to 1"), ("--min-p", "nan", "from 0 to 1"),
                ("-n", "x", "-1 for no limit"), ("--seed", "1x", "whole number")):
            line = self.fails(2, "run", model(), option, value)
            self.assertIn(f"run: {option}: '{value}' is not", line)
            self.assertIn(expected, line)

    def test_unknown_instruction_set_names_those_that_run(self):
        line = self.fails(2, "run", model(), "--isa", "sse")
        self.assertRegex(line, r"--isa: this program has no .* 'sse'; this processor runs .*scalar")

    def test_missing_value(self):
        self.assertIn("--context takes one value", self.fails(2, "run", model(), "--context"))

    def test_one_prompt_only(self):
        self.assertIn("one prompt", self.fails(2, "run", model(), "-p", "a", "-f", "b"))
        self.assertIn("one prompt", self.fails(2, "run", model(), "-", "-p", "a"))
        self.assertIn("-p TEXT", self.fails(2, "run", model(), "Once upon a time"))

    def test_settings_that_the_model_refuses(self):
        self.assertIn("--allow-longer-context", self.fails(1, "run", model(), "--context", "1K"))
        self.assertIn("--sinks", self.fails(1, "plan", model(), "--sinks", "128"))
        self.assertIn("--prefill-chunk", self.fails(1, "digest", model(), "--prefill-chunk", "1G"))


if __name__ == "__main__":
    unittest.main()
