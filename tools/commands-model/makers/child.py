"""The program `ringlet` as a child process that answers one line after another, and says why where it cannot."""

import json
import select
import signal
import subprocess
import time


class Fault(Exception):
    """The child has ended, or does not answer. The text names the fault."""


class Child:
    """A child process, started at once. It answers a line with a line of JSON, and an empty one with an empty one."""

    def __init__(self, command, timeout=30):
        self.command, self.timeout, self.process = command, timeout, None
        self.start()

    def start(self):
        """Start the child, again if there is one; return when it answers. Raises Fault if it does not."""
        self.stop()
        try:
            self.process = subprocess.Popen(self.command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=subprocess.PIPE)
        except OSError as error:
            raise Fault(f"start: {self.command[0]}: {error.strerror}") from None
        self._exchange("")

    def stop(self):
        """End the child, if there is one."""
        if self.process:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def ask(self, said):
        """Return the answer to a line. Raises Fault; then start() is needed before the next."""
        answer = self._exchange(said)
        try:
            return json.loads(answer)
        except ValueError:
            self.stop()
            raise Fault(f"answer: not JSON: {answer.decode(errors='replace').strip()}") from None

    def _exchange(self, line):
        try:
            self.process.stdin.write(line.encode() + b"\n")
        except BrokenPipeError:
            raise self._ended() from None
        answer, end = b"", time.monotonic() + self.timeout
        while not answer.endswith(b"\n"):
            if not select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))[0]:
                self.stop()
                raise Fault(f"silence: no answer within {self.timeout:g} s")
            piece = self.process.stdout.read(4096)
            if not piece:
                raise self._ended()
            answer += piece
        return answer

    def _ended(self):
        """Return the Fault of a child that has ended."""
        said = self.process.communicate()[1].decode(errors="replace").strip().splitlines()
        status, self.process = self.process.returncode, None
        name = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit {status}"
        return Fault(f"{name}: {said[-1] if said else 'without a word'}")
