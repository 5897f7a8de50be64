"""The demonstration firmware: the same plan, digest and story as on this machine."""
import json
import os
import re
import subprocess
import unittest

from board import BOARD, IMAGES, MODEL, PROCESSOR, PROMPT, ROOT, SETTINGS, figures_of_the_page, number, ringlet, run_image


class Storyteller(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.status, cls.output = run_image("storyteller")
        print(cls.output)

    def test_ends_well(self):
        self.assertEqual(self.status, 0, self.output)

    def test_ram_is_that_of_the_plan_to_the_byte(self):
        plan = json.loads(ringlet("plan", MODEL, *SETTINGS, "--json"))
        self.assertEqual(number(self.output, r"RAM: ([\d,]+) bytes"), plan["ram_bytes"])
        sections = re.findall(r"section (.+): ([\d,]+) bytes at ([\d,]+)", self.output)
        self.assertEqual([(name, int(size.replace(",", "")), int(at.replace(",", ""))) for name, size, at in sections],
                         [(part["name"], part["bytes"], part["offset"]) for part in plan["sections"]])

    def test_digest_is_that_of_this_machine(self):
        expected = ringlet("digest", MODEL, *SETTINGS).strip()
        self.assertIn(f"digest: {expected.upper()}\n", self.output)

    def test_story_is_that_of_this_machine(self):
        story = ringlet("run", MODEL, *SETTINGS, "-p", PROMPT, "-n", 120, "--seed", 1, "-q")
        self.assertGreater(len(story), 200)
        self.assertIn(story, self.output)

    def test_the_firmware_in_c_tells_the_same_story(self):
        status, output = run_image("storyteller_c")
        self.assertEqual(status, 0, output)
        self.assertEqual(output, ringlet("run", MODEL, *SETTINGS, "-p", PROMPT, "-n", 120, "--seed", 1, "-q"))

    def test_static_data_is_the_plan_and_little_else(self):
        ram = number(self.output, r"RAM: ([\d,]+) bytes")
        self.assertLess(number(self.output, r"static data, ([\d,]+) bytes") - ram, 512)

    def test_counts_instructions_and_stack(self):
        self.assertGreater(number(self.output, r"story: 120 tokens, ([\d,]+) instructions each"), 100_000)
        self.assertLess(number(self.output, r"stack: ([\d,]+) of"), 16 * 1024)

    @unittest.skipUnless(os.environ.get("RINGLET_IS_AS_ON_THE_PAGE"), "the page is about the whole library, for speed")
    def test_figures_are_those_of_the_page(self):
        patterns = (r"story: 120 tokens, ([\d,]+) instr", r"prompt: 7 tokens, ([\d,]+) instr", r"stack: ([\d,]+) of")
        measured = [number(self.output, pattern) for pattern in patterns]
        table = subprocess.run([ROOT / "tools/footprint", IMAGES / f"storyteller-{BOARD}.elf.map"], check=True,
                               capture_output=True, text=True).stdout
        stated = figures_of_the_page("Figures")
        sizes = figures_of_the_page("Size of the library")[:1]
        for is_now, said in zip(measured + [number(table, r"flash +([\d,]+)")], stated + sizes, strict=True):
            self.assertAlmostEqual(is_now, said, delta=0.03 * said)

    @unittest.skipUnless(PROCESSOR in ("cortex-m55", "rv64gcv"), "a comparison where there are vectors")
    def test_vectors_take_at_most_a_third_of_the_scalar_instructions(self):
        status, scalar = run_image("storyteller_scalar")
        self.assertEqual(status, 0, scalar)
        pattern = r"story: 120 tokens, ([\d,]+) instructions each"
        vector_count, scalar_count = number(self.output, pattern), number(scalar, pattern)
        print(f"instructions per token: scalar {scalar_count:,}, vectors {vector_count:,}")
        self.assertLessEqual(3 * vector_count, scalar_count)


if __name__ == "__main__":
    unittest.main()
