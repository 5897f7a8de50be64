"""ringlet run --session and --prefix, ringlet prefix: texts that continue, and files that survive failures."""

import json
import os
import random
import signal
import subprocess
import time
import unittest

from support import PROGRAM, TestCase, environment, folder, model, path, read, ringlet, write

GREEDY = ("--temperature", "0", "--ignore-eos")
SAMPLED = ("--temperature", "1.5", "--repeat-penalty", "1.3", "--ignore-eos")


def fresh(name):
    """A path where nothing is."""
    if os.path.exists(path(name)):
        os.remove(path(name))
    return path(name)


def read_header(test, *options):
    test.succeeds("plan", model(), "--header", path("plan.h"), *options)
    return read(path("plan.h")).decode()


class Session(TestCase):
    def run_in(self, file_name, *arguments, **keywords):
        return self.succeeds("run", model(), "-q", "--session", file_name, *arguments, **keywords)

    def text(self, *arguments):
        return self.succeeds("run", model(), "-q", *arguments)

    def test_goes_on_as_if_it_had_never_stopped(self):
        for options in ((), ("--context", "40"), ("--kv", "f32", "--context", "50"), ("--kv", "f16"),
                        ("--kv", "k8v4", "--context", "100", "--hot-window", "20"),
                        ("--kv", "int4", "--context", "100", "--hot-window", "32", "--prefill-chunk", "5")):
            session = fresh("goes-on.session")
            whole = self.text("-p", "Once the", "-n", "300", *GREEDY, *options)
            parts = self.run_in(session, "-p", "Once the", "-n", "100", *GREEDY, *options)[:-1]
            parts += self.run_in(session, "-n", "1", *GREEDY)[:-1]  # settings come from the file
            parts += self.run_in(session, "-n", "0", *GREEDY)[:-1]
            parts += self.run_in(session, "-n", "199", *GREEDY, *options)
            self.assertEqual(parts, whole, options)

    def test_sampling_goes_on_too(self):
        whole = self.text("-p", "Once the", "-n", "90", "--seed", "5", *SAMPLED)
        session = fresh("sampled.session")
        parts = self.run_in(session, "-p", "Once the", "-n", "40", "--seed", "5", *SAMPLED)[:-1]
        kept = read(session)
        self.assertEqual(parts + self.run_in(session, "-n", "50", *SAMPLED), whole)
        write("sampled.session", kept)
        self.assertNotEqual(parts + self.run_in(session, "-n", "50", "--seed", "6", *SAMPLED), whole)

    def test_a_prompt_is_appended(self):
        session = fresh("appended.session")
        first = self.run_in(session, "-p", "Once the", "-n", "5", *GREEDY)[:-1].decode(errors="replace")
        second = self.run_in(session, "-p", " and was", "-n", "20", *GREEDY).decode(errors="replace")
        self.assertTrue(second.startswith(" and was"))
        done = ringlet("run", model(), "--session", session, "-p", " the the", "-n", "0")
        self.assertIn(b"prompt 2 tokens", done.stderr, "and no beginning of text")
        # The model saw the first text: alone the second goes on differently.
        self.assertNotEqual(second, self.text("-p", " and was", "-n", "20", *GREEDY).decode(errors="replace"))
        self.assertTrue(first.startswith("Once the"))

    def test_the_plan_tells_the_largest_file(self):
        session = fresh("largest.session")
        plan = json.loads(self.succeeds("plan", model(), "--context", "40", "--json"))
        self.run_in(session, "-n", "300", "--context", "40", *GREEDY)
        self.assertEqual(os.path.getsize(session), plan["snapshot_bytes"])
        self.run_in(session, "-n", "99", *GREEDY)
        self.assertEqual(os.path.getsize(session), plan["snapshot_bytes"])
        self.assertRegex(read_header(self, "--context", "40"), r"_SNAPSHOT_BYTES [1-9]")

    def test_any_threads_and_instructions(self):
        session = fresh("threads.session")
        self.run_in(session, "-p", "Once the", "-n", "60", "--context", "40", *GREEDY)
        kept = read(session)
        texts = set()
        for options in (("--isa", "scalar"), ("--threads", "3"), ("--prefill-threads", "2"), ()):
            write("threads.session", kept)
            texts.add(self.run_in(session, "-p", " the and was" * 5, "-n", "60", *GREEDY, *options))
        self.assertEqual(len(texts), 1)

    def test_other_models_and_settings_are_named(self):
        session = fresh("settings.session")
        self.run_in(session, "-p", "Once the", "-n", "100", "--context", "64", *GREEDY)
        kept = read(session)
        for options, expected in ((("--context", "70"), "--context: the session has 64"),
                                  (("--sinks", "5"), "--sinks: the session has 4"),
                                  (("--kv", "f32"), "--kv: differs from the session's"),
                                  (("--prefill-chunk", "4"), "--prefill-chunk: the session has 16")):
            line = self.fails(1, "run", model(), "--session", session, "-n", "1", *options)
            self.assertEqual(line, f"ringlet: {session}: {expected}; leave the option out\n")
        line = self.fails(1, "run", model("int4"), "--session", session, "-n", "1")
        self.assertIn(f"{session}: was saved with another model than {model('int4')}; use that model", line)
        self.assertEqual(read(session), kept, "what was refused is left alone")

    def test_a_context_without_room_for_the_sinks(self):
        session = fresh("sinks.session")
        self.run_in(session, "-p", "Once the", "-n", "9", *GREEDY)
        self.assertEqual(self.fails(2, "run", model(), "--session", session, "-c", "4"),
                         "ringlet: run: --context: must be more than the 4 sinks of the session; leave the option out\n")

    def test_the_hot_window_is_that_of_the_session(self):
        session = fresh("hot.session")
        self.run_in(session, "-p", "Once the", "-n", "100", "--kv", "int4", "--hot-window", "20", *GREEDY)
        line = self.fails(1, "run", model(), "--session", session, "-n", "1", "--hot-window", "30")
        self.assertEqual(line, f"ringlet: {session}: --hot-window: the session has 20; leave the option out\n")

    def test_what_still_fits_can_differ(self):
        session = fresh("fits.session")
        self.run_in(session, "-p", "Once the", "-n", "9", "--context", "64", *GREEDY)
        self.run_in(session, "-n", "9", "--context", "100", "--prefill-chunk", "4", *GREEDY)

    def test_damage_is_refused(self):
        session = fresh("damage.session")
        self.run_in(session, "-p", "Once the", "-n", "40")
        intact = read(session)
        generator = random.Random(3)
        places = [generator.randrange(len(intact)) for _ in range(30)] + [0, 4, 8, len(intact) - 1]
        for place in places:
            damaged = bytearray(intact)
            damaged[place] ^= 1 << generator.randrange(8)
            line = self.fails(1, "run", model(), "--session", write("damaged.session", damaged), "-n", "1")
            self.assertRegex(line, "damaged.session: snapshot: (damaged|truncated|too short|not the snapshot)")
        for size in (1, 11, 100, len(intact) // 2, len(intact) - 1):
            line = self.fails(1, "run", model(), "--session", write("cut.session", intact[:size]), "-n", "1")
            self.assertRegex(line, "cut.session: snapshot: (truncated|too short)")
        text = write("text.session", b"Once upon a time. " * 9)
        self.assertIn("not the snapshot of a session", self.fails(1, "run", model(), "--session", text))
        self.assertIn("empty.session: is empty; delete it to begin a new one\n",
                      self.fails(1, "run", model(), "--session", write("empty.session", b"")))
        self.assertIn("is a folder", self.fails(1, "run", model(), "--session", folder()))

    def test_a_folder_that_is_not_there(self):
        line = self.fails(1, "run", model(), "-q", "-n", "1", "--no-echo", "--ignore-eos", "--session",
                          "/nowhere/at/all.session")
        self.assertIn("/nowhere/at/all.session: cannot be written", line)

    def test_an_interrupted_run_is_saved(self):
        session = fresh("interrupted.session")
        process = subprocess.Popen(
            PROGRAM + ["run", model(), "-n", "-1", "-p", "Once the", "--session", session, *GREEDY],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        process.stdout.read(50)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 128 + signal.SIGINT)
        self.assertTrue(output.endswith(b"\n"))
        self.run_in(session, "-n", "10", *GREEDY)

    def test_a_reader_that_leaves_changes_nothing(self):
        session = fresh("pipe.session")
        self.run_in(session, "-p", "Once the", "-n", "10", *GREEDY)
        kept = read(session)
        process = subprocess.Popen(PROGRAM + ["run", model(), "-n", "-1", "--session", session, *GREEDY],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        process.stdout.read(10)
        process.stdout.close()
        process.stderr.read()
        process.stderr.close()
        self.assertEqual(process.wait(60), 128 + signal.SIGPIPE)
        self.assertEqual(read(session), kept)

    def test_killed_at_any_moment(self):
        """The file is always the one from before or the one from after: whole, and of a known length."""
        session = fresh("killed.session")
        arguments = ("-n", "3", "--kv", "f32", "--context", "128", "--prefill-chunk", "16", *GREEDY)
        self.run_in(session, "-p", "Once the", *arguments)
        generator = random.Random(17)
        duration = 0.05
        outcomes = {"finished": 0, "old": 0, "new": 0}
        held = self.held(session)
        for attempt in range(40):
            process = subprocess.Popen(PROGRAM + ["run", model(), "-q", "--session", session, *arguments],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
            started = time.monotonic()
            if attempt % 2 == 0:  # at any moment
                time.sleep(generator.uniform(0, duration))
            else:  # while the new file is being written
                while process.poll() is None and not self.leftovers(".killed.session."):
                    pass
                time.sleep(generator.choice((0, 0, 0.0002, 0.001)))
            process.kill()
            status = process.wait(120)
            now = self.held(session)
            if status == 0:
                outcomes["finished"] += 1
                self.assertEqual(now, held + 3)
            else:
                self.assertEqual(status, -signal.SIGKILL)
                outcomes["old" if now == held else "new"] += 1
                self.assertIn(now, (held, held + 3))
            if attempt % 4 == 0:
                duration = time.monotonic() - started if status == 0 else duration * 1.5
            held = now
            for leftover in self.leftovers("killed.session."):
                os.remove(path(leftover))
        self.assertGreater(outcomes["old"], 5, outcomes)
        self.run_in(session, "-n", "5", *GREEDY)

    @staticmethod
    def leftovers(prefix):
        """Temporary files of a process that was killed."""
        return [name for name in os.listdir(folder()) if name.startswith(prefix)]

    def held(self, session):
        """The tokens that a session holds; fails the test when it cannot be restored."""
        copy = write("copy.session", read(session))
        done = ringlet("run", model(), "--session", copy, "-n", "0")
        self.assertEqual(done.returncode, 0, done.stderr.decode(errors="replace"))
        return int(done.stderr.split(b"session of ")[1].split()[0].replace(b",", b""))


class Prefix(TestCase):
    PROMPT = "Once the and was"
    REST = " the the was Once and the"

    def prefix(self, name, *options, prompt=PROMPT):
        note = self.fails_not("prefix", model(), "-p", prompt, "-o", path(name), *options)
        self.assertRegex(note, rf"{name}: \d+ tokens(, pinned)?, [\d,]+ bytes\n$")
        return path(name)

    def fails_not(self, *arguments):
        done = ringlet(*arguments)
        self.assertEqual((done.returncode, done.stdout), (0, b""), done.stderr.decode(errors="replace"))
        return done.stderr.decode()

    def test_starts_as_after_the_prompt(self):
        for options in ((), ("--kv", "f16"), ("--kv", "int4", "--hot-window", "16"), ("--context", "40"),
                        ("--sinks", "0"), ("--sinks", "2")):
            prefix = self.prefix("start.prefix", *options)
            arguments = ("-n", "80", "--repeat-penalty", "1.2", *GREEDY)
            whole = self.succeeds("run", model(), "-q", "-p", self.PROMPT + self.REST, *arguments, *options)
            rest = self.succeeds("run", model(), "-q", "--prefix", prefix, "-p", self.REST, *arguments)
            self.assertEqual(self.PROMPT.encode() + rest, whole, options)
            # And without a prompt of its own.
            whole = self.succeeds("run", model(), "-q", "-p", self.PROMPT, *arguments, *options)
            rest = self.succeeds("run", model(), "-q", "--prefix", prefix, *arguments)
            self.assertEqual(self.PROMPT.encode() + rest, whole, options)

    def test_pinned_for_ever_and_not_in_ram(self):
        prefix = self.prefix("pinned.prefix", "--pin", "--context", "100", prompt=self.PROMPT * 4)
        done = ringlet("run", model(), "--prefix", prefix, "-n", "500", "-p", self.REST, *GREEDY)
        sinks = int(ringlet("prefix", model(), "-p", self.PROMPT * 4, "-o", path("again.prefix"),
                            "--pin").stderr.split(b"prefix: ")[1].split()[0])
        same = ringlet("run", model(), "--sinks", str(sinks), "--context", "100", "-n", "500",
                       "-p", self.PROMPT * 4 + self.REST, *GREEDY)
        self.assertEqual((self.PROMPT * 4).encode() + done.stdout, same.stdout)
        ram = [float(run.stderr.split(b"RAM ")[1].split()[0]) for run in (done, same)]
        self.assertLess(ram[0], ram[1])

    def test_a_text_file(self):
        text = write("system.txt", self.PROMPT.encode() + b"\n")
        self.fails_not("prefix", model(), "-f", text, "-o", path("file.prefix"), "-q")
        self.assertEqual(read(path("file.prefix")), read(self.prefix("same.prefix")))

    def test_session_after_prefix(self):
        prefix = self.prefix("both.prefix", "--pin")
        session = fresh("both.session")
        arguments = ("--prefix", prefix, "--session", session, *GREEDY)
        whole = self.succeeds("run", model(), "-q", "--prefix", prefix, "-n", "200", *GREEDY)
        parts = self.succeeds("run", model(), "-q", *arguments, "-n", "150")[:-1]
        parts += self.succeeds("run", model(), "-q", *arguments, "-n", "50")
        self.assertEqual(parts, whole)

    def test_digest_is_equal_everywhere(self):
        prefix = self.prefix("digest.prefix", "--kv", "int4", "--hot-window", "16")
        digests = {self.succeeds("digest", model(), "--prefix", prefix, *options)
                   for options in ((), ("--isa", "scalar"), ("--chunk", "7"), ("--threads", "2"))}
        self.assertEqual(len(digests), 1)
        self.assertNotIn(self.succeeds("digest", model(), "--kv", "int4", "--hot-window", "16", "--context", "128"),
                         digests)

    def test_plan_counts_the_sinks_as_flash(self):
        prefix = self.prefix("plan.prefix", "--pin", "--context", "64")
        plan = json.loads(self.succeeds("plan", model(), "--prefix", prefix, "--json"))
        self.assertEqual(plan["prefix_bytes"], os.path.getsize(prefix))
        self.assertNotIn("sink keys", [section["name"] for section in plan["sections"]])
        copied = json.loads(self.succeeds("plan", model(), "--context", "64", "--sinks", str(plan["sinks"]), "--json"))
        sinks = sum(section["bytes"] for section in copied["sections"] if section["name"].startswith("sink "))
        self.assertEqual(plan["ram_bytes"] + sinks, copied["ram_bytes"])
        self.assertIn("the prefix", self.succeeds("plan", model(), "--prefix", prefix).decode())

    def test_refusals(self):
        self.assertIn("one prompt", self.fails(2, "prefix", model(), "-o", path("x")))
        self.assertIn("one prompt", self.fails(2, "prefix", model(), "-p", "a", "-f", "b", "-o", path("x")))
        self.assertIn("--output is required", self.fails(2, "prefix", model(), "-p", "a"))
        line = self.fails(2, "prefix", model(), "-p", "Once the and was", "-o", path("x"), "--pin", "--context", "4")
        self.assertRegex(line, r"^ringlet: prefix: --pin: the prompt has \d+ tokens, and a context of 4 keeps at most 3; "
                         r"shorten it, or use --context 128$")
        line = self.fails(2, "prefix", model(), "-p", "w " * 2000, "-o", path("x"), "--pin")
        self.assertRegex(line, r"the prompt has \d,\d+ tokens, and a context of 128 keeps at most 127; shorten it$")
        self.assertIn("cannot be written", self.fails(1, "prefix", model(), "-p", "a", "-o", "/nowhere/x"))
        self.assertIn("does not exist", self.fails(1, "run", model(), "--prefix", "/nowhere/x"))
        self.assertFalse(os.path.exists(path("x")))


if __name__ == "__main__":
    unittest.main()
