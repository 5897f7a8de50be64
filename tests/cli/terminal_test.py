"""Colours: only on terminals, and never where the user has turned them off."""

import unittest

import support
from support import PROGRAM, TestCase, model


def on_terminal(*arguments, **extra):
    return support.on_terminal(PROGRAM + list(arguments), **extra)


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
