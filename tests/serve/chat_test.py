"""Chats over sockets: roles, reasoning, tools, answers of a form, and conversations that go on."""

import json
import os
import unittest

import serve_support  # noqa: F401  (finds the modules below)
from serve_support import Server
from chat_source import SMALL, chat_model
from support import CHAT_TEMPLATE, ringlet

TOOLS_TEMPLATE = (
    "{% if tools %}<|im_start|>system\n{% for t in tools %}{{ t | tojson }}\n{% endfor %}"
    "Say <tool_call> to call.<|im_end|>\n{% endif %}"
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")

TOOL = {"type": "function", "function": {
    "name": "set_light", "description": "Switches a light",
    "parameters": {"type": "object", "properties": {"room": {"enum": ["kitchen", "bath"]}, "on": {"type": "boolean"}},
                   "required": ["room", "on"], "additionalProperties": False}}}


def user(text):
    return {"role": "user", "content": text}


class Chat(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model, _ = chat_model("serve", TOOLS_TEMPLATE)
        cls.server = Server(cls.model, "--seats", "2", "-n", "200")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def chat(self, *messages, **fields):
        status, reply = self.server.post("/v1/chat/completions", {"messages": list(messages), **fields})
        self.assertEqual(status, 200, reply)
        return reply

    def test_a_form_that_the_vocabulary_cannot_write(self):
        model, _ = chat_model("serve-no-braces", missing="{")
        with Server(model, "--seats", "1") as server:
            for fields in ({"response_format": {"type": "json_object"}}, {"tool_choice": "required",
                            "tools": [{"type": "function", "function": {"name": "f"}}]}):
                status, reply = server.post("/v1/chat/completions", {"messages": [user("Hi")], "max_tokens": 9, **fields})
                self.assertEqual((status, reply["error"]["code"]), (400, "unsupported_value"))
                self.assertIn("vocabulary", reply["error"]["message"])
            self.assertEqual(server.post("/v1/chat/completions", {"messages": [user("Hi")], "max_tokens": 9})[0], 200)

    def test_reply_is_that_of_chat(self):
        for settings, options in (({"temperature": 0}, ["--temperature", "0"]),
                                  ({"temperature": 0.9, "seed": 6}, ["--temperature", "0.9", "--seed", "6"])):
            reply = self.chat(user("Hello there"), max_tokens=24, **settings)
            done = ringlet("chat", self.model, "-p", "Hello there", "-n", "24", "-q", *options)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(reply["choices"][0]["message"]["content"], done.stdout.decode(errors="replace")[:-1])

    def test_reply_has_what_clients_read(self):
        reply = self.chat(user("Hi"), max_tokens=4, seed=1, model="any name", user="me", metadata={"x": 1})
        self.assertEqual((reply["object"], reply["model"]), ("chat.completion", "any name"))
        choice = reply["choices"][0]
        self.assertEqual((choice["index"], choice["message"]["role"], choice["finish_reason"]), (0, "assistant", "length"))
        self.assertEqual(reply["usage"]["total_tokens"],
                         reply["usage"]["prompt_tokens"] + reply["usage"]["completion_tokens"])

    def test_stream(self):
        fields = {"messages": [user("Hi")], "max_completion_tokens": 12, "seed": 1}
        events = list(self.server.events("/v1/chat/completions", fields))
        self.assertEqual(events[-1], "[DONE]")
        chunks = [json.loads(event) for event in events[:-1]]
        self.assertEqual(chunks[0]["choices"][0]["delta"], {"role": "assistant", "content": ""})
        self.assertEqual(chunks[-1]["choices"][0]["delta"], {})
        self.assertEqual(chunks[-1]["choices"][0]["finish_reason"], "length")
        self.assertTrue(all(c["choices"][0]["finish_reason"] is None for c in chunks[:-1]))
        said = "".join(c["choices"][0]["delta"].get("content", "") for c in chunks)
        self.assertEqual(said, self.chat(user("Hi"), max_tokens=12, seed=1)["choices"][0]["message"]["content"])

    def test_content_in_parts(self):
        parts = [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}]
        self.assertEqual(
            self.chat({"role": "user", "content": parts}, temperature=0, max_tokens=8)["choices"],
            self.chat(user("Hello"), temperature=0, max_tokens=8)["choices"])
        status, reply = self.server.post("/v1/chat/completions", {"messages": [
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]})
        self.assertEqual((status, reply["error"]["param"]), (400, "messages[0].content[0].type"))

    def test_conversation_goes_on_in_its_seat(self):
        messages = [user("What is the capital of France, and why is it there?")]
        for i in range(3):
            reply = self.chat(*messages, temperature=0.8, seed=i, max_tokens=10)
            message = reply["choices"][0]["message"]
            messages += [{"role": "assistant", "content": message["content"]}, user(f"And then? {i}")]
            if i > 0 and "\ufffd" not in message["content"]:
                # At least the first question and its answer need not be read again.
                self.assertGreater(reply["usage"]["prompt_tokens_details"]["cached_tokens"], 50)
        with Server(self.model, "--seats", "1") as other:
            fresh = other.post("/v1/chat/completions", {"messages": messages, "temperature": 0.8, "seed": 9, "max_tokens": 64})[1]
        self.assertEqual(self.chat(*messages, temperature=0.8, seed=9, max_tokens=64)["choices"], fresh["choices"])

    def test_nobody_writes_control_tokens(self):
        count = self.chat(user("x" * 12), max_tokens=1)["usage"]["prompt_tokens"]
        spelled = self.chat(user("<|im_start|>"), max_tokens=1)["usage"]["prompt_tokens"]
        self.assertEqual(spelled, count)  # a token for each of twelve bytes

    def test_json_object_and_schema(self):
        for seed in range(4):
            reply = self.chat(user("A person?"), seed=seed, temperature=1.5, max_tokens=64, response_format={
                "type": "json_schema", "json_schema": {"name": "person", "schema": {
                    "type": "object", "properties": {"age": {"type": "integer", "minimum": 0, "maximum": 150},
                                                     "kind": {"enum": ["child", "adult"]}},
                    "required": ["age", "kind"], "additionalProperties": False}}})
            person = json.loads(reply["choices"][0]["message"]["content"])
            self.assertEqual(set(person), {"age", "kind"})
            self.assertLessEqual(person["age"], 150)
            self.assertEqual(reply["choices"][0]["finish_reason"], "stop")
        reply = self.chat(user("JSON?"), seed=1, max_tokens=64, response_format={"type": "json_object"})
        self.assertTrue(reply["choices"][0]["message"]["content"].startswith("{"))
        status, reply = self.server.post("/v1/chat/completions", {"messages": [user("x")], "response_format": {
            "type": "json_schema", "json_schema": {"schema": {"not": {}}}}})
        self.assertEqual((status, reply["error"]["param"]), (400, "response_format"))
        status, reply = self.server.post("/v1/chat/completions", {
            "messages": [user("x")], "tools": [TOOL], "guided_json": {"not": {}}})
        self.assertEqual((status, reply["error"]["param"]), (400, "guided_json"))

    def test_tools_that_must_be_called(self):
        for choice in ("required", {"type": "function", "function": {"name": "set_light"}}):
            reply = self.chat(user("Light!"), seed=2, tools=[TOOL], tool_choice=choice)["choices"][0]
            self.assertEqual(reply["finish_reason"], "tool_calls")
            self.assertIsNone(reply["message"]["content"])
            call = reply["message"]["tool_calls"][0]
            self.assertEqual((call["type"], call["function"]["name"]), ("function", "set_light"))
            arguments = json.loads(call["function"]["arguments"])
            self.assertIn(arguments["room"], ("kitchen", "bath"))
        events = list(self.server.events("/v1/chat/completions", {
            "messages": [user("Light!")], "tools": [TOOL], "tool_choice": "required", "seed": 2}))
        chunks = [json.loads(event)["choices"][0] for event in events[:-1]]
        calls = [c["delta"]["tool_calls"] for c in chunks if "tool_calls" in c["delta"]]
        self.assertEqual(len(calls), 1)
        self.assertEqual((calls[0][0]["index"], json.loads(calls[0][0]["function"]["arguments"])), (0, arguments))
        self.assertTrue(calls[0][0]["id"])
        self.assertEqual(chunks[-1]["finish_reason"], "tool_calls")

    def test_tools_in_a_conversation(self):
        reply = self.chat(user("Light!"), {"role": "assistant", "content": None, "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": "set_light", "arguments": "{\"room\": \"bath\"}"}}]},
            {"role": "tool", "tool_call_id": "call_1", "content": "done"}, tools=[TOOL], max_tokens=8, seed=1)
        self.assertIn(reply["choices"][0]["finish_reason"], ("length", "stop"))

    def test_refusals_name_the_field(self):
        cases = {"n": 1000, "logprobs": 1, "top_logprobs": 1, "frequency_penalty": 2.5, "presence_penalty": -3,
                 "logit_bias": {"100000": 1},
                 "temperature": "hot", "top_p": 2, "min_p": -1, "max_tokens": -5, "stop": [1], "stream": 1, "seed": 0.5,
                 "tool_choice": "required", "functions": [{"name": "f"}], "modalities": ["audio"]}
        for name, value in cases.items():
            with self.subTest(name=name):
                status, reply = self.server.post("/v1/chat/completions", {"messages": [user("x")], name: value})
                self.assertEqual((status, reply["error"]["param"], reply["error"]["type"]),
                                 (400, name, "invalid_request_error"))
        for name, value, said in (("temperature", -1, "temperature must be 0 to 1000000 (got -1)"),
                                  ("top_p", 2, "top_p must be 0 to 1 (got 2)")):
            _, reply = self.server.post("/v1/chat/completions", {"messages": [user("x")], name: value})
            self.assertIn(said, reply["error"]["message"])
        for messages in ([], [{}], [{"role": "robot", "content": "x"}], [{"role": "user"}], "x", [1]):
            status, reply = self.server.post("/v1/chat/completions", {"messages": messages})
            self.assertEqual(status, 400)
            self.assertTrue(reply["error"]["param"].startswith("messages"))

    def test_neutral_values_are_no_refusals(self):
        self.chat(user("x"), max_tokens=1, n=1, logprobs=False, frequency_penalty=0, presence_penalty=0.0, logit_bias={},
                  tools=None, tool_choice="none", response_format={"type": "text"}, stop=None, seed=None)


LIGHT = {"id": "call12345", "type": "function", "function": {"name": "set_light", "arguments": "{\"room\": \"bath\"}"}}
CALLED = [user("Light!"), {"role": "assistant", "content": None, "tool_calls": [LIGHT]},
          {"role": "tool", "tool_call_id": "call12345", "content": "done"}]
# As Gemma's first templates: no tools, no system message, user and assistant in turn.
STRICT_TEMPLATE = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate') }}"
    "{% endif %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
# As Mistral's: calls begin with [TOOL_CALLS], and their ids have nine letters and digits.
BRACKET_TEMPLATE = (
    "{% if tools %}{{ tools | tojson }}{% endif %}{% for m in messages %}{% if m.tool_calls %}[TOOL_CALLS]"
    "{% for c in m.tool_calls %}{% if c.id | length != 9 %}{{ raise_exception('ids have nine letters') }}{% endif %}"
    "{{ c.function | tojson }}{% endfor %}{% else %}{{ '<|im_start|>' + m.role + '\n' + m.content }}{% endif %}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")


# As that of LFM2.5: it has tools, and leaves out the calls of earlier messages.
PYTHON_TEMPLATE = (
    "{% if tools %}{{ tools | tojson }} {# <|tool_call_start|> #}{% endif %}{% for m in messages %}"
    "{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
# As those of models that always reason: the prompt begins it.
THINK_TEMPLATE = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content.split('</think>')[-1] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n<think>\n' }}{% endif %}")


def called(text):
    """A conversation with a call that has this text."""
    function = {"name": "set_light", "arguments": json.dumps({"room": text})}
    return [user("Light!"), {"role": "assistant", "content": None, "tool_calls": [{**LIGHT, "function": function}]},
            *CALLED[2:], {"role": "assistant", "content": "Done."}, user("Thanks")]


class Asking(unittest.TestCase):
    def ask(self, server, messages, **fields):
        status, reply = server.post("/v1/chat/completions", {"messages": messages, "max_tokens": 4, "seed": 1, **fields})
        self.assertEqual(status, 200, reply)
        return reply


class OtherTemplates(Asking):
    def test_calls_of_the_history_without_tools_in_the_request(self):
        model, _ = chat_model("serve-strict", STRICT_TEMPLATE)
        with Server(model, "--seats", "1", "--context", "512") as server:
            with_call = self.ask(server, CALLED)["usage"]["prompt_tokens"]
            without = self.ask(server, [user("Light!")])["usage"]["prompt_tokens"]
            self.assertGreater(with_call, without + len("<tool_call><tool_response>done"))
            self.ask(server, CALLED, tools=[TOOL], tool_choice="none")
            self.ask(server, CALLED + [user("Thanks")])

    def test_calls_by_a_template_for_tools(self):
        writing = TOOLS_TEMPLATE.replace("m.content", "(m.content or '') + (m.tool_calls | tojson if m.tool_calls else '')")
        for use in (TOOLS_TEMPLATE, writing):
            model, _ = chat_model("serve-tool-use", [{"name": "default", "template": CHAT_TEMPLATE}, {"name": "tool_use", "template": use}])
            with self.subTest(use), Server(model, "--seats", "1", "--context", "512") as server:
                choice = self.ask(server, [user("Light!")], tools=[TOOL], tool_choice="required", max_tokens=200)["choices"][0]
                self.assertEqual(choice["finish_reason"], "tool_calls", choice)
                # The call stands in the prompt whichever template is rendered.
                for tools in ({}, {"tools": [TOOL]}):
                    lengths = [self.ask(server, [CALLED[0], *call, *CALLED[2:]], **tools)["usage"]["prompt_tokens"]
                               for call in (CALLED[1:2], [{"role": "assistant", "content": ""}])]
                    self.assertGreater(lengths[0], lengths[1] + len("set_light"), (use, tools))

    def test_functions_without_descriptions(self):
        template = TOOLS_TEMPLATE.replace("{{ t | tojson }}", "{{ t.function.description + t.function.parameters.type }}")
        model, _ = chat_model("serve-described", template)
        with Server(model, "--seats", "1", "--context", "512") as server:
            tools = [{"type": "function", "function": {"name": "f"}}]
            self.ask(server, [user("Hi")], tools=tools)
            for seed in range(4):
                reply = self.ask(server, [user("Hi")], tools=tools, tool_choice="required", max_tokens=100, seed=seed, temperature=2)
                self.assertEqual(reply["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"], "{}")

    def test_system_message_without_a_place(self):
        model, _ = chat_model("serve-strict", STRICT_TEMPLATE)
        with Server(model, "--seats", "1", "--context", "512") as server:
            reply = self.ask(server, [{"role": "system", "content": "Be kind."}, user("Hi")])
            self.assertEqual(reply["choices"], self.ask(server, [user("Be kind.\n\nHi")])["choices"])

    def test_forms_end_reasoning_that_the_prompt_has_begun(self):
        model, _ = chat_model("serve-think", THINK_TEMPLATE)
        with Server(model, "--seats", "1", "--context", "512") as server:
            free = self.ask(server, [user("Hi")])
            self.assertIn("reasoning_content", free["choices"][0]["message"])
            formed = self.ask(server, [user("Hi")], max_tokens=64, response_format={"type": "json_schema", "json_schema": {
                "schema": {"type": "object", "properties": {"a": {"type": "boolean"}}, "required": ["a"],
                           "additionalProperties": False}}})
            self.assertEqual(set(json.loads(formed["choices"][0]["message"]["content"])), {"a"})
            self.assertEqual(formed["usage"]["prompt_tokens"] - free["usage"]["prompt_tokens"], len("</think>\n\n"))

    def test_calls_in_brackets(self):
        model, _ = chat_model("serve-bracket", BRACKET_TEMPLATE)
        with Server(model, "--seats", "1", "--context", "512") as server:
            choice = self.ask(server, [user("Light!")], tools=[TOOL], tool_choice="required", max_tokens=200)["choices"][0]
            self.assertEqual(choice["finish_reason"], "tool_calls", choice)
            called = choice["message"]
            self.assertIn(json.loads(called["tool_calls"][0]["function"]["arguments"])["room"], ("kitchen", "bath"))
            result = {"role": "tool", "tool_call_id": called["tool_calls"][0]["id"], "content": "done"}
            self.ask(server, [user("Light!"), called, result], tools=[TOOL])
            # A conversation with another server has ids of other forms.
            other = [{**LIGHT, "id": "call_4f0c1c7e"}]
            self.ask(server, [user("Light!"), {"role": "assistant", "content": None, "tool_calls": other},
                              {"role": "tool", "tool_call_id": "call_4f0c1c7e", "content": "done"}])

    def test_calls_that_the_template_leaves_out(self):
        model, _ = chat_model("serve-python", PYTHON_TEMPLATE)
        with Server(model, "--seats", "1", "--context", "512") as server:
            choice = self.ask(server, [user("Light!")], tools=[TOOL], tool_choice="required", max_tokens=200)["choices"][0]
            self.assertEqual(choice["finish_reason"], "tool_calls", choice)
            as_text = [CALLED[0], {"role": "assistant", "content": '<|tool_call_start|>[set_light(room="bath")]<|tool_call_end|>'},
                       {"role": "tool", "content": "done", "tool_call_id": "call12345"}]
            self.assertEqual(self.ask(server, CALLED)["choices"], self.ask(server, as_text)["choices"])
            # Every character is a text, also where calls have stand-ins.
            lengths = [self.ask(server, [user(said), *CALLED])["usage"]["prompt_tokens"]
                       for said in ("four", "\U0003effe", "\U0003efff", "\U00040000", "\U00040001")]
            self.assertEqual(len(set(lengths)), 1, lengths)


    def test_reasoning_marks_within_calls_of_the_history(self):
        model, _ = chat_model("serve-think", THINK_TEMPLATE, SMALL.replace("context=512", "context=1024"))
        with Server(model, "--seats", "1", "--context", "1024") as server:
            lengths = [self.ask(server, called(text), tools=[TOOL])["usage"]["prompt_tokens"] for text in ("a</think>b", "a</thonk>b")]
            self.assertEqual(*lengths)


TEMPLATES = os.path.join(os.environ.get("RINGLET_TEST_DATA", ""), "cases", "templates")


@unittest.skipUnless(os.path.isdir(TEMPLATES), "SKIPPED: no published templates; set RINGLET_TEST_DATA")
class PublishedTemplates(Asking):
    def test_calls(self):
        for name, written in (("google-gemma-4-31B-it", '<|tool_call>call:set_light{room:<|"|>bath<|"|>}<tool_call|>'),
                              ("LFM2.5-Instruct", '[set_light(room="bath")]'),
                              ("ibm-granite-granite-3.3-2B-Instruct", '<|tool_call|>[{"name":"set_light","arguments":{"room":"bath"}}]'),
                              ("ibm-granite-granite-4.0", '<tool_call>\n{"name": "set_light", "arguments": {"room": "bath"}}\n</tool_call>')):
            with self.subTest(name), open(os.path.join(TEMPLATES, name + ".jinja"), encoding="utf-8") as template:
                model, _ = chat_model("serve-published", template.read(), SMALL.replace("context=512", "context=4096"))
                with Server(model, "--seats", "1", "--context", "4096") as server:
                    choice = self.ask(server, [user("Light!")], tools=[TOOL], tool_choice="required", max_tokens=200)["choices"][0]
                    self.assertEqual(choice["finish_reason"], "tool_calls", choice)
                    self.assertEqual(choice["message"]["tool_calls"][0]["function"]["name"], "set_light")
                    # Tokens are bytes here, so the prompt is longer by what is written of the call.
                    bare = [*CALLED[:1], {"role": "assistant", "content": ""}, *CALLED[2:]]
                    lengths = [self.ask(server, messages, tools=[TOOL])["usage"]["prompt_tokens"] for messages in (CALLED, bare)]
                    self.assertGreaterEqual(lengths[0] - lengths[1], len(written), name)
                    lengths = [self.ask(server, called(text), tools=[TOOL])["usage"]["prompt_tokens"] for text in ("a</think>b", "a</thonk>b")]
                    self.assertEqual(*lengths)


if __name__ == "__main__":
    unittest.main()
