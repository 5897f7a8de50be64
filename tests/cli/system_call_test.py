"""Makes each system call of the programs fail once, or do half of its work. The output file is the old one or the new one,
one line says what happened, and the programs repeat calls that only need repeating."""

import errno
import os
import unittest

import fault_sources
from faults import ALL, Judge, Job, Outcome, chosen, compile_grammar, convert, each, ringlet, sample, skip_without
from support import TestCase, model, path, read, write

LIBRARY = os.environ.get("RINGLET_SYSTEM_CALLS_LIBRARY", "")
HALF = 0
AGAIN = (errno.EINTR, HALF)  # what only has to be repeated

# How a call can fail, by its name.
OPENING = (errno.EIO, errno.EMFILE, errno.EINTR)
READING = (errno.EIO, errno.EINTR, HALF)
WRITING = (errno.EIO, errno.ENOSPC, errno.EINTR, HALF)
SYNCHRONIZING = (errno.EIO, errno.ENOSPC, errno.EINTR)
WAYS = {"open": OPENING, "openat": OPENING, "fopen": OPENING, "read": READING, "pread": READING, "write": WRITING,
        "writev": WRITING, "pwrite": WRITING, "fsync": SYNCHRONIZING, "close": SYNCHRONIZING,
        "ftruncate": (errno.EIO, errno.EINTR), "rename": (errno.EIO, errno.ENOSPC), "mmap": (errno.ENOMEM,),
        "flock": (errno.ENOLCK,), "pthread_create": (errno.EAGAIN,), "madvise": (errno.EINVAL,)}

SHORT = ("-q", "-n", "3", "--ignore-eos", "--seed", "1", "--context", "32")
SHAPE = "llama:dim=32,layers=1,heads=4,ffn=32,vocab=300"
QUICK = ("--calibrate", "none")


def jobs():
    tiny = model()
    chatty = fault_sources.chat_model()
    old_chat = fault_sources.chat_session(chatty, path("old.chat"))
    text = write("text.txt", b"Once the end was in the end")
    folder = fault_sources.huggingface("folder")
    chat = ringlet("chat", chatty, "-q", "-n", "3", "--seed", "1")
    schema, gbnf, lists = fault_sources.grammars()
    home, storage = fault_sources.homes()
    ask = ("--lists", lists, "--text", "warm it up", "--explain", "--check", fault_sources.ALLOWED, "--sample", "3")
    return [
        Job("convert-llama2c", convert(path("tiny.bin"), "--tokenizer", path("tiny-tokenizer.bin"), *QUICK)),
        Job("convert-safetensors", convert(folder, "--kv-tokens", "32", *QUICK)),
        Job("convert-gguf", convert(fault_sources.gguf("tiny.gguf"), "--kv-tokens", "0", *QUICK)),
        Job("convert-calibrated", convert(folder, "--kv-tokens", "0", "--calibrate", text, "--perplexity", text)),
        Job("convert-random", convert("--random", SHAPE)),
        Job("convert-json", convert("--random", SHAPE, "--json"), same_output=False),
        Job("run", ringlet("run", tiny, *SHORT, "-f", text)),
        Job("run-input", ringlet("run", tiny, *SHORT, "-", "--threads", "2"), stdin=b"Once the"),
        Job("session", ringlet("run", tiny, *SHORT, "-p", "Once the", "--session", "{target}"),
            old=fault_sources.session(tiny, SHORT)),
        Job("prefix", ringlet("prefix", tiny, "-q", "-f", text, "-o", "{target}")),
        Job("chat", chat, stdin=b"Hi\nmore\n"),
        Job("chat-save", chat, stdin=b"Hi\n/save {target}\nmore\n", goes_on=True),
        Job("chat-load", chat, stdin=b"/load " + old_chat.encode() + b"\nmore\n", goes_on=True),
        Job("chat-session", chat + ["--stop", "Once", "--session", "{target}"], stdin=b"Hi\n", old=read(path("old.chat"))),
        Job("plan-header", ringlet("plan", tiny, "--header", "{target}")),
        Job("inspect", ringlet("inspect", tiny)),
        Job("verify", ringlet("verify", tiny)),
        Job("grammar", compile_grammar(schema, "-o", "{target}")),
        Job("grammar-ask", compile_grammar(schema, *ask, "-o", "{target}")),
        Job("grammar-lists", compile_grammar("--lists", lists, "-o", "{target}")),
        Job("grammar-home", compile_grammar("--home", home, "-o", "{target}")),
        Job("grammar-registries", compile_grammar("--home", storage, "--home-text", "{target}")),
        Job("run-grammar", ringlet("run", tiny, "-q", "--seed", "1", "-p", "Once the", "--grammar", gbnf, "--json")),
    ]


class Call:
    """A call of a job: its number, name and subject, and a way in which it fails."""

    def __init__(self, number, line, way):
        self.number = number
        self.name, _, self.subject = line.partition(" ")
        self.way = way

    def __str__(self):
        way = errno.errorcode.get(self.way, "half")
        return f"call {self.number}, {self.name} {self.subject} with {way}"

    def lets_leave(self):
        """Whether the program can then not remove its temporary file, or not know that it is its own."""
        return self.name in ("unlink", "lstat", "fstat")

    def is_for_people(self):
        return self.name in ("write", "fwrite") and self.subject == "2"


class SystemCalls(TestCase):
    def calls(self, job, replaces):
        """Every call that the job makes, with every way in which it fails."""
        traced = path("calls")
        Outcome(job, path("judge"), {"LD_PRELOAD": LIBRARY, "RINGLET_TRACE_CALLS": traced}, replaces)
        lines = read(traced).decode().splitlines()
        os.remove(traced)
        return [Call(number, line, way) for number, line in enumerate(lines, 1)
                for way in WAYS.get(line.split()[0], (errno.EIO,))]

    def check(self, replaces, size):
        for job in chosen(jobs()):
            judge = Judge(job, path("judge"))
            calls = self.calls(job, replaces)

            def try_one(number, folder, job=job, judge=judge, calls=calls):
                call = calls[number - 1]
                extra = {"LD_PRELOAD": LIBRARY, "RINGLET_FAIL_CALL": str(call.number),
                         "RINGLET_FAIL_WITH": str(call.way)}
                outcome = Outcome(job, folder, extra, replaces)
                fault = judge.fault(outcome, replaces, call.way in AGAIN, call.lets_leave(), call.is_for_people())
                return fault and f"{job.name}, {call}: {fault}: {outcome}"

            faults = each(sample(len(calls), size, job.name), try_one)
            if ALL:
                print(f"{job.name}: {len(calls)} ways to fail, {len(faults)} faults", flush=True)
            with self.subTest(job=job.name):
                self.assertFalse(faults, f"{len(faults)} of {len(calls)}:\n" + "\n".join(faults[:40]))

    def test_over_an_old_file(self):
        self.check(True, 12)

    def test_for_a_new_file(self):
        self.check(False, 12)


if __name__ == "__main__":
    skip_without("RINGLET_SYSTEM_CALLS_LIBRARY", "letting calls to the system fail")
    unittest.main()
