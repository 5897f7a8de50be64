"""Runs the programs while one of their calls fails, and judges what they leave behind.

The libraries in preload/ make the call fail. Whichever call it is, a program must either succeed with its usual result,
or print one line and exit with 1; its output file must be the old one or the new one.

Environment: RINGLET_FAULTS=all tries every call instead of a sample; RINGLET_FAULT_JOBS names the jobs to try.
"""

import concurrent.futures
import os
import random
import re
import shutil
import subprocess
import sys

from support import CONVERT, EMULATOR, GRAMMAR, PROGRAM, environment, path, read

ALL = os.environ.get("RINGLET_FAULTS", "") == "all"
OLD = b"what was there before"


class Job:
    """A command; `{target}` and `{new}` in it name the file that it writes, where something else is already and where
    nothing is yet."""

    def __init__(self, name, command, stdin=b"", old=OLD, same_output=True, goes_on=False):
        self.name = name
        self.command = command
        self.stdin = stdin
        self.old = old
        self.same_output = same_output  # whether standard output is the same whenever the job succeeds
        self.goes_on = goes_on  # a conversation, which reports a command that fails, and ends with 1 later
        self.writes = "{target}" in " ".join(command) + stdin.decode()


class Outcome:
    """What a job did in a folder of its own."""

    def __init__(self, job, folder, extra, replaces=None):
        """`replaces`: whether something is already where the job writes; None: what the last job left there."""
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        target = os.path.join(folder, "target")
        if replaces is not None:
            self._prepare(target, job.old if replaces and job.writes else None)
        command = [word.replace("{target}", target) for word in job.command]
        stdin = job.stdin.replace(b"{target}", target.encode())
        done = subprocess.run(command, input=stdin, capture_output=True, env=environment(**extra), timeout=120,
                              check=False)
        self.status = done.returncode
        self.output = done.stdout
        self.error = done.stderr.decode(errors="replace").replace(folder, "FOLDER")
        self.written = (os.stat(target).st_mode, read(target)) if os.path.exists(target) else None
        self.left = sorted(set(os.listdir(folder)) - {"target"})

    def _prepare(self, target, old):
        for name in os.listdir(self.folder):
            os.remove(os.path.join(self.folder, name))
        self.before = None
        if old is not None:
            with open(target, "wb") as file:
                file.write(old)
            os.chmod(target, 0o640)
            self.before = (os.stat(target).st_mode, old)

    def __str__(self):
        size = len(self.written[1]) if self.written else 0
        return f"status {self.status}, {self.error!r}, wrote {size} bytes, left {self.left}"


def convert(*options):
    return CONVERT + [*options, "-q", "-o", "{target}"]


def ringlet(*options):
    return PROGRAM + list(options)


def compile_grammar(*options):
    return GRAMMAR + list(options)


class Judge:
    """Knows what a job does when nothing fails."""

    def __init__(self, job, folder):
        self.job = job
        self.expected = {replaces: Outcome(job, folder, {}, replaces) for replaces in (False, True)}
        for outcome in self.expected.values():
            if outcome.status != 0 or outcome.error.count("\n") != job.goes_on or outcome.left:
                raise RuntimeError(f"{job.name} does not even succeed when nothing fails: {outcome}")

    def fault(self, outcome, replaces, must_succeed=False, may_leave=False, may_be_silent=False):
        """What is wrong with an outcome, or nothing. The call that failed may be one that only has to be repeated, one
        without which the program cannot remove its temporary file, or one that writes to standard error."""
        expected = self.expected[replaces]
        if outcome.left and not may_leave:
            return "leaves a temporary file"
        if outcome.written not in (outcome.before, expected.written):
            return "leaves a torn file, or one of another mode"
        if outcome.status not in (0, 1):
            return "does not exit with 1"
        succeeds = outcome.status == 0 and outcome.error == expected.error
        if must_succeed and not succeeds:
            return "fails, although the call only has to be repeated"
        if outcome.status == 0:
            fault = self._fault_of_success(outcome, expected, may_be_silent)
        else:
            fault = self._fault_of_failure(outcome, expected)
        return fault or self._fault_of_next(outcome)

    def _fault_of_success(self, outcome, expected, may_be_silent):
        if outcome.error != expected.error and (outcome.error or not may_be_silent):
            return "succeeds, but prints an error"
        if outcome.written != expected.written:
            return "succeeds with another file"
        if self.job.same_output and outcome.output != expected.output:
            return "succeeds with another output"
        return None

    def _fault_of_failure(self, outcome, expected):
        error = outcome.error.removeprefix(expected.error)  # of a command that succeeded before
        label = "ringlet(-convert|-grammar)?: "
        ended = not self.job.goes_on or re.match(label, error)  # or only one command of a conversation failed
        if not re.fullmatch((label if ended else "") + r"[^\n]{10,}\n", error):
            return "does not print one line"
        if ended and self.job.same_output and not expected.output.startswith(outcome.output):
            return "prints something else before it fails"
        return None

    def _fault_of_next(self, outcome):
        if outcome.left:
            again = Outcome(self.job, outcome.folder, {})
            if again.status != 0 or again.left:
                return "leaves a temporary file, which the next run does not remove"
        return None


def sample(count, size, seed):
    """Numbers from 1 to `count`: all of them, or so many by chance, with the first and the last."""
    if ALL or count <= size:
        return list(range(1, count + 1))
    chosen = random.Random(seed).sample(range(2, count), size - 2)
    return sorted([1, count, *chosen])


def each(cases, try_one):
    """Calls try_one(case, folder) for every case, as many at a time as there are processors, each in a folder that
    no other uses meanwhile. Returns what was returned and is not None."""
    workers = os.cpu_count() or 1
    folders = [path(f"fault-{i}") for i in range(workers)]

    def one(case):
        folder = folders.pop()
        try:
            return try_one(case, folder)
        finally:
            folders.append(folder)

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        return [fault for fault in pool.map(one, cases) if fault is not None]


def chosen(jobs):
    names = os.environ.get("RINGLET_FAULT_JOBS", "").split()
    return [job for job in jobs if not names or job.name in names]


def skip_without(variable, what):
    """Ends the test where the library to preload cannot be used."""
    if EMULATOR or not os.environ.get(variable):
        print(f"SKIPPED: {what} needs a program of this machine that is built without sanitizers")
        sys.exit(77)
