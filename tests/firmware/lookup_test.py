"""Drafts by a lookup change nothing in the story: token for token it is that of this machine without drafts."""
import json
import os
import unittest

from board import MODEL, PROMPT, SETTINGS, figures_of_the_page, number, ringlet, run_image

DRAFTS = ["--lookup", "--draft-tokens", 3]


class Lookup(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.status, cls.output = run_image("storyteller_lookup")
        print(cls.output)

    def counts(self):
        """Tokens accepted, tokens drafted, passes."""
        return [number(self.output, pattern)
                for pattern in (r"drafts: ([\d,]+) of", r"of ([\d,]+) tokens accepted", r"accepted in ([\d,]+) passes")]

    def test_ends_well(self):
        self.assertEqual(self.status, 0, self.output)

    def test_story_is_that_without_drafts(self):
        story = ringlet("run", MODEL, *SETTINGS, "--draft-tokens", 0, "-p", PROMPT, "-n", 120, "--seed", 1, "-q")
        self.assertGreater(len(story), 200)
        self.assertIn(story, self.output)

    def test_ram_is_that_of_the_plan_to_the_byte(self):
        plan = json.loads(ringlet("plan", MODEL, *SETTINGS, *DRAFTS, "--json"))
        self.assertEqual(number(self.output, r"RAM: ([\d,]+) bytes"), plan["ram_bytes"])

    def test_drafts_are_accepted(self):
        accepted, drafted, passes = self.counts()
        self.assertGreater(accepted, 0)
        self.assertLess(accepted, drafted)
        # The first token is sampled after the prompt.
        self.assertEqual(number(self.output, r"story: ([\d,]+) tokens"), 1 + passes + accepted)

    @unittest.skipUnless(os.environ.get("RINGLET_IS_AS_ON_THE_PAGE"), "the page is about the whole library, for speed")
    def test_figures_are_those_of_the_page(self):
        per_token, per_token_of_prompt, stack = (
            number(self.output, pattern)
            for pattern in (r"story: 120 tokens, ([\d,]+) instr", r"prompt: 7 tokens, ([\d,]+) instr", r"stack: ([\d,]+) of"))
        ram = number(self.output, r"RAM: ([\d,]+) bytes")
        stated = figures_of_the_page("Drafts")
        for is_now, said in zip([per_token, per_token_of_prompt, stack, ram], stated, strict=True):
            self.assertAlmostEqual(is_now, said, delta=0.03 * said)


if __name__ == "__main__":
    unittest.main()
