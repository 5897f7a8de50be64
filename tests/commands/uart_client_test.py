"""tools/commands-model/makers/uart_client.py against a board that is a script at the other end of a pseudoterminal."""

import json
import os
import pty
import re
import subprocess
import sys
import threading
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "tools/commands-model/makers/uart_client.py"
sys.path.insert(0, str(PROGRAM.parent))
from uart_client import Board, Silent  # noqa: E402

ON = '[{"do":"on","name":"desk lamp"}]\nconfidence: 0.973, allowed: 0.999, act\nleds: desk lamp on\n'
ASK = '[{"do":"unlock","name":"front door"},{"do":"off","area":"all"}]\nconfidence: 0.612, allowed: 0.998, ask\n'
NONE = '[{"do":"none","why":"other"}]\nconfidence: 0.998, allowed: 1.000, ignore\n'
LONG = "commands: line: longer than a command can be (at most 160, got 176)\n"
ANSWERS = {"": "\n", "lamp on": ON, "unlock the door and all off": ASK, "nice day": NONE, "long": LONG}
START = "Ringlet on mps3-an547, kernels: helium\nhome: 65 tokens, 58172 bytes at 0x28100000\n"


class Script(threading.Thread):
    """A board: prints `start`, then answers lines. It does not read while it answers, and closes the line if the answer is None."""

    def __init__(self, answers, start="", end="\n"):
        super().__init__(daemon=True)
        self.master, slave = pty.openpty()
        self.path, self.answers, self.begin, self.end, self.lines = os.ttyname(slave), answers, start, end, []
        self.slave = slave

    def run(self):
        self.write(self.begin)
        received = b""
        while True:
            try:
                received += os.read(self.master, 1)
            except OSError:
                return
            if received.endswith(b"\n"):
                line, received = received[:-1].decode(), b""
                self.lines.append(line)
                if (answer := self.answers.get(line, "")) is None:
                    return os.close(self.master)
                self.write(answer)

    def write(self, text):
        os.write(self.master, text.replace("\n", self.end).encode())


class Client(unittest.TestCase):
    def board(self, answers=None, timeout=5, **options):
        script = Script({**ANSWERS, **(answers or {})}, **options)
        board = Board(script.path, timeout=timeout)
        script.start()
        self.addCleanup(os.close, script.slave)
        self.addCleanup(board.close)
        return script, board

    def test_answers(self):
        for end in ("\n", "\r\n"):
            script, board = self.board(start=START + "ready\n", end=end)
            board.wait_until_ready()
            self.assertEqual(board.ask("lamp on"), {
                "said": "lamp on", "actions": [{"do": "on", "name": "desk lamp"}], "confidence": 0.973, "allowed": 0.999,
                "decision": "act", "leds": "desk lamp on"})
            report = board.ask("unlock the door and all off")
            self.assertEqual((report["decision"], report["confidence"], len(report["actions"])), ("ask", 0.612, 2))
            self.assertNotIn("leds", report)
            self.assertEqual(board.ask("nice day")["decision"], "ignore")
            self.assertEqual([line for line in script.lines if line], ["lamp on", "unlock the door and all off", "nice day"])

    def test_errors_of_the_board_are_answers(self):
        _, board = self.board()
        self.assertEqual(board.ask("long"), {"said": "long", "error": LONG[10:-1]})
        self.assertEqual(board.ask("lamp on")["decision"], "act")

    def test_a_board_that_has_half_a_line(self):
        script, board = self.board({"turn on th": NONE})
        os.write(board.fd, b"turn on th")
        board.wait_until_ready()
        self.assertEqual(board.ask("lamp on")["leds"], "desk lamp on")
        self.assertEqual(script.lines[0], "turn on th")

    def test_a_console_that_echoes(self):
        _, board = self.board({"": "\n\n", **{said: f"{said}\n{answer}" for said, answer in ANSWERS.items() if said}})
        board.wait_until_ready()
        self.assertEqual(board.ask("lamp on")["leds"], "desk lamp on")
        self.assertEqual(board.ask("nice day")["actions"], [{"do": "none", "why": "other"}])

    def test_a_board_that_starts_again(self):
        _, board = self.board({"boom": START + "ready\n"})
        self.assertEqual(board.ask("boom"), {"said": "boom", "error": "the board has started again"})
        self.assertEqual(board.ask("lamp on")["decision"], "act")

    def test_a_board_that_is_silent(self):
        _, board = self.board({"": ""}, timeout=0.3)
        for call, about in ((board.wait_until_ready, "an empty line"), (lambda: board.ask("hm"), "'hm'")):
            with self.assertRaisesRegex(Silent, about):
                call()

    def test_a_board_without_a_home_says_so(self):
        _, board = self.board({"": ""}, timeout=0.3, start=START + "commands: home: none is in flash here\n")
        with self.assertRaisesRegex(Silent, "said 'commands: home: none is in flash here'"):
            board.wait_until_ready()

    def test_a_board_that_is_unplugged(self):
        _, board = self.board({"unplug": None})
        board.wait_until_ready()
        with self.assertRaises(OSError):
            board.ask("unplug")

    def test_the_script_answers_as_the_firmware_prints(self):
        source = (ROOT / "ports/firmware/commands/commands.cpp").read_text()
        for text in (r'"\nconfidence: "', '", allowed: "', '"leds:"', r'print("ready\n")', r'empty()) return print("\n")'):
            self.assertIn(text, source)


class Program(unittest.TestCase):
    def run_client(self, path, text, *options):
        return subprocess.run([sys.executable, "-B", PROGRAM, path, *options], input=text, capture_output=True, text=True,
                              check=False, timeout=60)

    def test_a_line_of_json_for_each_line(self):
        script = Script(ANSWERS, start=START + "ready\n")
        script.start()
        done = self.run_client(script.path, "lamp on\n\nlong\n", "--baud", "9600")
        reports = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([report.get("decision", "error") for report in reports], ["act", "error"], done.stderr)
        self.assertEqual(done.returncode, 0)

    def test_what_is_wrong_is_one_line(self):
        silent = Script({})
        silent.start()
        for path, why in ((silent.path, "no answer to an empty line within 0.2 s"), ("/dev/null", "Inappropriate ioctl"),
                          ("/nowhere", "No such file")):
            done = self.run_client(path, "lamp on\n", "--timeout", "0.2")
            self.assertEqual(done.returncode, 1)
            self.assertTrue(re.fullmatch(rf"uart_client: {path}: {why}.*\n", done.stderr), done.stderr)


if __name__ == "__main__":
    unittest.main()
