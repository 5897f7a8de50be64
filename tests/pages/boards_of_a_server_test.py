"""The table of boards and models for a server has the figures of `ringlet plan`.

Environment: RINGLET_PROGRAM, RINGLET_CONVERT_PROGRAM.
"""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

PAGE = pathlib.Path(__file__).resolve().parents[2] / "ports/linux/serve/raspberry-pi.md"
SYSTEM = 250 << 20  # what the page says that a system takes
MIB = 1 << 20


def number(cell):
    return int(re.search(r"[\d,]+", cell)[0].replace(",", ""))


class BoardsOfAServer(unittest.TestCase):
    def test_figures_are_those_of_plan(self):
        rows = [[cell.strip() for cell in line.strip("|\n ").split("|")] for line in PAGE.read_text().splitlines()
                if re.match(r"\| \d+ [GM]B", line)]
        self.assertEqual(len(rows), 5)
        for board, model, shape, seats, tokens, *sizes in rows:
            with self.subTest(model=model), tempfile.TemporaryDirectory() as folder:
                outline = folder + "/model.ringlet"
                subprocess.run([os.environ["RINGLET_CONVERT_PROGRAM"], "--random", shape.strip("`"), "--outline", "-q", "-o", outline],
                               check=True)
                plan = json.loads(subprocess.run(
                    [os.environ["RINGLET_PROGRAM"], "plan", outline, "--sessions", seats, "--context", str(number(tokens)), "--json"],
                    check=True, capture_output=True).stdout)
                ram, file = plan["ram_bytes"], plan["flash_bytes"]
                self.assertEqual([number(size) for size in sizes], [round(file / MIB), round(ram / MIB), round((ram + file) / MIB)])
                room = number(board) * (1 << 30 if "GB" in board else MIB)
                self.assertLess(ram + file + SYSTEM, room)


if __name__ == "__main__":
    unittest.main()
