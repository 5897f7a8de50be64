"""Common options: short names, repeated options, escapes, a prompt without -p, stop strings, help."""

import unittest

from support import TestCase, model, path, ringlet, write

GREEDY = ("--temperature", "0", "--ignore-eos", "-q")


class Options(TestCase):
    def test_letters_of_llama_cpp(self):
        long = self.succeeds("run", model(), "--prompt", "Once", "-n", "30", "--context", "40", "--threads", "1",
                             "--seed", "7", "--temperature", "0.9", "-q")
        short = self.succeeds("run", "-m", model(), "-p", "Once", "-n", "30", "-c", "40", "-t", "1", "-s", "7",
                              "--temp", "0.9", "-q")
        self.assertEqual(long, short)
        for command in (("plan",), ("inspect",), ("verify", "-q"), ("digest",)):
            self.assertEqual(self.succeeds(*command, "-m", model()), self.succeeds(*command, model()))
        self.assertEqual(self.succeeds("tokenize", "-m", model(), "Once"), self.succeeds("tokenize", model(), "Once"))

    def test_a_bare_prompt(self):
        expected = self.succeeds("run", model(), "-p", "Once the", "-n", "9", *GREEDY)
        self.assertEqual(self.succeeds("run", model(), "Once the", "-n", "9", *GREEDY), expected)
        self.assertEqual(self.succeeds("run", "-n", "9", model(), *GREEDY, "Once the"), expected)
        self.assertEqual(self.succeeds("run", "-m", model(), "Once the", "-n", "9", *GREEDY), expected)
        self.assertEqual(self.succeeds("run", "-m", model(), "-", "-n", "9", *GREEDY, stdin=b"Once the\n"), expected)
        line = self.fails(2, "run", "Once upon a time")
        self.assertIn("no model file 'Once upon a time'; if that is the prompt, give it with -p TEXT", line)
        self.assertIn("unexpected argument 'upon'", self.fails(2, "run", model(), "Once", "upon"))
        self.assertIn("unexpected argument 'upon'", self.fails(2, "run", "-m", model(), "Once", "upon"))

    def test_the_last_of_repeated_options_counts(self):
        expected = self.succeeds("run", model(), "-p", "the", "-n", "5", "-c", "40", "--kv", "f16", *GREEDY)
        self.assertEqual(self.succeeds("run", model(), "-p", "Once", "-n", "9", "-c", "50", "--kv", "int8",
                                       "-p", "the", "-n", "5", "--context", "40", "--kv", "f16", *GREEDY), expected)
        self.assertEqual(self.succeeds("plan", "-m", path("absent"), "-m", model()), self.succeeds("plan", model()))

    def test_sizes(self):
        kib, million = (self.succeeds("plan", model(), "--ram", size).decode() for size in ("1.5MiB", "1.5MB"))
        self.assertIn("1.5 MiB", kib)
        self.assertNotIn("1.5 MiB", million)
        self.assertEqual(self.succeeds("plan", model(), "--ram", "1.5M").decode(), kib)
        self.assertIn("'1.5' is not a size", self.fails(2, "plan", model(), "--ram", "1.5"))

    def test_a_seed_of_minus_one_is_another_each_time(self):
        run = ("run", model(), "-p", "Once", "-n", "1")
        seeds = {ringlet(*run, "--seed", "-1").stderr.split(b"seed ")[1] for _ in range(3)}
        self.assertGreater(len(seeds), 1)
        self.assertEqual(ringlet(*run, "--seed", "7", "--seed", "18446744073709551615").stderr.split(b"seed ")[1].strip(),
                         b"18446744073709551615")

    def test_escapes(self):
        expected = self.succeeds("run", model(), "-p", "Once\nthe\t\\é", "-n", "5", *GREEDY)
        escaped = r"Once\nthe\t\\\xc3\xa9"
        self.assertEqual(self.succeeds("run", model(), "-e", "-p", escaped, "-n", "5", *GREEDY), expected)
        self.assertEqual(self.succeeds("run", model(), escaped, "-n", "5", "--escape", *GREEDY), expected)
        self.assertTrue(self.succeeds("run", model(), escaped, "-n", "5", *GREEDY).startswith(escaped.encode()))
        from_file = self.succeeds("run", model(), "-e", "-f", write("escaped.txt", b"a\\n"), "-n", "0", "-q")
        self.assertEqual(from_file, b"a\\n\n", "a file is taken as it is")
        self.assertIn(r"'\q' is not an escape", self.fails(2, "run", model(), "-e", "-p", r"Once\q"))
        prefixes = []
        for name, arguments in (("plain.prefix", ("-p", "Once\nthe")), ("escaped.prefix", ("-e", "-p", r"Once\nthe"))):
            self.succeeds("prefix", model(), "-q", "-o", path(name), *arguments)
            with open(path(name), "rb") as file:
                prefixes.append(file.read())
        self.assertEqual(*prefixes)

    def test_help(self):
        self.assertEqual(self.succeeds("help").strip(), self.succeeds("--help").strip())
        for command in ("run", "chat", "plan", "help"):
            self.assertEqual(self.succeeds("help", command).strip(), self.succeeds(command, "--help").strip())
        self.assertIn("unknown command 'sing'", self.fails(2, "help", "sing"))

    def test_help_names_the_defaults_of_the_command(self):
        def help_of(command):
            return " ".join(self.succeeds(command, "--help").decode().split())

        self.assertIn("Tokens that attention sees at once (default: 64).", help_of("digest"))
        self.assertNotIn("trained context", help_of("digest"))
        self.assertIn("(default: the trained context)", help_of("run"))
        for command in ("plan", "digest", "perplexity", "prefix"):
            self.assertIn("Longest word of a prompt, in bytes (default: 1024).", help_of(command))
        self.assertIn("(default: 1024, or what PROMPT needs)", help_of("run"))
        self.assertIn("(default: any; 1024 are planned)", help_of("chat"))


class StopStrings(TestCase):
    def run_model(self, *arguments):
        done = ringlet("run", model(), "-p", "Once", "-n", "60", "--temperature", "0", "--ignore-eos", "--no-echo",
                       *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout, int(done.stderr.split(b"generated ")[1].split()[0])

    def test_ends_where_it_comes(self):
        whole, _ = self.run_model()
        self.assertGreater(len(whole), 40, whole)
        for begin, size in ((10, 1), (15, 4), (20, 11), (0, 3)):
            stop = whole[begin:begin + size].decode(errors="replace")
            before = whole[:whole.index(stop.encode())]
            text, tokens = self.run_model("--stop", stop)
            self.assertEqual(text, before + b"\n")
            self.assertLess(tokens, 60)
            self.assertEqual(self.run_model("--stop", "not in it", "--stop", stop)[0], text)

    def test_without_one_the_text_is_the_same(self):
        whole, _ = self.run_model()
        self.assertEqual(self.run_model("--stop", "not in it")[0], whole)
        # The end of the text may have been the beginning of a stop string.
        self.assertEqual(self.run_model("--stop", whole[-4:-1].decode(errors="replace") + "more")[0], whole)

    def test_not_in_the_prompt(self):
        text = self.succeeds("run", model(), "-p", "Once the", "-n", "3", "--stop", "Once the", *GREEDY)
        self.assertTrue(text.startswith(b"Once the"))
        self.assertGreater(len(text), len("Once the\n"))

    def test_escapes_and_refusals(self):
        whole, _ = self.run_model()
        stop = whole[12:15]
        escaped = "".join(f"\\x{byte:02x}" for byte in stop)
        self.assertEqual(self.run_model("-e", "--stop", escaped)[0], whole[:whole.index(stop)] + b"\n")
        self.assertIn("--stop: an empty text", self.fails(2, "run", model(), "--stop", ""))
        # What follows the text is not a second one.
        self.succeeds("run", "--stop", "x", model(), "-n", "1", "-q")

    def test_a_session_goes_on_behind_it(self):
        whole, _ = self.run_model()
        stop = whole[20:24].decode(errors="replace")
        options = ("--temperature", "0", "--ignore-eos", "--no-echo", "-q", "--session", path("stopped.session"))
        first = self.succeeds("run", model(), "-p", "Once", "-n", "60", "--stop", stop, *options)
        second = self.succeeds("run", model(), "-n", "10", *options)
        rest = whole[len(first) - 1 + len(stop.encode()):]
        self.assertIn(second.strip()[:10], rest)


if __name__ == "__main__":
    unittest.main()
