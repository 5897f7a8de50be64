"""ringlet plan: the numbers, as table, JSON, header and picture."""

import json
import os
import re
import shutil
import subprocess
import unittest
import xml.dom.minidom

from support import TestCase, model, path, random_model, read, ringlet, write

PROGRAM_TEXT = """
#include "story.h"
#include "big.h"
#ifdef __cplusplus
#define RINGLET_ASSERT static_assert
alignas(RINGLET_STORY_RAM_ALIGNMENT) static unsigned char ram[RINGLET_STORY_RAM_BYTES];
static_assert(ringlet_config_story().context == 64 && ringlet_config_big().context == 96);
static_assert(!ringlet_config_story().kv && ringlet_config_big().kv == ringlet::KvFormats(ringlet::KvFormat::int4));
static_assert(ringlet_config_big().prefill_chunk == 3 && ringlet_config_big().allow_longer_context == false);
static_assert(ringlet_config_big().grammar_bytes == RINGLET_BIG_GRAMMAR_BYTES);
static_assert(ringlet_grammar_options_big().span_bytes == 200);
#else
#define RINGLET_ASSERT _Static_assert
_Alignas(RINGLET_STORY_RAM_ALIGNMENT) static unsigned char ram[RINGLET_STORY_RAM_BYTES];
#endif
RINGLET_ASSERT(RINGLET_STORY_CONTEXT == 64 && RINGLET_BIG_CONTEXT == 96, "context");
RINGLET_ASSERT(RINGLET_STORY_RAM_BYTES == STORY_RAM && RINGLET_BIG_RAM_BYTES == BIG_RAM, "each has its own size");
RINGLET_ASSERT(RINGLET_STORY_SECTION_LOGITS_OFFSET + RINGLET_STORY_SECTION_LOGITS_BYTES <= sizeof ram, "logits");
int main(void) {
  return ram[0] + (RINGLET_STORY_KV[0] != 'i') + (ringlet_config_story().context != 64) +
         (ringlet_config_big().prefill_chunk != 3) + (int)(ringlet_config_big().accelerator_bytes != 0) +
         (ringlet_grammar_options_big().span_bytes != 200) + (ringlet_config_big().grammar_bytes != RINGLET_BIG_GRAMMAR_BYTES);
}
"""
QUOTE = write("quote.json", b'{"type": "string", "x-ringlet-span": true}')
BIG = ["--context", "96", "--prefill-chunk", "3", "--kv", "int4", "--json-schema", QUOTE, "--span-bytes", "200"]
INCLUDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../runtime/include")


class Plan(TestCase):
    def plan(self, *arguments):
        return json.loads(self.succeeds("plan", model(), "--json", *arguments))

    def test_json_is_consistent(self):
        plan = self.plan()
        self.assertEqual(plan["flash_bytes"], os.path.getsize(model()))
        self.assertEqual(plan["weights_copy_bytes"], 0)
        ends = [section["offset"] + section["bytes"] for section in plan["sections"]]
        self.assertEqual(plan["ram_bytes"], max(ends))
        for section in plan["sections"]:
            self.assertEqual(section["offset"] % plan["ram_alignment"], 0)
        self.assertEqual(sum(cache["layers"] for cache in plan["caches"]), 2)

    def test_large_files_can_be_copied(self):
        large = random_model("large-plan.ringlet", "llama:dim=256,layers=24,heads=4,kv_heads=2,ffn=768,vocab=300,"
                             "context=64")
        size = os.path.getsize(large)
        self.assertGreater(size, 8 << 20)
        self.assertEqual(json.loads(self.succeeds("plan", large, "--json"))["weights_copy_bytes"], size)
        self.assertRegex(self.succeeds("plan", large).decode(), rf"copy of weights +{size:,}  .*--weights-in")
        self.assertNotIn(b"copy of weights", self.succeeds("plan", model()))

    def test_caches_are_no_larger_than_promised(self):
        # The cache of Llama 3.2 1B: what else its shape has, the cache does not depend on.
        shape = random_model("llama-1b-cache.ringlet", "llama:dim=64,layers=16,heads=8,kv_heads=8,head_dim=64,"
                             "ffn=32,vocab=300,context=2048")
        for kv, most_mib in (("int8", 34), ("k8v4", 27), ("int4", 19)):
            plan = json.loads(self.succeeds("plan", shape, "--context", "2048", "--kv", kv, "--json"))
            regions = [s["bytes"] for s in plan["sections"] if s["name"].split()[0] in ("sink", "hot", "cold")]
            self.assertGreater(len(regions), 3)
            self.assertLessEqual(sum(regions), most_mib << 20, kv)

    def test_sections_share_bytes_only_at_different_times(self):
        plan = self.plan()
        sections, stages = plan["sections"], plan["stages"]
        for one in sections:
            for other in sections:
                overlap = (one is not other and one["offset"] < other["offset"] + other["bytes"]
                           and other["offset"] < one["offset"] + one["bytes"])
                together = (one["always"] or other["always"] or stages.index(one["first_stage"]) <= stages.index(
                    other["last_stage"]) and stages.index(other["first_stage"]) <= stages.index(one["last_stage"]))
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

    def test_a_shorter_text_for_spans_takes_less(self):
        grammar = ("--json-schema", QUOTE)
        short, long = (self.plan(*grammar, *given)["ram_bytes"] for given in (("--span-bytes", "96"), ()))
        self.assertEqual(long - short, 2 * (4096 - 96))
        self.assertIn("--span-bytes: needs --grammar", self.fails(2, "plan", model(), "--span-bytes", "96"))
        error = self.fails(2, "plan", model(), "--choice", "a,b", "--span-bytes", "96")
        self.assertIn("no grammar takes parts of a text", error)

    def test_several_grammars_share_what_the_largest_needs(self):
        files = {name: write(f"{name}.gbnf", text.encode())
                 for name, text in (("small", 'root ::= "a"'), ("large", 'root ::= "' + "ab" * 500 + '"'))}
        small, large, both, turned = (self.plan(*(word for name in names for word in ("--grammar", files[name])))["ram_bytes"]
                                      for names in (["small"], ["large"], ["small", "large"], ["large", "small"]))
        self.assertLess(small, large)
        self.assertEqual((both, turned), (large, large))
        error = self.fails(2, "run", model(), "-p", "a", "--grammar", files["small"], "--grammar", files["large"])
        self.assertIn("--grammar: an answer follows one grammar; leave one", error)

    def test_ram_that_suffices(self):
        total = self.plan("--context", "64")["ram_bytes"]
        document = self.plan("--context", "64", "--ram", str(total))
        self.assertTrue(document["fits"])
        self.assertIn(b"fits into", self.succeeds("plan", model(), "--context", "64", "--ram", "1M"))

    def test_ram_that_does_not(self):
        total = self.plan("--context", "64")["ram_bytes"]
        error = self.fails(1, "plan", model(), "--ram", str(total))
        longest = int(re.search(r"; --context (\d+) would fit", error)[1])
        self.assertLessEqual(self.plan("--context", str(longest))["ram_bytes"], total)
        self.assertGreater(self.plan("--context", str(longest + 1))["ram_bytes"], total)
        self.assertTrue(self.fails(1, "plan", model(), "--ram", "1K").endswith(
            "; no context fits, whatever the other settings are; use a smaller model\n"))
        refused = path("refused.h")
        self.fails(1, "plan", model(), "--ram", "1K", "--header", refused)
        self.assertFalse(os.path.exists(refused))

    def test_only_changes_that_help_are_named(self):
        least = self.plan("--context", "5")["ram_bytes"] - 1
        for ram in range(least, 4096, -997):
            for given in ((), ("--kv", "int8"), ("--kv", "int4"), ("--sinks", "0")):
                done = ringlet("plan", model(), *given, "--ram", str(ram))
                if "; no context fits; " not in done.stderr.decode():
                    continue
                remedy = done.stderr.decode().split("; no context fits; ")[1]
                changes = re.findall(r"(--[a-z-]+) (\w+)", remedy)
                self.assertTrue(changes, remedy)
                together = [sum(map(list, changes), [])] if remedy.endswith("together would do\n") else map(list, changes)
                for change in together:
                    self.assertFalse(set(given) and set(given) == set(change), "what was given")
                    after = ringlet("plan", model(), *given, *change, "--ram", str(ram)).stderr.decode()
                    self.assertNotIn("no context fits", after, (given, change))

    def test_a_prefix_decides_on_the_cache(self):
        self.succeeds("prefix", model(), "-p", "Once", "-o", path("fixed.prefix"), "-q")
        total = self.plan("--prefix", path("fixed.prefix"), "--context", "5")["ram_bytes"]
        error = self.fails(1, "plan", model(), "--prefix", path("fixed.prefix"), "--ram", str(total - 1))
        self.assertRegex(error, r"--longest-word \d+.* would make one fit$")
        self.assertNotIn("--kv", error)
        self.assertNotIn("--sinks", error)

    def compile_headers(self, include=INCLUDE):
        """Compiles a program that includes the headers of two models, in C and in C++; what the compilers say."""
        output = ""
        for variable, name, flags in (("RINGLET_C_COMPILER", "plan.c", ["-std=c11"]),
                                      ("RINGLET_CXX_COMPILER", "plan.cpp", ["-std=c++20"])):
            with open(path(name), "w", encoding="utf-8") as file:
                file.write(PROGRAM_TEXT)
            compiler = os.environ.get(variable)
            if compiler:
                sizes = [f"-DSTORY_RAM={self.plan('--context', '64')['ram_bytes']}",
                         f"-DBIG_RAM={self.plan(*BIG)['ram_bytes']}"]
                output += subprocess.run([compiler, *flags, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", include, *sizes,
                                          "-fsyntax-only", path(name)], capture_output=True, text=True, check=False).stderr
        return output

    def write_headers(self):
        self.succeeds("plan", model(), "--context", "64", "--header", path("story.h"), "--name", "story")
        self.succeeds("plan", model(), *BIG, "--header", path("big.h"), "--name", "big")

    def test_headers_of_two_models_are_one_program(self):
        self.write_headers()
        self.assertEqual(self.compile_headers(), "")

    def test_a_header_of_another_version_is_refused(self):
        self.write_headers()
        text = read(path("story.h"))
        self.assertEqual(text.count(b"#if RINGLET_VERSION != 100\n"), 1)
        with open(path("story.h"), "wb") as file:
            file.write(text.replace(b"RINGLET_VERSION != 100\n", b"RINGLET_VERSION != 99\n"))
        if os.environ.get("RINGLET_C_COMPILER"):
            self.assertIn("the plan of story was made by ringlet 0.1.0, which is not the version of this library",
                          self.compile_headers())

    def test_the_name_is_that_of_the_file_unless_given(self):
        self.succeeds("plan", model(), "--header", path("plan.h"))
        name = os.path.basename(model()).split(".")[0].replace("-", "_")
        self.assertIn(f"ringlet_config_{name}(".encode(), read(path("plan.h")))
        self.assertIn(f"#define RINGLET_{name.upper()}_RAM_BYTES ".encode(), read(path("plan.h")))
        for wrong in ("two words", "1st", "a-b", ""):
            error = self.fails(2, "plan", model(), "--header", path("plan.h"), "--name", wrong)
            self.assertIn("cannot be part of an identifier; use letters, digits and _, not a digit first", error)
        self.assertIn("--header", self.fails(2, "plan", model(), "--name", "story"))

    def test_no_name_has_two_underscores_in_a_row(self):
        # C++ reserves such names.
        for file_name, name in (("3b", "m3b"), ("a--b_", "a_b"), ("_x", "x"), ("é", "m")):
            copy = shutil.copy(model(), path(f"{file_name}.ringlet"))
            self.succeeds("plan", copy, "--header", path("named.h"))
            text = read(path("named.h")).decode()
            self.assertIn(f"ringlet_config_{name}(", text)
            self.assertNotRegex(text, r"(?i)ringlet_\w*__")

    def test_files_are_whole_or_absent(self):
        self.assertIn("cannot be written", self.fails(1, "plan", model(), "--header", "/nowhere/plan.h"))
        self.assertEqual([name for name in os.listdir(path("")) if name.startswith(".plan.h.")], [])

    def test_drawing(self):
        self.succeeds("plan", model(), "--svg", path("plan.svg"))
        drawing = xml.dom.minidom.parseString(read(path("plan.svg")))
        plan = self.plan()
        boxes = drawing.getElementsByTagName("rect")[1:]  # the first is the page
        self.assertEqual(len(boxes), len([section for section in plan["sections"] if section["bytes"]]))
        texts = {text.firstChild.data for text in drawing.getElementsByTagName("text")}
        self.assertLessEqual(set(plan["stages"]), texts)
        for box in boxes:
            label = box.nextSibling.nextSibling  # after the end of the line
            self.assertEqual(label.tagName, "text")
            room = float(box.getAttribute("width")) - 8
            self.assertTrue(label.getAttribute("textLength") or 5 * len(label.firstChild.data) < room, label.toxml())
            self.assertLessEqual(float(label.getAttribute("textLength") or 0), room)


if __name__ == "__main__":
    unittest.main()
