"""ringlet plan: the numbers, and the forms in which they come."""

import json
import os
import subprocess
import unittest
import xml.dom.minidom

from support import TestCase, model, path, random_model, read, ringlet

PROGRAM_TEXT = """
#include "plan.h"
#ifdef __cplusplus
#define RINGLET_ASSERT static_assert
alignas(RINGLET_RAM_ALIGNMENT) static unsigned char ram[RINGLET_RAM_BYTES];
#else
#define RINGLET_ASSERT _Static_assert
_Alignas(RINGLET_RAM_ALIGNMENT) static unsigned char ram[RINGLET_RAM_BYTES];
#endif
RINGLET_ASSERT(RINGLET_CONTEXT == 64, "context");
RINGLET_ASSERT(RINGLET_SECTION_LOGITS_OFFSET + RINGLET_SECTION_LOGITS_BYTES <= sizeof ram, "logits");
int main(void) { return ram[0] + (RINGLET_KV[0] != 'i'); }
"""


class Plan(TestCase):
    def plan(self, *arguments):
        return json.loads(self.succeeds("plan", model(), "--json", *arguments))

    def test_json_is_consistent(self):
        plan = self.plan()
        self.assertEqual(plan["flash_bytes"], os.path.getsize(model()))
        ends = [section["offset"] + section["bytes"] for section in plan["sections"]]
        self.assertEqual(plan["ram_bytes"], max(ends))
        for section in plan["sections"]:
            self.assertEqual(section["offset"] % plan["ram_alignment"], 0)
        self.assertEqual(sum(cache["layers"] for cache in plan["caches"]), 2)

    def test_caches_are_no_larger_than_promised(self):
        # The cache of Llama 3.2 1B: what else its shape has, the cache does not depend on.
        shape = random_model("llama-1b-cache.ringlet", "llama:dim=64,layers=16,heads=8,kv_heads=8,head_dim=64,"
                             "ffn=32,vocab=300,context=2048")
        for kv, most_mib in (("int8", 34), ("k8v4", 27), ("int4", 19)):
            plan = json.loads(self.succeeds("plan", shape, "--context", "2048", "--kv", kv, "--json"))
            regions = [s["bytes"] for s in plan["sections"] if s["name"].split()[0] in ("pinned", "ring", "cold")]
            self.assertGreater(len(regions), 3)
            self.assertLessEqual(sum(regions), most_mib << 20, kv)

    def test_sections_share_bytes_only_at_different_times(self):
        sections = self.plan()["sections"]
        for one in sections:
            for other in sections:
                overlap = (one is not other and one["offset"] < other["offset"] + other["bytes"]
                           and other["offset"] < one["offset"] + one["bytes"])
                together = one["first_step"] <= other["last_step"] and other["first_step"] <= one["last_step"]
                self.assertFalse(overlap and together, (one, other))
                self.assertEqual(overlap, other["name"] in one["shares_bytes_with"])

    def test_table_names_every_section(self):
        text = self.succeeds("plan", model()).decode()
        for section in self.plan()["sections"]:
            self.assertIn(section["name"], text)
        self.assertIn(f"{self.plan()['ram_bytes']:,}", text)

    def test_settings_change_the_numbers(self):
        total = self.plan("--context", "64")["ram_bytes"]
        self.assertLess(total, self.plan("--context", "128")["ram_bytes"])
        self.assertLess(total, self.plan("--context", "64", "--kv", "f16")["ram_bytes"])
        self.assertLess(self.plan("--context", "64", "--prefill-chunk", "1")["ram_bytes"], total)

    def test_run_uses_what_was_planned(self):
        total = self.plan("--context", "64")["ram_bytes"]
        done = ringlet("run", model(), "--context", "64", "-n", "1")
        self.assertIn(f"RAM {total / 1024:.1f} KiB", done.stderr.decode())

    def test_ram_that_suffices(self):
        total = self.plan("--context", "64")["ram_bytes"]
        document = self.plan("--context", "64", "--ram", str(total))
        self.assertTrue(document["fits"])
        self.assertIn(b"fits into", self.succeeds("plan", model(), "--context", "64", "--ram", "1M"))

    def test_ram_that_does_not(self):
        total = self.plan("--context", "64")["ram_bytes"]
        error = self.fails(1, "plan", model(), "--ram", str(total))
        longest = int(error.split("longest context that fits is ")[1])
        self.assertLessEqual(self.plan("--context", str(longest))["ram_bytes"], total)
        self.assertGreater(self.plan("--context", str(longest + 1))["ram_bytes"], total)
        self.assertIn("no context fits", self.fails(1, "plan", model(), "--ram", "1K"))
        refused = path("refused.h")
        self.fails(1, "plan", model(), "--ram", "1K", "--header", refused)
        self.assertFalse(os.path.exists(refused))

    def test_header_compiles(self):
        self.succeeds("plan", model(), "--context", "64", "--header", path("plan.h"))
        for variable, name, flags in (("RINGLET_C_COMPILER", "plan.c", ["-std=c11"]),
                                      ("RINGLET_CXX_COMPILER", "plan.cpp", ["-std=c++11"])):
            with open(path(name), "w", encoding="utf-8") as file:
                file.write(PROGRAM_TEXT)
            compiler = os.environ.get(variable)
            if compiler:
                subprocess.run([compiler, *flags, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
                                path(name)], check=True)

    def test_files_are_whole_or_absent(self):
        self.assertIn("cannot be written", self.fails(1, "plan", model(), "--header", "/nowhere/plan.h"))
        self.assertEqual([name for name in os.listdir(path("")) if name.startswith(".plan.h.")], [])

    def test_drawing(self):
        self.succeeds("plan", model(), "--svg", path("plan.svg"))
        drawing = xml.dom.minidom.parseString(read(path("plan.svg")))
        sections = [section for section in self.plan()["sections"] if section["bytes"]]
        self.assertEqual(len(drawing.getElementsByTagName("rect")), len(sections))


if __name__ == "__main__":
    unittest.main()
