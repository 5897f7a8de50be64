"""How the programs write files, and what they do with closed descriptors and signals. They never damage an existing file,
replace it by another kind, or lose it silently."""

import os
import pty
import signal
import stat
import subprocess
import time
import unittest

from support import CONVERT, EMULATOR, PROGRAM, TestCase, environment, folder, model, path, read, ringlet, write

SHORT = ("-q", "-n", "3", "--ignore-eos")


def fresh(name):
    if os.path.lexists(path(name)):
        os.remove(path(name))
    return path(name)


def mode_of(file_name):
    return stat.S_IMODE(os.stat(file_name).st_mode)


def run(*arguments, close=(), **keywords):
    """Starts either program with descriptors closed, as `2>&-` in a shell does."""

    def close_them():
        for descriptor in close:
            os.close(descriptor)

    keywords.setdefault("stdout", subprocess.PIPE)
    keywords.setdefault("stderr", subprocess.PIPE)
    return subprocess.run(list(arguments), env=environment(), timeout=300, check=False, preexec_fn=close_them,
                          **keywords)


class Descriptors(TestCase):
    def test_closed_ones_never_become_files(self):
        for close in ((2,), (1, 2), (0, 1, 2), (0,)):
            target = fresh("descriptors.session")
            done = run(*PROGRAM, "run", model(), *SHORT[1:], "--session", target, close=close, stdin=subprocess.DEVNULL)
            if 1 in close:
                self.assertEqual(done.returncode, 1, "the text is lost")
                self.assertFalse(os.path.exists(target))
                continue
            self.assertEqual(done.returncode, 0)
            self.succeeds("run", model(), "-q", "-n", "0", "--session", target)

    def test_closed_standard_error_while_converting(self):
        target = fresh("descriptors.ringlet")
        for close in ((2,), (0, 1, 2)):
            done = run(*CONVERT, "--random", "llama:dim=64,layers=1,heads=8,ffn=64,vocab=300", "-o", target, close=close)
            self.assertEqual(done.returncode, 0)
            self.succeeds("verify", target)

    def test_a_report_that_cannot_be_written_is_told(self):
        shape = "llama:dim=64,layers=1,heads=8,ffn=64,vocab=300"
        with open("/dev/full", "wb") as full:
            done = run(*CONVERT, "--random", shape, "-q", "--json", "-o", fresh("full.ringlet"), stdout=full)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"the report cannot be written", done.stderr)
        self.succeeds("verify", path("full.ringlet"))

    def test_names_of_a_source_do_not_act_on_a_terminal(self):
        source = write("ev\x1b[31mil.ringlet", read(model()))
        done = run(*CONVERT, source, "-o", fresh("copy.ringlet"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(b"\x1b", done.stderr)
        self.assertIn(b"ev\\x1b[31mil", done.stderr)

    def test_a_line_goes_to_standard_error_only(self):
        done = run(*PROGRAM, "verify", model(), close=(1,))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, rb"^ringlet: standard output: cannot be written: .*\n$")


class Names(TestCase):
    """Where the output's name leads."""

    def test_links_are_followed(self):
        write("real", b"old")
        os.makedirs(path("elsewhere"), exist_ok=True)
        for target, link in (("real", "link"), (path("real"), "absolute"), ("../real", "elsewhere/up")):
            if os.path.lexists(path(link)):
                os.remove(path(link))
            os.symlink(target, path(link))
            self.succeeds("prefix", model(), "-q", "-p", "Once", "-o", path(link))
            self.assertTrue(os.path.islink(path(link)))
            self.assertGreater(len(read(path("real"))), 100)

    def test_links_to_nothing_yet_and_in_circles(self):
        fresh("new")
        os.symlink("new", fresh("dangling"))
        self.succeeds("prefix", model(), "-q", "-p", "Once", "-o", path("dangling"))
        self.assertTrue(os.path.islink(path("dangling")) and os.path.isfile(path("new")))
        os.symlink("circle", fresh("circle"))
        self.assertIn("too many symbolic links",
                      self.fails(1, "prefix", model(), "-p", "Once", "-o", path("circle")))

    def test_the_converter_follows_links_too(self):
        os.symlink("made.ringlet", fresh("link.ringlet"))
        done = run(*CONVERT, "--random", "llama:dim=64,layers=1,heads=8,ffn=64,vocab=300", "-q", "-o", path("link.ringlet"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(os.path.islink(path("link.ringlet")))
        self.succeeds("verify", path("made.ringlet"))

    def test_pipes_are_written_and_stay(self):
        os.mkfifo(fresh("pipe"))
        reader = subprocess.Popen(["cat", path("pipe")], stdout=subprocess.PIPE)
        self.succeeds("plan", model(), "--svg", path("pipe"))
        self.assertTrue(reader.communicate(timeout=60)[0].startswith(b"<svg"))
        self.assertTrue(stat.S_ISFIFO(os.stat(path("pipe")).st_mode))

    def test_devices_are_written_and_stay(self):
        self.succeeds("prefix", model(), "-q", "-p", "Once", "-o", "/dev/null")
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))
        done = ringlet("plan", model(), "--header", "/dev/stdout")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, rb"#define RINGLET_\w+_RAM_BYTES \d")
        self.assertIn("No space left", self.fails(1, "prefix", model(), "-p", "Once", "-o", "/dev/full"))

    def test_the_converter_needs_a_file(self):
        os.mkfifo(fresh("pipe2"))
        for target in (path("pipe2"), "/dev/null"):
            done = run(*CONVERT, "--random", "llama:dim=64,layers=1,heads=8,ffn=64,vocab=300", "-o", target)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"not a regular file", done.stderr)
        self.assertTrue(stat.S_ISFIFO(os.stat(path("pipe2")).st_mode))

    def test_what_cannot_be_written_is_told_before_the_work(self):
        write("read-only.session", b"")
        os.chmod(path("read-only.session"), 0o444)
        # The model is not even opened.
        nowhere = "/nowhere/model.ringlet"
        for target, expected in ((path("read-only.session"), "is read-only"), ("/nowhere/x", "cannot be written"),
                                 (folder(), "is a folder")):
            self.assertIn(expected, self.fails(1, "prefix", nowhere, "-p", "Once", "-o", target))
            self.assertIn(expected, self.fails(1, "run", nowhere, "--session", target))
            done = run(*CONVERT, "/nowhere/source", "-o", target)
            self.assertIn(expected.encode(), done.stderr)
        self.assertEqual(read(path("read-only.session")), b"")


class Modes(TestCase):
    def test_sessions_are_private_and_results_are_not(self):
        before = os.umask(0o022)
        try:
            self.succeeds("run", model(), *SHORT, "--session", fresh("private.session"))
            self.assertEqual(mode_of(path("private.session")), 0o600)
            self.succeeds("prefix", model(), "-q", "-p", "Once", "-o", fresh("public.prefix"))
            self.assertEqual(mode_of(path("public.prefix")), 0o644)
            self.succeeds("plan", model(), "--svg", fresh("public.svg"))
            self.assertEqual(mode_of(path("public.svg")), 0o644)
        finally:
            os.umask(before)

    def test_a_file_keeps_its_mode(self):
        self.succeeds("run", model(), *SHORT, "--session", fresh("mode.session"))
        for mode in (0o640, 0o666, 0o600, 0o200):
            os.chmod(path("mode.session"), mode)
            if mode == 0o200 and os.geteuid() != 0:
                continue
            self.succeeds("run", model(), *SHORT, "--session", path("mode.session"))
            self.assertEqual(mode_of(path("mode.session")), mode)

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
    def test_a_file_keeps_its_owner(self):
        self.succeeds("run", model(), *SHORT, "--session", fresh("owner.session"))
        os.chown(path("owner.session"), 4321, 1234)
        self.succeeds("run", model(), *SHORT, "--session", path("owner.session"))
        info = os.stat(path("owner.session"))
        self.assertEqual((info.st_uid, info.st_gid), (4321, 1234))


class Endless:
    """A run that goes on until it is told to end, once its first token is out."""

    def __init__(self, *options, before=None):
        command = PROGRAM + ["run", model(), "-q", "-n", "-1", "--ignore-eos", *options]
        self.process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        preexec_fn=before)
        self.process.stdout.read(1)

    def end(self, number):
        self.process.send_signal(number)
        return self.process.communicate(timeout=60)[1], self.process.returncode


class Together(TestCase):
    def test_two_runs_on_one_session_exclude_each_other(self):
        session = fresh("shared.session")
        first = Endless("--session", session)
        for _ in range(2):  # also before the file is there
            line = self.fails(1, "run", model(), *SHORT, "--session", session)
            self.assertIn("shared.session: is in use by another process", line)
        error, status = first.end(signal.SIGTERM)
        self.assertEqual((error, status), (b"", 128 + signal.SIGTERM))
        self.succeeds("run", model(), *SHORT, "--session", session)

    def test_what_a_killed_run_leaves_is_used_again(self):
        session = fresh("killed-once.session")
        Endless("--session", session).end(signal.SIGKILL)
        left = [name for name in os.listdir(folder()) if "killed-once" in name]
        self.assertEqual(left, [".killed-once.session.writing"])
        self.succeeds("run", model(), *SHORT, "--session", session)
        left = [name for name in os.listdir(folder()) if "killed-once" in name]
        self.assertEqual(left, ["killed-once.session"])

    def test_nobody_elses_file_is_overwritten(self):
        write("victim", b"precious")
        os.symlink("victim", fresh(".trap.session.writing"))
        self.assertIn("is in the way", self.fails(1, "run", model(), *SHORT, "--session", path("trap.session")))
        os.remove(path(".trap.session.writing"))
        os.mkdir(path(".trap.session.writing"))
        self.assertIn("is in the way", self.fails(1, "run", model(), *SHORT, "--session", path("trap.session")))
        os.rmdir(path(".trap.session.writing"))
        os.link(path("victim"), path(".trap.session.writing"))
        self.assertIn("is in the way", self.fails(1, "run", model(), *SHORT, "--session", path("trap.session")))
        self.assertEqual(read(path("victim")), b"precious")
        os.remove(path(".trap.session.writing"))


class Signals(TestCase):
    def test_hanging_up_saves(self):
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            session = fresh("signal.session")
            error, status = Endless("--session", session).end(number)
            self.assertEqual((error, status), (b"", 128 + number))
            self.succeeds("run", model(), "-q", "-n", "0", "--session", session)

    def test_what_nohup_ignores_stays_ignored(self):
        session = fresh("nohup.session")
        endless = Endless("--session", session, before=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        endless.process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        self.assertIsNone(endless.process.poll())
        self.assertEqual(endless.end(signal.SIGTERM)[1], 128 + signal.SIGTERM)

    def test_a_closed_terminal_saves(self):
        # The write that fails and the signal come in either order, so one try would often miss a fault.
        for _ in range(5):
            session = fresh("terminal.session")
            child, terminal = pty.fork()
            if child == 0:
                os.execve(PROGRAM[0], PROGRAM + ["run", model(), "-n", "-1", "--ignore-eos", "--session", session],
                          environment())
            os.read(terminal, 1)
            time.sleep(0.05)
            os.close(terminal)
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 128 + signal.SIGHUP)
            self.succeeds("run", model(), "-q", "-n", "0", "--session", session)


class Sources(TestCase):
    @unittest.skipIf(EMULATOR, "the emulator has its own way with signals")
    def test_a_mapped_file_that_shrinks_is_one_line(self):
        copy = write("shrinks.ringlet", read(model()))
        command = PROGRAM + ["run", copy, "-q", "-n", "-1", "--ignore-eos", "--no-verify"]
        process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.read(1)
        os.truncate(copy, 4096)
        error = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, 1)
        self.assertIn(b"it was shortened", error)
        self.assertEqual(error.count(b"\n"), 1)


class Text(TestCase):
    def test_names_that_are_not_utf8(self):
        name = os.fsencode(path("b")) + b"\xff.ringlet"
        with open(name, "wb") as file:
            file.write(read(model()))
        for command in (["plan", "--json"], ["inspect", "--json"], ["digest", "--json"], ["bench", "--json"],
                        ["verify"], ["plan"]):
            if command[0] == "bench" and EMULATOR:
                continue
            done = ringlet(command[0], name, *command[1:])
            self.assertEqual(done.returncode, 0, (command, done.stderr))
        os.remove(name)

    def test_control_characters_of_names_never_reach_a_message(self):
        line = self.fails(1, "run", "/nowhere/\x1b[31mred\x07\n.ringlet")
        self.assertEqual(line, "ringlet: /nowhere/\\x1b[31mred\\x07\\n.ringlet: does not exist\n")
        done = run(*CONVERT, "/nowhere/\x1b[31mred", "-o", path("x"))
        self.assertIn(b"/nowhere/\\x1b[31mred", done.stderr)
        self.assertNotIn(b"\x1b", done.stderr)

    def test_text_on_a_terminal_has_no_control_characters(self):
        def on_terminal(*arguments):
            child, terminal = pty.fork()
            if child == 0:
                os.execve(PROGRAM[0], PROGRAM + list(arguments), environment(NO_COLOR="1"))
            output = b""
            while True:
                try:
                    block = os.read(terminal, 4096)
                except OSError:
                    break
                if not block:
                    break
                output += block
            os.waitpid(child, 0)
            os.close(terminal)
            return output

        prompt = "a\x1b]0;title\x07b\x9bc"
        shown = on_terminal("run", model(), "-q", "-n", "0", "-p", prompt)
        self.assertIn(rb"a\x1b]0;title\x07b\xc2\x9bc", shown)
        piped = self.succeeds("run", model(), "-q", "-n", "0", "-p", prompt)
        self.assertIn(prompt.encode(), piped, "a pipe gets the bytes as they are")


if __name__ == "__main__":
    unittest.main()
