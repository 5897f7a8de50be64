"""--lookup, --draft and --draft-tokens: whatever is drafted, the text is the one without drafts."""

import itertools
import re
import signal
import subprocess
import unittest

from drafts_support import AT_ONCE, CHAT, GREEDY, TEXT, drafters, fresh
from support import PROGRAM, TestCase, environment, model, path, ringlet


class Texts(TestCase):
    def run_text(self, *arguments):
        return self.succeeds("run", model(), "-q", *AT_ONCE, *arguments)

    def same_with_drafts(self, *arguments):
        expected = self.run_text(*arguments)
        for drafter in drafters():
            self.assertEqual(self.run_text(*arguments, *drafter), expected, (drafter, arguments))
        return expected

    def test_greedy_and_sampled(self):
        for sampling in (GREEDY, ("--seed", "3", "--temperature", "0.9"),
                         ("--seed", "4", "--temperature", "0.4", "--top-k", "9", "--repeat-penalty", "1.3"),
                         ("--seed", "5", "--temperature", "0.3", "--min-p", "0.2", "--top-p", "0.8")):
            self.same_with_drafts("-p", TEXT, "-n", "120", "--ignore-eos", *sampling)

    def test_every_cache(self):
        for cache in (("--kv", "f32"), ("--kv", "int8"), ("--kv", "k8v4", "--hot-window", "20"),
                      ("--kv", "int4", "--hot-window", "16")):
            # The ring wraps more than once.
            self.same_with_drafts("-p", TEXT, "-n", "150", "--ignore-eos", "-c", "50", *GREEDY, *cache)

    def test_ends(self):
        # Random weights end a text soon if they are hot enough; the end can be within an accepted draft.
        for seed in range(1, 5):
            self.same_with_drafts("-p", "Once", "-n", "200", "--temperature", "1.2", "--seed", str(seed))
        for limit in (0, 1, 2, 3, 9):
            self.same_with_drafts("-p", TEXT, "-n", str(limit), "--ignore-eos", *GREEDY)

    def test_stop_strings(self):
        whole = self.run_text("-p", TEXT, "-n", "60", "--ignore-eos", "--no-echo", *GREEDY)
        # Three bytes that are text: the program shows others as U+FFFD.
        places = [at for at in range(len(whole) - 3) if whole[at:at + 3].isalnum()]
        for at in places[::max(1, len(places) // 4)]:
            stop = whole[at:at + 3].decode()
            text = self.same_with_drafts("-p", TEXT, "-n", "60", "--ignore-eos", *GREEDY, "--stop", stop)
            self.assertLess(len(text), len(TEXT) + len(whole))

    def test_chunks_and_threads(self):
        expected = self.run_text("-p", TEXT, "-n", "60", "--ignore-eos", *GREEDY)
        for options in (("--prefill-chunk", "2", "--lookup"), ("--prefill-chunk", "6", "--draft-tokens", "5", "--lookup"),
                        ("-t", "3", "--draft", model("int4"), "--draft-tokens", "4"),
                        ("-t", "2", "--draft", CHAT, "--draft-tokens", "2"), ("--isa", "scalar", "--lookup"),
                        ("--no-lookup", "--draft-tokens", "auto"), ("--draft", "/nowhere", "--draft-tokens", "0")):
            self.assertEqual(self.run_text("-p", TEXT, "-n", "60", "--ignore-eos", *GREEDY, *options), expected, options)


class Sessions(TestCase):
    OPTIONS = ("--ignore-eos", "--temperature", "0.7", "--repeat-penalty", "1.1")

    def test_runs_with_and_without_drafts_in_turn(self):
        for cache in ((), ("--kv", "int4", "--hot-window", "16", "-c", "60")):
            whole = self.succeeds("run", model(), "-q", "-p", TEXT, "-n", "161", "--seed", "5", *self.OPTIONS, *cache)
            session = fresh("turns.session")
            parts = self.part(session, "-p", TEXT, "-n", "20", "--seed", "5", *cache)
            for drafter in itertools.chain(*((drafter, ()) for drafter in drafters()[:6])):
                parts += self.part(session, "-n", "11", *drafter)
            parts += self.part(session, "-n", "9", "--lookup", "--draft-tokens", "4")
            self.assertEqual(parts + b"\n", whole)

    def part(self, session, *arguments):
        return self.succeeds("run", model(), "-q", *AT_ONCE, "--session", session, *self.OPTIONS, *arguments)[:-1]

    def test_prompts_between(self):
        texts = set()
        for drafter in ((), *drafters()):
            session = fresh("between.session")
            first = self.part(session, "-p", TEXT, "-n", "30", "--seed", "6", *drafter)
            texts.add(first + self.part(session, "-p", " the and was", "-n", "40", *drafter))
        self.assertEqual(len(texts), 1)

    def test_the_saved_session_continues_alike(self):
        """What an end, a stop string or a limit leaves behind does not depend on drafts."""
        for end in (("-n", "33"), ("-n", "60", "--stop", "e"), ("-n", "90", "--temperature", "1.3")):
            rests = set()
            for drafter in ((), *drafters()):
                session = fresh("ends.session")
                self.succeeds("run", model(), "-q", *AT_ONCE, "--session", session, "-p", TEXT, "--seed", "2", *end, *drafter)
                rests.add(self.part(session, "-p", " Once", "-n", "30"))
            self.assertEqual(len(rests), 1, end)

    def test_prefixes(self):
        for pin in ((), ("--pin", )):
            prefix = path("drafts.prefix")
            self.succeeds("prefix", model(), "-q", "-p", TEXT, "-o", prefix, *pin)
            arguments = ("run", model(), "-q", *AT_ONCE, "--prefix", prefix, "-n", "150", "--ignore-eos", *GREEDY)
            for prompt in ((), ("-p", " and was")):
                expected = self.succeeds(*arguments, *prompt)
                for drafter in drafters():
                    self.assertEqual(self.succeeds(*arguments, *prompt, *drafter), expected, drafter)

    def test_interrupted_and_resumed(self):
        for drafter in ((), *drafters()[1:5]):
            session = fresh("interrupted.session")
            process = subprocess.Popen(
                PROGRAM + ["run", model(), "-n", "-1", "-p", TEXT, "--session", session, "--ignore-eos", *GREEDY, *AT_ONCE,
                           *drafter], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), bufsize=0)
            begun = b"".join(process.stdout.read(1) for _ in range(60))
            process.send_signal(signal.SIGINT)
            rest, error = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 128 + signal.SIGINT)
            generated = int(re.search(rb"generated (\d+) tokens", error)[1])
            resumed = self.succeeds("run", model(), "-q", "--session", session, "-n", "30", "--ignore-eos", *GREEDY, *AT_ONCE,
                                    *drafter)
            whole = self.succeeds("run", model(), "-q", "-p", TEXT, "-n", str(generated + 30), "--ignore-eos", *GREEDY)
            self.assertEqual((begun + rest)[:-1] + resumed, whole, drafter)


class Chats(TestCase):
    def drafters(self):
        return (("--lookup", "--draft-tokens", "4"), ("--draft", CHAT, "--draft-tokens", "5"),
                ("--draft", model(), "--draft-tokens", "3"), ("--lookup", "--draft", model()))

    def test_replies_are_the_same(self):
        talk = b"Hi there\nmore of this\n/reset\nHi there\n/stats\n"
        for options in ((*GREEDY, "-n", "40"), ("--seed", "2", "--temperature", "0.8", "-n", "40"),
                        (*GREEDY, "-n", "60", "-c", "40", "--kv", "int4", "--hot-window", "16"),
                        ("--seed", "3", "-n", "30", "--stop", "a", "--repeat-penalty", "1.2")):
            expected = self.succeeds("chat", CHAT, *AT_ONCE, *options, stdin=talk)
            for drafter in self.drafters():
                done = ringlet("chat", CHAT, *AT_ONCE, *options, *drafter, stdin=talk)
                self.assertEqual(done.stdout, expected, (drafter, options))
                self.assertRegex(done.stderr.decode(), r" \| (drafts: \d+ % of|nothing drafted)")

    def test_conversations_that_go_on(self):
        whole = self.succeeds("chat", CHAT, *GREEDY, "-n", "20", stdin=b"Hi\nmore\nand more\n")
        for drafter in self.drafters():
            talk = fresh("talk.session")
            parts = [self.succeeds("chat", CHAT, *GREEDY, *AT_ONCE, "-n", "20", "--session", talk, "-p", message, *options)
                     for message, options in (("Hi", drafter), ("more", ()), ("and more", drafter))]
            self.assertEqual(b"".join(parts), whole, drafter)


if __name__ == "__main__":
    unittest.main()
