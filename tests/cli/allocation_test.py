"""Makes each allocation of the programs fail, alone or with all later ones: one line, exit status 1, and no torn file."""

import os
import unittest

import fault_sources
from faults import ALL, Judge, Job, Outcome, chosen, compile_grammar, convert, each, ringlet, sample, skip_without
from support import TestCase, model, path, read, write

LIBRARY = os.environ.get("RINGLET_ALLOCATIONS_LIBRARY", "")
SHORT = ("-q", "-n", "3", "--ignore-eos", "--seed", "1", "--context", "32")
SHAPE = "llama:dim=32,layers=1,heads=4,ffn=32,vocab=300"
QUICK = ("--kv-tokens", "0", "--calibrate", "none")


def jobs():
    tiny = model()
    chatty = fault_sources.chat_model()
    session = ringlet("run", tiny, *SHORT, "-p", "Once the", "--session", "{target}")
    schema, gbnf, lists = fault_sources.grammars()
    home, storage = fault_sources.homes()
    story = write("story.txt", b"Once the end was in the end")
    ask = ("--lists", lists, "--text", "warm it up", "--explain", "--check", fault_sources.ALLOWED, "--sample", "3")
    return [
        Job("convert-llama2c", convert(path("tiny.bin"), "--tokenizer", path("tiny-tokenizer.bin"), *QUICK)),
        Job("convert-safetensors", convert(fault_sources.huggingface("folder"), *QUICK)),
        Job("convert-gguf", convert(fault_sources.gguf("tiny.gguf"), *QUICK)),
        Job("convert-calibrated", convert(fault_sources.huggingface("folder"), "--kv-tokens", "0", "--calibrate", story)),
        Job("convert-random", convert("--random", SHAPE)),
        Job("convert-json", convert("--random", SHAPE, "--json"), same_output=False),
        Job("run", ringlet("run", tiny, *SHORT, "-p", "Once the")),
        Job("run-drafts", ringlet("run", tiny, *SHORT, "-p", "Once the", "--lookup", "--draft", chatty, "--draft-tokens", "2")),
        Job("session", session, old=fault_sources.session(tiny, SHORT)),
        Job("prefix", ringlet("prefix", tiny, "-q", "-p", "Once the", "-o", "{target}")),
        Job("chat", ringlet("chat", chatty, "-q", "-n", "3", "--temperature", "0"), stdin=b"Hi\nmore\n"),
        Job("chat-session", ringlet("chat", chatty, "-q", "-n", "3", "--seed", "1", "--stop", "Once", "-e", "-p", "x" * 2000,
                                    "--session", "{target}"), old=read(fault_sources.chat_session(chatty, path("old.chat")))),
        Job("plan", ringlet("plan", tiny)),
        Job("plan-json", ringlet("plan", tiny, "--json")),
        Job("plan-header", ringlet("plan", tiny, "--header", "{target}")),
        Job("plan-svg", ringlet("plan", tiny, "--svg", "{target}")),
        Job("verify", ringlet("verify", tiny)),
        Job("inspect", ringlet("inspect", tiny)),
        Job("inspect-json", ringlet("inspect", tiny, "--json")),
        Job("tokenize", ringlet("tokenize", tiny, "Once the end")),
        Job("digest", ringlet("digest", tiny, "-n", "20")),
        Job("perplexity", ringlet("perplexity", tiny, "--file", write("text.txt", b"Once the end was in the end")),
            same_output=False),
        Job("bench", ringlet("bench", tiny, "-r", "1", "-p", "2", "-n", "2", "--threads", "1"), same_output=False),
        Job("bench-passes", ringlet("bench", tiny, "-r", "1", "--pass-tokens", "2", "--threads", "1"), same_output=False),
        Job("bench-drafts", ringlet("bench", tiny, "-r", "1", "-n", "4", "--draft", model("int4")), same_output=False),
        # Its picture is never the same twice.
        Job("bench-without-cache", ringlet("bench", tiny, "--without-cache", "-n", "2", "--threads", "1", "--svg", "/dev/null"),
            same_output=False),
        Job("grammar-schema", compile_grammar(schema, "-o", "{target}")),
        Job("grammar-gbnf", compile_grammar(gbnf, "-o", "{target}")),
        Job("grammar-regex", compile_grammar("--regex", "(a|b)*c{2,4}[^x-z]", "-o", "{target}")),
        Job("grammar-choice", compile_grammar("--choice", "yes,no,never", "-o", "{target}")),
        Job("grammar-ask", compile_grammar(schema, *ask)),
        Job("grammar-lists", compile_grammar("--lists", lists, "-o", "{target}")),
        Job("grammar-home", compile_grammar("--home", home, "-o", "{target}")),
        Job("grammar-registries", compile_grammar("--home", storage, "--home-text", "{target}")),
        Job("run-grammar", ringlet("run", tiny, "-q", "--seed", "1", "-p", "Once the", "--grammar", gbnf, "--json")),
        Job("plan-grammar", ringlet("plan", tiny, "--json-schema", schema, "--lists", lists, "--header", "{target}")),
    ]


class Allocations(TestCase):
    def count(self, job, folder):
        counts = path("allocations")
        Outcome(job, folder, {"LD_PRELOAD": LIBRARY, "RINGLET_COUNT_ALLOCATIONS": counts}, True)
        number = int(read(counts))
        os.remove(counts)
        return number

    def check(self, variable, replaces, size):
        for job in chosen(jobs()):
            judge = Judge(job, path("judge"))
            count = self.count(job, path("judge"))

            def try_one(number, folder, job=job, judge=judge):
                extra = {"LD_PRELOAD": LIBRARY, variable: str(number)}
                outcome = Outcome(job, folder, extra, replaces)
                fault = judge.fault(outcome, replaces)
                return fault and f"{job.name}, allocation {number}: {fault}: {outcome}"

            faults = each(sample(count, size, job.name), try_one)
            if ALL:
                print(f"{job.name}: {count} allocations, {len(faults)} faults", flush=True)
            with self.subTest(job=job.name):
                self.assertFalse(faults, f"{len(faults)} of {count}:\n" + "\n".join(faults[:40]))

    def test_one_fails(self):
        self.check("RINGLET_FAIL_ALLOCATION", True, 12)

    def test_all_from_one_on_fail(self):
        self.check("RINGLET_FAIL_ALLOCATIONS", False, 12)


if __name__ == "__main__":
    skip_without("RINGLET_ALLOCATIONS_LIBRARY", "letting allocations fail")
    unittest.main()
