"""Compares the converter's renderer with Jinja2 on small random templates.

RINGLET_RANDOM_TEMPLATES is the number of templates, RINGLET_RANDOM_SEED the first seed."""
import os
import unittest

import language
import oracle
import random_template

COUNT = int(os.environ.get("RINGLET_RANDOM_TEMPLATES", "300"))
SEED = int(os.environ.get("RINGLET_RANDOM_SEED", "1"))


def depends_on_addresses(answer):
    """Whether Python has printed where in memory a generator or method is."""
    return " at 0x" in answer.get("text", "")


class RandomTest(unittest.TestCase):
    def test_random_templates(self):
        renderer = oracle.Renderer()
        counts = {"text": 0, "error": 0, "unsupported": 0}
        for seed in range(SEED, SEED + COUNT):
            template = random_template.Generator(seed).statements()
            with self.subTest(seed=seed, template=template):
                answer = renderer.render(template, language.VARIABLES)
                counts[next(iter(answer))] += 1
                if "unsupported" in answer:
                    continue  # is always right; that it is rare is tested below
                expected = oracle.jinja2_answer(template, language.VARIABLES)
                if "text" in expected:
                    self.assertEqual(answer, expected)
                else:
                    self.assertIn("error", answer, expected)
        renderer.close()
        print(f"{COUNT} templates: {counts}")
        self.assertGreater(counts["text"], COUNT // 8)
        self.assertLess(counts["unsupported"], COUNT // 5)


if __name__ == "__main__":
    unittest.main()
