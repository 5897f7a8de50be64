"""Help, version, and wrong command lines."""

import subprocess
import unittest

from support import CONVERT, PROGRAM, TestCase, model, ringlet

COMMANDS = ("run", "chat", "plan", "inspect", "verify", "tokenize", "digest", "perplexity", "bench", "prefix", "pull", "list", "remove",
            "serve", "help")


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

    def test_what_is_too_much_names_the_remedy(self):
        for arguments, expected in (
                (("chat", model(), "hello"), "unexpected argument 'hello'; give a message with -p TEXT"),
                (("run", "Once", "upon", "a", "time"), "unexpected argument 'a'; quote a prompt of several words"),
                (("run", "-m", model(), "Once", "upon"), "unexpected argument 'upon'; quote a prompt of several words"),
                (("tokenize", model(), "Once", "upon"), "unexpected argument 'upon'; quote a text of several words"),
                (("run", "--", model(), "-x", "-y"), "unexpected argument '-y'; quote a prompt of several words"),
                (("inspect", "--", model(), "-x"), "unexpected argument '-x'")):
            self.assertEqual(self.fails(2, *arguments),
                             f"ringlet: {arguments[0]}: {expected} (see ringlet {arguments[0]} --help)\n")
        self.assertTrue(self.succeeds("run", "-n", "1", "-q", "--", model(), "-x").startswith(b"-x"))

    def test_unknown_options_suggest_the_likely_one(self):
        for wrong, meant in (("--ctx-size", "--context"), ("--ctx-size=99", "--context"), ("--n-predict", "-n"),
                             ("--contxt", "--context"), ("--top_p=1", "--top-p"), ("--system-prompt", None),
                             ("--model-draft", "--draft"), ("--draft-max=4", "--draft-tokens"), ("--drafts", "--draft"),
                             ("--loud", None)):
            suggestion = f"; did you mean {meant}?" if meant else ""
            self.assertEqual(self.fails(2, "run", model(), wrong),
                             f"ringlet: run: unknown option '{wrong}'{suggestion} (see ringlet run --help)\n")
        self.assertIn("; did you mean --system?", self.fails(2, "chat", model(), "--system-prompt"))

    def test_help_that_cannot_be_written_is_a_failure(self):
        for program in (PROGRAM, CONVERT):
            for option in ("--help", "--version"):
                with open("/dev/full", "wb") as full:
                    done = subprocess.run(program + [option], stdout=full, stderr=subprocess.PIPE, check=False)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr.decode(), "standard output: cannot be written: No space left on device\n$")

    def test_bad_values_name_what_is_accepted(self):
        whole = "a whole number from"
        for option, value, expected in (
                ("--threads", "0", f"{whole} 1 to 256"), ("--context", "many", f"{whole} 1 to 1073741824"),
                ("--context", "0", f"{whole} 1 to 1073741824"), ("--context", "10G", f"{whole} 1 to 1073741824"),
                ("--sinks", "-1", f"{whole} 0 to 1073741823"), ("--prefill-chunk", "100000", f"{whole} 1 to 4096"),
                ("--hot-window", "1.5.5K", f"{whole} 1 to 1073741824"), ("--top-k", "x", f"{whole} 0 to 4294967295"),
                ("--longest-word", "1G", "a size from 1 to 16777216 bytes"),
                ("--temperature", "hot", "a number, 0 or more"), ("--temperature", "-1", "a number, 0 or more"),
                ("--top-p", "1.5", "a number above 0 and at most 1"), ("--top-p", "0", "a number above 0 and at most 1"),
                ("--min-p", "nan", "a number from 0 to below 1"), ("--min-p", "1", "a number from 0 to below 1"),
                ("--repeat-penalty", "0", "a number above 0"), ("-n", "x", "a whole number, or -1 for no limit"),
                ("--seed", "1x", f"{whole} 0 to 18446744073709551615, or -1 for a random one"),
                ("--stats", "0", f"{whole} 1 to 86400"),
                ("--seed", "-2", f"{whole} 0 to 18446744073709551615, or -1 for a random one")):
            self.assertEqual(self.fails(2, "run", model(), option, value),
                             f"ringlet: run: {option}: must be {expected} (got '{value}')\n")
        self.assertEqual(self.fails(2, "chat", model(), "-n", "0"),
                         "ringlet: chat: -n: must be a whole number, 1 or more (got '0')\n")
        self.assertIn("run: --kv: 'int3' is not one of f32, f16, int8", self.fails(2, "run", model(), "--kv", "int3"))
        for size in ("1.5.5M", "-1", "x"):
            self.assertEqual(self.fails(2, "plan", model(), "--ram", size),
                             f"ringlet: plan: --ram: '{size}' is not a size; write bytes, or a number with a unit: "
                             "64K, 1.5M, 64MiB\n")

    def test_the_largest_values_are_those_of_a_plan(self):
        for option, most in (("--context", 1 << 30), ("--hot-window", 1 << 30), ("--prefill-chunk", 1 << 12),
                             ("--longest-word", 1 << 24), ("--threads", 256)):
            rest = ("--allow-longer-context", ) if option == "--context" else ()
            self.succeeds("plan", model(), option, str(most), *rest)
            self.fails(2, "plan", model(), option, str(most + 1), *rest)

    def test_unknown_instruction_set_names_those_that_run(self):
        line = self.fails(2, "run", model(), "--isa", "sse")
        self.assertRegex(line, r"--isa: this program has no .* 'sse'; this processor runs .*scalar")

    def test_missing_value(self):
        self.assertIn("--context takes one value", self.fails(2, "run", model(), "--context"))

    def test_an_empty_file_name_is_refused(self):
        # A variable that is not set leaves it. To ignore it would skip what was asked for.
        for command, option in (("run", "--session"), ("run", "--prefix"), ("run", "-m"), ("run", "-f"),
                                ("chat", "--session"),
                                ("plan", "--prefix"), ("plan", "--header"), ("plan", "--svg"), ("plan", "-m"),
                                ("bench", "--svg"), ("bench", "--file"), ("run", "--draft"), ("plan", "--draft"),
                                ("digest", "--prefix"), ("perplexity", "-f"), ("prefix", "-o"), ("verify", "--signature"),
                                ("verify", "--write-signed-part")):
            long = {"-m": "--model", "-f": "--file", "-o": "--output"}.get(option, option)
            positional = () if option == "-m" else (model(), )
            line = self.fails(2, command, *positional, option, "")
            self.assertEqual(line, f"ringlet: {command}: {long}: is empty; name a file\n")
        self.assertIn("run: MODEL: is empty; name a file", self.fails(2, "run", ""))
        self.assertIn("inspect: --model: is empty; name a file", self.fails(2, "inspect", ""))

    def test_an_empty_key_does_not_switch_the_signature_off(self):
        for rest in ((), ("--signature", "absent.minisig"), ("--public-key", "absent.pub")):
            line = self.fails(2, "verify", model(), "--public-key", "", *rest)
            self.assertEqual(line, "ringlet: verify: --public-key: is empty; give a minisign key or the file that has it\n")

    def test_one_prompt_only(self):
        self.assertIn("one prompt", self.fails(2, "run", model(), "-p", "a", "-f", "b"))
        self.assertIn("one prompt", self.fails(2, "run", model(), "-", "-p", "a"))
        self.assertIn("one prompt", self.fails(2, "run", model(), "Once upon a time", "-p", "a"))

    def test_settings_that_the_model_refuses(self):
        for command in ("run", "plan", "digest", "bench"):
            self.assertEqual(self.fails(2, command, model(), "--context", "1K"),
                             f"ringlet: {command}: --context: 1,024 is longer than the 128 that the model was trained on; "
                             "use --context 128, or add --allow-longer-context\n")
        for options, expected in (
                (("--sinks", "128"), "--sinks: must be fewer than the context (at most 127, got 128)"),
                (("--sinks", "4", "-c", "4"), "--sinks: must be fewer than the context (at most 3, got 4)"),
                (("-c", "4"), "--context: must be more than the 4 sinks; --context 5 or --sinks 3 would fit"),
                (("--kv", "int4", "--hot-window", "1"), "--hot-window: too small for an INT4 cache (needs 16, got 1)")):
            self.assertEqual(self.fails(2, "plan", model(), *options), f"ringlet: plan: {expected}\n")


if __name__ == "__main__":
    unittest.main()
