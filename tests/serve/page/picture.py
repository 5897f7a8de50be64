#!/usr/bin/env python3
"""Writes the picture of the chat page: picture.py build/release/bin/ringlet ports/linux/serve/page.png

The server of the tests prescribes the reply. There is no speed in the picture, so it does not age with the kernels."""

import os
import sys
import tempfile

PROGRAM, PATH = sys.argv[1:]
os.environ.update(RINGLET_PROGRAM=PROGRAM, RINGLET_PICTURES=tempfile.gettempdir())

import page_support  # noqa: E402
import started  # noqa: E402
from mock_server import MockServer, Reply  # noqa: E402

QUESTION = "We are away from Friday to Sunday. What should the house do?"
ANSWER = """Here is a plan for the weekend:

1. **Heating** to 16 °C from Friday noon, and back to 20 °C on Sunday at four.
2. **Lights** in the living room from dusk to half past ten.
3. **Blinds** up in the morning and down at night.

Shall I set the alarm when the last of you leaves?"""


class Picture(page_support.PageTest):
    def check(self, tab):
        tab.close()

    def runTest(self):
        self.tab.look(1000, 560, "light", "reduce")
        self.send(QUESTION, Reply(*(ANSWER[i:i + 9] for i in range(0, len(ANSWER), 9))))
        self.tab.run("document.querySelectorAll('.stats').forEach((stats) => { stats.textContent = ''; })")
        self.tab.run("document.activeElement.blur()")
        self.tab.picture(PATH)


def main():
    with started.started(page_support.PICTURES) as page_support.browser:
        outcome = page_support.unittest.TextTestRunner().run(Picture())
    sys.exit(not outcome.wasSuccessful())


if __name__ == "__main__":
    main()
