"""Compares the converter's renderer with Jinja2 on the chat templates of public models. Every chat format that the
converter accepts must write conversations as the template does."""
import glob
import itertools
import json
import os
import unittest

import oracle

CASES = sorted(glob.glob(os.path.join(oracle.DATA, "cases", "templates", "*.jinja")))
CONFIGS = sorted(glob.glob(os.path.join(oracle.DATA, "tokenizers", "*", "tokenizer_config*.json")) +
                 glob.glob(os.path.join(oracle.DATA, "models", "**", "tokenizer_config.json"),
                           recursive=True))
USERS = ["Where is the cat?", "And\n\nthe dog?", "Where is the cat?", "100%", "Thanks, {name}!"]
REPLIES = ["On the mat.", "There:\n- left", "On the mat.", "ok", "You're welcome."]


def templates():
    for path in CASES:
        with open(path, encoding="utf-8", newline="") as file:
            yield os.path.basename(path), file.read()
    for path in CONFIGS:
        with open(path, encoding="utf-8") as file:
            found = json.load(file).get("chat_template")
        if isinstance(found, str):
            yield os.path.relpath(path, oracle.DATA), found


def conversation(messages, system):
    """So many messages, in turn of the user and the assistant."""
    made = [{"role": "system", "content": "Answer in one\nword."}] if system else []
    for i in range(messages):
        made.append({"role": "user", "content": USERS[i // 2]} if i % 2 == 0 else
                    {"role": "assistant", "content": REPLIES[i // 2]})
    return made


def variables(messages, prompt):
    return {"messages": messages, "tools": None, "documents": None, "add_generation_prompt": prompt,
            "bos_token": "<s>", "eos_token": "</s>"}


def written(form, messages, lead):
    """What a chat format makes of a conversation that ends with a message of the user."""
    strip = (lambda text: text.strip(" \t\r\n")) if form["trim"] else lambda text: text
    text = form["opening"]
    if messages[0]["role"] == "system":
        text = form["system_prefix"] + strip(messages[0]["content"]) + form["system_suffix"]
        messages = messages[1:]
    for message in messages:
        text += (strip(message["content"]) + form["before_reply"] if message["role"] == "user" else
                 lead + message["content"] + form["after_reply"])
    return text


class TemplatesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.renderer = oracle.Renderer()

    @classmethod
    def tearDownClass(cls):
        cls.renderer.close()

    def setUp(self):
        if not CASES:
            print("SKIPPED: there are no templates in the test data")
            self.skipTest("no templates")

    def test_render_as_jinja2(self):
        for (name, template), count, system, prompt, clock in itertools.product(
                templates(), (1, 2, 5, 6), (False, True), (False, True), (True, False)):
            with self.subTest(name=name, messages=count, system=system, prompt=prompt, clock=clock):
                given = variables(conversation(count, system), prompt)
                expected = oracle.jinja2_answer(template, given, clock)
                answer = self.renderer.render(template, given, clock)
                if "text" in expected:
                    self.assertEqual(answer, expected)
                else:
                    self.assertIn("error", answer)

    def check_format(self, name, template, form):
        clock = "no clock" not in form["note"]
        systems = (False, True) if "system_prefix" in form else (False,)
        lead = None
        for turns, system in itertools.product((1, 2, 3, 4, 5), systems):
            with self.subTest(name=name, turns=turns, system=system):
                messages = conversation(2 * turns - 1, system)
                expected = oracle.jinja2_answer(template, variables(messages, True), clock)["text"]
                if lead is None and turns > 1:  # white space that the model writes before a reply
                    leads = [lead for lead in ("", " ", "\n", "\n\n")
                             if written(form, messages, lead) == expected]
                    lead = leads[0] if leads else ""
                self.assertEqual(written(form, messages, lead or ""), expected)
        for text in ("  padded", "padded \n", "\tboth "):
            with self.subTest(name=name, text=text):
                messages = [{"role": "user", "content": text}]
                expected = oracle.jinja2_answer(template, variables(messages, True), clock)["text"]
                self.assertEqual(written(form, messages, ""), expected)

    def test_formats_write_conversations_as_the_templates_do(self):
        accepted = 0
        for name, template in templates():
            answer = self.renderer.ask({"chat_template": template, "bos": "<s>", "eos": "</s>"})
            if "format" in answer:
                accepted += 1
                form = answer["format"]
                print(f"{name}: equal, {form['name']}"
                      f"{', with system messages' if 'system_prefix' in form else ''}"
                      f"{'; ' + form['note'] if form['note'] else ''}")
                self.check_format(name, template, form)
            else:
                print(f"{name}: {answer['refused']}")
                self.assertNotIn("\n", answer["refused"])
        self.assertGreater(accepted, 8)


if __name__ == "__main__":
    unittest.main()
