"""ringlet chat on a terminal: editing, history, pasted text, Ctrl-C and Ctrl-Z."""

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
import unittest

from chat_source import chat_model
from support import PROGRAM, environment, path, ringlet

MODEL, _ = chat_model()


class OnTerminal(unittest.TestCase):
    def setUp(self):
        self.state = path("state of " + self.id())

    def start(self, *options, command=(), **extra):
        """Starts a chat and waits until a line can be typed."""
        self.ours, theirs = pty.openpty()
        chat = PROGRAM + ["chat", MODEL, "--temperature", "0", *options]
        self.process = subprocess.Popen([*command, *chat], stdin=theirs, stdout=theirs, stderr=theirs,
                                        env=environment(XDG_STATE_HOME=self.state, **extra),
                                        start_new_session=True, preexec_fn=lambda: self.take_terminal(theirs))
        os.close(theirs)
        self.addCleanup(self.end, self.process, self.ours)
        self.received = b""
        self.wait_for(b"> ")
        self.wait_for_editing()

    @staticmethod
    def take_terminal(terminal):
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

    @staticmethod
    def end(process, terminal):
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(terminal)

    def wait_for(self, text, seconds=60):
        until = time.monotonic() + seconds
        while text not in self.received:
            self.assertLess(time.monotonic(), until, self.received)
            if select.select([self.ours], [], [], 0.2)[0]:
                self.received += os.read(self.ours, 65536)

    def wait_for_editing(self, seconds=60):
        """The editor takes the terminal over just after it has shown its prompt; nobody types as fast as that."""
        until = time.monotonic() + seconds
        while termios.tcgetattr(self.ours)[3] & termios.ECHO:
            self.assertLess(time.monotonic(), until, "the terminal still echoes")
            time.sleep(0.01)

    def type(self, text):
        self.received = b""
        os.write(self.ours, text)

    def test_ctrl_c_stops_the_reply_and_not_the_program(self):
        self.start()
        self.type(b"Hi\r")
        time.sleep(0.5)
        self.type(b"\x03")
        self.wait_for(b"> ")
        self.type(b"/stats\r")
        self.wait_for(b"position")
        # Ctrl-D means the end to the editor; before it has the terminal again it would be the terminal's own.
        self.received = self.received.split(b"position", 1)[1]
        self.wait_for(b"> ")
        self.wait_for_editing()
        self.type(b"\x04")
        self.assertEqual(self.process.wait(60), 0)

    def test_ctrl_c_gives_up_the_line(self):
        self.start("-n", "2")
        self.type(b"half a line\x03")
        self.wait_for(b"Type /quit or Ctrl-D to leave.")
        self.type(b"/stats\r")
        self.wait_for(b"position 0")
        self.type(b"/quit\r")
        self.assertEqual(self.process.wait(60), 0)

    def test_history_brings_a_line_back(self):
        self.start("-n", "2")
        self.type(b"/stats\r")
        self.wait_for(b"position 0")
        self.type(b"\x1b[A\r")  # the arrow up
        self.wait_for(b"position 0")
        self.type(b"/quit\r")
        self.assertEqual(self.process.wait(60), 0)

    def leave(self):
        self.wait_for_editing()
        self.type(b"/quit\r")
        self.assertEqual(self.process.wait(60), 0)

    def statistics(self):
        """What /stats says was prefilled."""
        self.wait_for_editing()
        self.type(b"/stats\r")
        self.wait_for(b"position")
        self.wait_for(b"> ")
        return int(re.search(rb"prefilled (\d+) tokens", self.received)[1])

    def reply_to(self, text):
        self.wait_for_editing()
        self.type(text)
        self.wait_for(b"tok/s]")
        self.wait_for(b"> ")

    @staticmethod
    def prefilled_from_a_pipe(text):
        done = ringlet("chat", MODEL, "-n", "2", "--temperature", "0", stdin=text + b"\n/stats\n")
        return int(re.search(rb"prefilled (\d+) tokens", done.stderr)[1])

    def test_what_is_pasted_is_one_message(self):
        expected = self.prefilled_from_a_pipe(b"one\\\n/two\\\n\tthree")
        for end_of_line in (b"\r", b"\n", b"\r\n"):
            self.start("-n", "2")
            pasted = b"\x1b[200~" + end_of_line.join((b"one", b"/two", b"\tthree", b"")) + b"\x1b[201~"
            self.type(pasted)
            self.wait_for(b"three")
            self.reply_to(b"\r")
            self.assertEqual(self.statistics(), expected)
            self.leave()

    def test_pasted_text_can_be_edited(self):
        self.start("-n", "2")
        self.type(b"ab\x1b[200~one\rtwo\x1b[201~cd\x7f\x7f\x7f")
        self.reply_to(b"\r")
        self.assertEqual(self.statistics(), self.prefilled_from_a_pipe(b"abone\\\ntw"))
        self.leave()

    def test_what_several_lines_say_is_no_command(self):
        self.start("-n", "2")
        self.reply_to(b"\x1b[200~/quit\rit\x1b[201~\r")
        self.assertEqual(self.statistics(), self.prefilled_from_a_pipe(b"/quit\\\nit"))
        self.leave()

    def test_a_long_paste(self):
        self.start("-n", "2")
        text = b"The cat sat on the mat, all day.\r" * 300
        self.type(b"\x1b[200~")
        for begin in range(0, len(text), 1000):
            os.write(self.ours, text[begin:begin + 1000])
            while select.select([self.ours], [], [], 0)[0]:
                os.read(self.ours, 65536)
        self.reply_to(b"\x1b[201~\r")
        self.assertEqual(self.statistics(), self.prefilled_from_a_pipe(text[:-1].replace(b"\r", b"\\\n")))
        self.leave()

    def test_a_backslash_continues_a_line(self):
        self.start("-n", "2")
        self.type(b"one\\\r")
        self.wait_for(b"... ")
        self.reply_to(b"two\r")
        self.assertEqual(self.statistics(), self.prefilled_from_a_pipe(b"one\\\ntwo"))
        self.leave()

    def test_letters_of_all_languages(self):
        """Also where the environment chooses no language."""
        for language in ("C", "C.UTF-8"):
            self.start("-n", "2", LC_ALL=language)
            self.reply_to("長é\x7fè".encode() + b"\r")
            self.assertEqual(self.statistics(), self.prefilled_from_a_pipe("長è".encode()))
            self.leave()

    def test_the_speed_follows_a_reply(self):
        self.start("-n", "5")
        self.reply_to(b"Hi\r")
        self.assertRegex(self.received, rb"\[\d tokens at [\d.]+ tok/s\]")
        self.leave()
        self.start("-n", "5", "-q")
        self.type(b"Hi\r")
        self.wait_for(b"\x1b[?2004h")  # the next prompt
        self.assertNotIn(b"tok/s", self.received)
        self.leave()

    def test_history_of_earlier_runs(self):
        self.start("-n", "2")
        self.reply_to(b"first\r")
        self.reply_to(b"\x1b[200~second\rline\\\x1b[201~ end\r")
        self.leave()
        history = os.path.join(self.state, "ringlet", "history")
        self.assertEqual(os.stat(history).st_mode & 0o777, 0o600)
        self.assertEqual(os.stat(os.path.dirname(history)).st_mode & 0o777, 0o700)
        with open(history, "rb") as file:
            self.assertEqual(file.read(), b"first\nsecond\\nline\\\\ end\n/quit\n")
        self.start("-n", "2")
        self.reply_to(b"\x1b[A\x1b[A\r")
        self.assertEqual(self.statistics(), self.prefilled_from_a_pipe(b"second\\\nline\\ end"))
        self.leave()

    def test_no_history(self):
        self.start("-n", "2", "--no-history")
        self.reply_to(b"first\r")
        self.leave()
        self.assertFalse(os.path.exists(self.state))

    def test_a_history_that_cannot_be_written_is_none(self):
        with open(self.state, "w", encoding="ascii"):
            pass
        self.start("-n", "2")
        self.reply_to(b"first\r")
        self.leave()

    def test_ctrl_z_and_fg(self):
        self.start("-n", "2", command=("sh", "-c", 'set -m; "$@"; echo "stopped with $?"; fg; exit', "sh"))
        self.type(b"half a line")
        self.wait_for(b"half a line")
        self.type(b"\x1a")
        self.wait_for(b"stopped with")
        self.wait_for(b"> half a line")
        self.wait_for_editing()
        self.reply_to(b" more\r")
        self.assertEqual(self.statistics(), self.prefilled_from_a_pipe(b"half a line more"))
        self.leave()

    def test_a_stop_from_elsewhere(self):
        self.start("-n", "2")
        self.type(b"half a line")
        self.wait_for(b"half a line")
        self.received = b""
        self.process.send_signal(signal.SIGSTOP)
        os.waitpid(self.process.pid, os.WUNTRACED)
        self.process.send_signal(signal.SIGCONT)
        self.wait_for(b"> half a line")
        self.reply_to(b"\r")
        self.assertEqual(self.statistics(), self.prefilled_from_a_pipe(b"half a line"))
        self.leave()

    def test_one_message_has_no_greeting(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        process = subprocess.Popen(PROGRAM + ["chat", MODEL, "-n", "3", "-p", "Hi", "--temperature", "0"], stdin=theirs,
                                   stdout=theirs, stderr=theirs, env=environment(XDG_STATE_HOME=self.state))
        os.close(theirs)
        self.assertEqual(process.wait(60), 0)
        received = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # how a terminal without another end says that all was read
                break
            if not part:
                break
            received += part
        self.assertNotIn(b"/help", received)
        self.assertNotIn(b"> ", received)
        self.assertIn(b"tok/s]", received)


if __name__ == "__main__":
    unittest.main()
