"""ringlet run: what it writes where, and how it ends."""

import os
import json
import re
import resource
import signal
import subprocess
import time
import unittest

from support import EMULATOR, PROGRAM, TestCase, environment, model, read, ringlet, write

GREEDY = ("--temperature", "0", "--ignore-eos")


class Run(TestCase):
    def text(self, *arguments, **keywords):
        return self.succeeds("run", model(), "-q", *arguments, **keywords)

    def test_prompt_completion_newline(self):
        with_prompt = self.text("-p", "Once the", "-n", "20", *GREEDY)
        self.assertTrue(with_prompt.startswith(b"Once the"))
        self.assertTrue(with_prompt.endswith(b"\n"))
        self.assertGreater(len(with_prompt), len("Once the") + 5)
        without = self.text("-p", "Once the", "-n", "20", "--no-echo", *GREEDY)
        self.assertEqual(with_prompt, b"Once the" + without)
        self.assertEqual(self.text("-p", "Once the", "-n", "0"), b"Once the\n")

    def test_output_is_utf8(self):
        self.text("-n", "300", "--ignore-eos", "--temperature", "5", "--top-p", "1", "--seed", "1").decode("utf-8")

    def test_sources_of_the_prompt(self):
        expected = self.text("-p", "the and was", "-n", "9", *GREEDY)
        self.assertEqual(self.text("-f", write("prompt.txt", b"the and was\n"), "-n", "9", *GREEDY), expected)
        self.assertEqual(self.text("-f", write("bare.txt", b"the and was"), "-n", "9", *GREEDY), expected)
        self.assertEqual(self.text("-", "-n", "9", *GREEDY, stdin=b"the and was\n"), expected)
        self.assertIn("does not exist", self.fails(1, "run", model(), "-f", "/nowhere/prompt.txt"))

    def test_seed_repeats_a_run(self):
        one = ringlet("run", model(), "-n", "40", "--ignore-eos", "--temperature", "1")
        seed = re.search(rb"seed (\d+)", one.stderr).group(1).decode()
        again = self.text("-n", "40", "--ignore-eos", "--temperature", "1", "--seed", seed)
        self.assertEqual(one.stdout, again)
        other = self.text("-n", "40", "--ignore-eos", "--temperature", "1", "--seed", seed + "1")
        self.assertNotEqual(one.stdout, other)

    def test_statistics(self):
        done = ringlet("run", model(), "-p", "Once", "-n", "30", *GREEDY)
        line = done.stderr.decode()
        self.assertEqual(line.count("\n"), 1)
        self.assertRegex(line, r"prompt \d+ tokens at [\d.]+ tok/s \| generated 30 tokens at [\d.]+ tok/s \| "
                               r"first token after [\d.]+ ms \| per token p50 [\d.]+ ms, p99 [\d.]+ ms \| "
                               r"RAM [\d.]+ KiB\n$")
        self.assertEqual(ringlet("run", model(), "-q", "-n", "3").stderr, b"")

    def test_divisions_do_not_change_the_text(self):
        prompt = write("long.txt", b"the and was Once " * 100)  # several times the context
        texts = {self.text("-f", prompt, "-n", "50", "--context", "64", "--prefill-chunk", chunk, *GREEDY)
                 for chunk in ("1", "5", "16", "40")}
        self.assertEqual(len(texts), 1)

    def test_goes_on_past_the_context(self):
        done = ringlet("run", model(), "-n", "1000", "--context", "32", *GREEDY)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"generated 1000 tokens", done.stderr)

    def test_words_of_any_length(self):
        word = b"x" * 3000
        text = write("word.txt", word + b" the " + b"y" * 2000)
        expected = self.text("-f", text, "-n", "9", "--longest-word", "3K", *GREEDY)
        self.assertEqual(self.text("-f", text, "-n", "9", *GREEDY), expected)
        line = self.fails(1, "run", model(), "-f", text, "-n", "1", "--longest-word", "100")
        self.assertIn("longer than --longest-word 100 allows; raise it, or leave the option out", line)
        # Memory is planned for the words that there are.
        done = ringlet("run", model(), "-f", text, "-n", "0")
        planned = self.succeeds("plan", model(), "--longest-word", "3000", "--json")
        self.assertIn(b"RAM %.1f KiB" % (json.loads(planned)["ram_bytes"] / 1024), done.stderr)

    def test_interrupt(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen(PROGRAM + ["run", model(), "-n", "-1", "--ignore-eos"],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
            process.stdout.read(50)
            process.send_signal(number)
            output, error = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 128 + number)
            self.assertTrue(output.endswith(b"\n"))
            self.assertIn(b"generated", error)

    def test_closed_pipe_is_quiet(self):
        process = subprocess.Popen(PROGRAM + ["run", model(), "-n", "-1", "--ignore-eos"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        process.stdout.read(10)
        process.stdout.close()
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()
        self.assertEqual(process.wait(60), 128 + signal.SIGPIPE)

    def test_full_disk_is_reported(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(PROGRAM + ["run", model(), "-n", "5"], stdout=full, stderr=subprocess.PIPE,
                                  check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard output: cannot be written", done.stderr)

    def test_text_arrives_while_it_is_made(self):
        process = subprocess.Popen(PROGRAM + ["run", model(), "-n", "-1", "--ignore-eos", "-p", "Once"],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        started = time.monotonic()
        self.assertEqual(process.stdout.read(4), b"Once")
        process.stdout.read(20)
        self.assertIsNone(process.poll())
        self.assertLess(time.monotonic() - started, 60)
        process.kill()
        process.communicate()

    def test_infinite_weights_are_named(self):
        """Part after part of the weights becomes infinite; the error names where the first token met it."""
        content = read(model("f32"))
        begin = int.from_bytes(content[32:40], "little")  # of the data segment
        places = set()
        for part in range(1, 25):
            at = (begin + (len(content) - begin) * part // 25) // 64 * 64
            spoilt = write("spoilt.ringlet", content[:at] + b"\x00\x00\x80\x7f" * 16 + content[at + 64:])
            done = ringlet("run", spoilt, "--no-verify", "-p", "Once", "-n", "2", "-q")
            error = done.stderr.decode()
            if done.returncode == 0:  # a row of the embedding that no token here has
                continue
            self.assertEqual((done.returncode, error.count("\n")), (1, 1), error)
            said = re.search(r"the token at position \d+ gives NaN, infinity or keys too large to cache, first in the "
                             r"([a-z -]+?)( of layer \d+)?; 'ringlet verify' checks the model's weights", error)
            self.assertTrue(said, error)
            places.add(said[1])
            self.fails(1, "verify", "-q", spoilt)
        self.assertGreater(len(places), 4, places)

    def test_one_token_is_singular(self):
        done = ringlet("run", model(), "-p", "Once", "-n", "1", "--temperature", "0", "--ignore-eos")
        self.assertRegex(done.stderr.decode(), r"^prompt \d tokens at .* \| generated 1 token \|")

    @unittest.skipIf(EMULATOR or os.environ.get("RINGLET_SANITIZERS"), "SKIPPED: they reserve address space")
    def test_what_the_machine_cannot_provide(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

        for options, expected in (
                (("-c", "1G", "--allow-longer-context"), r"a session of \d+,\d{3},[\d,]+ bytes does not fit into this "
                 r"machine's memory \(Cannot allocate memory\); lower --context"),
                (("-t", "256"), "a team of 256 threads: cannot be started: Resource temporarily unavailable; "
                 "use --threads 1")):
            done = subprocess.run(PROGRAM + ["run", model(), "-p", "Once", "-n", "1", "-q", *options], preexec_fn=limit,
                                  capture_output=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr.decode().splitlines()[-1], f"^ringlet: {expected}$")

    def test_more_threads_than_processors(self):
        processors = len(os.sched_getaffinity(0))
        for threads, notes in ((processors, 0), (processors + 3, 1)):
            done = ringlet("run", model(), "-p", "Once", "-n", "1", "-t", str(threads), "-q")
            note = f"ringlet: {threads} threads on {processors} processor{'' if processors == 1 else 's'} " \
                   f"are slower than {processors}\n"
            self.assertEqual(done.stderr.decode(), note * notes)
        done = ringlet("perplexity", model(), "-f", "-", "--kv", "f32,int8", "-t", str(processors + 1), stdin=b"Once the")
        self.assertEqual(done.stderr.count(b" are slower than "), 1)


if __name__ == "__main__":
    unittest.main()
