"""ringlet plan --sessions: the memory of a pool."""

import json
import os
import re
import subprocess
import unittest

from support import TestCase, model, path, read, ringlet

PROGRAM_TEXT = """
#include "pool.h"
#ifdef __cplusplus
alignas(RINGLET_POOL_RAM_ALIGNMENT) static unsigned char ram[RINGLET_POOL_RAM_BYTES];
static_assert(ringlet_pool_config_pool().session.context == 64 && ringlet_pool_config_pool().sessions == 3);
static_assert(ringlet_pool_config_pool().prefix_tokens == 9 && ringlet_pool_config_pool().branch_pages == 8);
#else
_Alignas(RINGLET_POOL_RAM_ALIGNMENT) static unsigned char ram[RINGLET_POOL_RAM_BYTES];
_Static_assert(RINGLET_POOL_SESSIONS == 3 && RINGLET_POOL_PREFIX_TOKENS == 9, "pool");
_Static_assert(RINGLET_POOL_BRANCHES == 2 && RINGLET_POOL_BRANCH_PAGES == 8, "branches");
#endif
int main(void) { return ram[0] + (ringlet_pool_config_pool().branches != 2) + (ringlet_config_pool().context != 64); }
"""
INCLUDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../runtime/include")
POOL = ["--sessions", "3", "--prefix-tokens", "9"]


class PlanPool(TestCase):
    def plan(self, *arguments):
        return json.loads(self.succeeds("plan", model(), "--json", *arguments))

    def test_a_pool_uses_what_was_planned(self):
        same = ["--context", "100", "--prefill-chunk", "8", "-t", "2"]
        for sessions, prefix in ((1, 0), (2, 0), (5, 12)):
            used = json.loads(self.succeeds("bench", model(), "--json", "-r", "1", "-n", "2", *same, "--sessions", str(sessions),
                                            "--prefix-tokens", str(prefix)))["pool"]["results"][0]["ram_bytes"]
            plan = self.plan(*same, "--sessions", str(sessions), "--prefix-tokens", str(prefix))
            self.assertEqual((plan["ram_bytes"], plan["pool"]["sessions_alone_bytes"]), (used["pool"], used["sessions_alone"]))

    def test_lone_sessions_are_no_pool(self):
        self.assertIsNone(self.plan()["pool"])
        alone = self.plan("--context", "64", "--sinks", "9")["ram_bytes"]
        pool = self.plan("--context", "64", *POOL)
        self.assertEqual(pool["pool"], {"sessions": 3, "prefix_tokens": 9, "branches": 0, "branch_pages": 0,
                                        "sessions_alone_bytes": 3 * alone})
        self.assertEqual(pool["sinks"], 9)
        self.assertLess(pool["ram_bytes"], 3 * alone)

    def test_branches_cost_their_pages(self):
        with_branches = self.plan("--context", "128", *POOL, "--branches", "2", "--branch-pages", "4")
        more = self.plan("--context", "128", *POOL, "--branches", "2", "--branch-pages", "5")
        self.assertLess(with_branches["ram_bytes"], more["ram_bytes"])
        self.assertIn("branch pages", {section["name"] for section in more["sections"]})
        # Five sessions hold more than three and what two branches can need.
        self.assertLess(more["ram_bytes"], self.plan("--context", "128", "--sessions", "5", "--prefix-tokens", "9")["ram_bytes"])

    def test_table_for_people(self):
        text = self.succeeds("plan", model(), "--context", "64", *POOL, "--branches", "1", "--branch-pages", "2").decode()
        self.assertIn(", pool of 3 sessions with a prefix of 9 tokens and 1 branch (2 pages)\n", text)
        self.assertRegex(text, r"\nRAM without a pool +[\d,]+  [\d.]+ \w+, of 4 lone sessions\n")

    def test_the_longest_context_that_fits(self):
        for more in ([], ["--draft", model(), "--draft-tokens", "2"], ["--lookup"]):
            total = self.plan("--context", "64", *POOL, *more)["ram_bytes"]
            document = self.plan("--context", "64", *POOL, *more, "--ram", str(total))
            self.assertTrue(document["fits"])
            longest = document["longest_context"]
            self.assertLessEqual(self.plan("--context", str(longest), *POOL, *more)["ram_bytes"], total)
            self.assertGreater(self.plan("--context", str(longest + 1), *POOL, *more)["ram_bytes"], total)

    def test_fewer_sessions_make_a_context_fit(self):
        least = self.plan("--context", "10", *POOL)["ram_bytes"] - 1
        remedy = self.fails(1, "plan", model(), *POOL, "--ram", str(least)).split("; no context fits; ")[1]
        self.assertIn("--sessions 1 would make one fit", remedy)
        for option, value in re.findall(r"(--[a-z-]+) (\w+)", remedy):
            after = ringlet("plan", model(), *POOL, option, value, "--ram", str(least)).stderr.decode()
            self.assertNotIn("no context fits", after, (option, value))

    def test_whatever_is_too_large_is_named(self):
        fits = self.plan("--context", "8", "--sinks", "4", "--sessions", "1")["ram_bytes"]
        for large in (["--branches", "3", "--branch-pages", "60"], ["--prefix-tokens", "100"]):
            error = self.fails(1, "plan", model(), "--sessions", "1", *large, "--ram", str(fits))
            self.assertRegex(error, f"; no context fits; .*{large[0]} \\d+")
            remedy = error.split("; no context fits; ")[1].split(" would make")[0].split(" or ")
            change = next(part.split() for part in remedy for part in part.split(", ") if part.startswith(large[0]))
            rest = [] if large[0] == "--branches" and change[1] == "0" else large[2:]
            after = ringlet("plan", model(), "--sessions", "1", *change, *rest, "--ram", str(fits)).stderr.decode()
            self.assertNotIn("no context fits", after)

    def test_a_prefix_decides_on_the_cache(self):
        self.succeeds("prefix", model(), "-p", "Once upon a time", "-o", path("int8.prefix"), "--pin", "-q")
        for option, value in (("--kv", "f16"), ("--sinks", "3"), ("--hot-window", "40")):
            error = self.fails(2, "plan", model(), "--prefix", path("int8.prefix"), option, value, "--sessions", "2")
            self.assertIn(f"{option}: the prefix has ", error)
        self.succeeds("plan", model(), "--prefix", path("int8.prefix"), "--kv", "int8")

    def test_a_draft_model_counts_for_every_session(self):
        plan = self.plan("--context", "64", *POOL, "--draft", model(), "--draft-tokens", "2")
        section = next(s["bytes"] for s in plan["sections"] if s["name"] == "draft session")
        self.assertEqual(plan["draft"]["ram_bytes"], section)

    def test_a_prefix_in_a_file(self):
        self.succeeds("prefix", model(), "-p", "Once upon a time", "-o", path("pool.prefix"), "--pin", "-q")
        plan = self.plan("--prefix", path("pool.prefix"), "--sessions", "2")
        self.assertEqual(plan["pool"]["prefix_tokens"], plan["sinks"])
        names = {section["name"] for section in plan["sections"] if section["bytes"]}
        self.assertFalse({"sink keys", "sink values"} & names)
        with open(path("prompt.txt"), "w", encoding="utf-8") as file:
            file.write("Once upon a time")
        self.succeeds("run", model(), "-f", path("prompt.txt"), "-n", "3", "--session", path("pool.session"), "-q")
        error = self.fails(1, "plan", model(), "--prefix", path("pool.session"), "--sessions", "2")
        self.assertIn("but the prefix of a pool is all sinks; make it with ringlet prefix --pin", error)

    def test_a_header_has_the_pool(self):
        self.succeeds("plan", model(), "--context", "64", *POOL, "--branches", "2", "--branch-pages", "8", "--header",
                      path("pool.h"), "--name", "pool")
        for variable, name, flags in (("RINGLET_C_COMPILER", "pool.c", ["-std=c11"]),
                                      ("RINGLET_CXX_COMPILER", "pool.cpp", ["-std=c++20"])):
            with open(path(name), "w", encoding="utf-8") as file:
                file.write(PROGRAM_TEXT)
            if os.environ.get(variable):
                done = subprocess.run([os.environ[variable], *flags, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", INCLUDE,
                                       "-fsyntax-only", path(name)], capture_output=True, text=True, check=False)
                self.assertEqual(done.stderr, "")
        self.assertNotIn(b"pool", self.header_of_a_session())

    def header_of_a_session(self):
        self.succeeds("plan", model(), "--context", "64", "--header", path("session.h"), "--name", "session")
        return read(path("session.h"))

    def test_options_that_make_no_sense(self):
        for arguments, expected in (
                (("--prefix-tokens", "2"), "plan: --prefix-tokens requires --sessions"),
                (("--branches", "2", "--branch-pages", "2"), "plan: --branches requires --sessions"),
                (("--sessions", "2", "--branches", "2"), "plan: --branches requires --branch-pages"),
                (("--sessions", "2", "--branch-pages", "2"), "plan: --branch-pages requires --branches"),
                (("--sessions", "2", "--branches", "0", "--branch-pages", "2"),
                 "--branch-pages: must go with branches: both, or none"),
                (("--sessions", "0"), "--sessions: must be a whole number from 1 to 1024"),
                (("--sessions", "2", "--prefix-tokens", "2", "--sinks", "3"), "--sinks excludes --prefix-tokens"),
                (("--sessions", "2", "--prefix-tokens", "60000"), "--prefix-tokens: must be fewer than the context (at most ")):
            self.assertIn(expected, self.fails(2, "plan", model(), *arguments))


if __name__ == "__main__":
    unittest.main()
