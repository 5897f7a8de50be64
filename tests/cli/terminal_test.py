"""Colours: only on terminals, and never where the user has turned them off."""

import os
import pty
import subprocess
import unittest

from support import PROGRAM, TestCase, environment, model


def on_terminal(*arguments, **extra):
    """The program's output and errors together, as a terminal receives them."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(PROGRAM + list(arguments), stdin=theirs, stdout=theirs, stderr=theirs,
                               env=environment(**extra))
    os.close(theirs)
    received = b""
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:  # Linux: the other side is closed
            break
        if not block:
            break
        received += block
    os.close(ours)
    process.wait(60)
    return received


class Terminal(TestCase):
    COMMAND = ("run", model(), "-p", "Once", "-n", "5", "--temperature", "0")

    def test_prompt_stands_out(self):
        self.assertTrue(on_terminal(*self.COMMAND).startswith(b"\033[1mOnce\033[0m"))

    def test_no_color(self):
        for received in (on_terminal(*self.COMMAND, NO_COLOR="1"), on_terminal(*self.COMMAND, TERM="dumb"),
                         on_terminal(*self.COMMAND, "--no-color")):
            self.assertNotIn(b"\033", received)
            self.assertTrue(received.startswith(b"Once"))


if __name__ == "__main__":
    unittest.main()
