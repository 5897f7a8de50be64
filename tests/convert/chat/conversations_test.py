"""Renders conversations of every form with public templates, and compares each with Jinja2."""
import glob
import json
import os
import unittest

import conversations
import oracle

TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}


def templates():
    for path in sorted(glob.glob(os.path.join(oracle.DATA, "cases", "templates", "*.jinja"))):
        with open(path, encoding="utf-8", newline="") as file:
            yield os.path.basename(path), file.read()
    for path in sorted(glob.glob(os.path.join(oracle.DATA, "tokenizers", "*", "tokenizer_config*.json"))):
        with open(path, encoding="utf-8") as file:
            found = json.load(file).get("chat_template")
        for one in found if isinstance(found, list) else [{"name": "", "template": found}]:
            if one["template"]:
                yield os.path.relpath(path, oracle.DATA) + one["name"], one["template"]


class ConversationsTest(unittest.TestCase):
    def compare(self, renderer, template, variables, clock):
        """Whether both write a text. Where Jinja2 fails, so do we, in our own words."""
        expected = oracle.jinja2_answer(template, variables, clock)
        answer = renderer.render(template, variables, clock)
        if "text" in expected:
            self.assertEqual(answer, expected)
        else:
            self.assertNotIn("text", answer, expected)
        return "text" in expected

    def test_public_templates_render_as_jinja2(self):
        renderer = oracle.Renderer()
        self.addCleanup(renderer.close)
        found = list(templates())
        if not found:
            print("SKIPPED: there are no templates in the test data")
            self.skipTest("no templates")
        for name, template in found:
            written = 0
            for case, variables in conversations.cases():
                for clock in (True, False) if "strftime_now" in template else (True,):
                    with self.subTest(template=name, case=case, clock=clock):
                        written += self.compare(renderer, template, {**TOKENS, **variables}, clock)
            print(f"{name}: {written} texts equal")
            self.assertGreater(written, 10, name)


if __name__ == "__main__":
    unittest.main()
