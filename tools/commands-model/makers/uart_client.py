#!/usr/bin/python3
"""Say commands to a board that runs the firmware `commands`, over a serial line.

    RECOGNISER | recogniser_text.py | uart_client.py /dev/ttyACM0

A line in, a line of JSON out: {"said": …, "actions": […], "confidence": 0.998, "allowed": 0.999, "decision": "act",
"leds": "desk lamp on"}, or {"said": …, "error": …} for what the board refuses (ports/firmware/commands/README.md).
"""

import argparse
import errno
import json
import os
import re
import select
import sys
import termios
import time
import tty

NUMBERS = re.compile(r"confidence: ([\d.]+), allowed: ([\d.]+), (act|ask|ignore)")


class Silent(Exception):
    """The board does not answer; the text says to what."""


class Board:
    """The console of a board."""

    def __init__(self, path, baud=115200, timeout=30):
        self.timeout, self.received = timeout, b""
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.fd)
        settings = termios.tcgetattr(self.fd)
        settings[2] = (settings[2] | termios.CLOCAL | termios.CREAD) & ~termios.CRTSCTS
        settings[4] = settings[5] = getattr(termios, f"B{baud}")
        termios.tcsetattr(self.fd, termios.TCSANOW, settings)

    def close(self):
        os.close(self.fd)

    def wait_until_ready(self):
        """Return when the board answers an empty line with an empty line. It may be starting, or have half a line."""
        end, complaint = time.monotonic() + self.timeout, ""
        while time.monotonic() < end:
            self._send("")
            again = time.monotonic() + 1
            while (line := self._line(again)) is not None:
                if line == "":
                    return
                if line.startswith("commands: "):
                    complaint = f" (it said '{line}')"
        raise Silent("an empty line" + complaint)

    def ask(self, said):
        """Return what the board answers to a command, as a dictionary."""
        self._send(said)
        report = {"said": said}
        while "decision" not in report and "error" not in report:
            line = self._expect(said)
            if line.startswith("[{"):
                report["actions"] = json.loads(line)
            elif found := NUMBERS.fullmatch(line):
                report |= {"confidence": float(found[1]), "allowed": float(found[2]), "decision": found[3]}
            elif line.startswith("commands: "):
                report["error"] = line.removeprefix("commands: ")
            elif line == "ready":
                report["error"] = "the board has started again"
        # What lamps then do may follow, or nothing. The board answers an empty line with one: the mark of the end.
        self._send("")
        while line := self._expect(said):
            if line.startswith("leds: "):
                report["leds"] = line.removeprefix("leds: ")
        return report

    def _send(self, line):
        """Send a line. It ends with LF alone: the board's UART may hold one byte while the board is at work."""
        rest = line.encode() + b"\n"
        while rest:
            rest = rest[os.write(self.fd, rest):]

    def _expect(self, said):
        line = self._line(time.monotonic() + self.timeout)
        if line is None:
            raise Silent(f"'{said}'")
        return line

    def _line(self, end):
        """Return the next line from the board; None if it has not come by the time `end`."""
        while b"\n" not in self.received:
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                return None
            received = os.read(self.fd, 4096)
            if not received:
                raise OSError(errno.EIO, "the line was closed")
            self.received += received
        line, _, self.received = self.received.partition(b"\n")
        return line.decode(errors="replace").rstrip("\r")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("device", help="the serial line, as /dev/ttyACM0")
    parser.add_argument("--baud", type=int, default=115200, choices=(9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600))
    parser.add_argument("--timeout", type=float, default=30, metavar="SECONDS", help="how long an answer can take (default 30)")
    args = parser.parse_args()
    try:
        board = Board(args.device, args.baud, args.timeout)
        board.wait_until_ready()
        for line in sys.stdin:
            if said := line.strip():
                print(json.dumps(board.ask(said), ensure_ascii=False), flush=True)
    except Silent as to:
        sys.exit(f"uart_client: {args.device}: no answer to {to} within {args.timeout:g} s; does the image `commands` run there, "
                 f"with a console of {args.baud} baud?")
    except (OSError, termios.error) as error:
        sys.exit(f"uart_client: {args.device}: {error.args[-1]}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
