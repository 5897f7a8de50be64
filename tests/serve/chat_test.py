"""Chats over sockets: roles, reasoning, tools, answers of a form, and conversations that go on."""

import json
import unittest

import serve_support  # noqa: F401  (finds the modules below)
from serve_support import Server
from chat_source import chat_model
from support import ringlet

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

    def test_reply_is_that_of_chat(self):
        for settings, options in (({"temperature": 0}, ["--temperature", "0"]),
                                  ({"temperature": 0.9, "seed": 6}, ["--temperature", "0.9", "--seed", "6"])):
            reply = self.chat(user("Hello there"), max_tokens=24, **settings)
            done = ringlet("chat", self.model, "-p", "Hello there", "-n", "24", "-q", *options)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(reply["choices"][0]["message"]["content"], done.stdout.decode(errors="replace")[:-1])

    def test_reply_has_what_clients_read(self):
        reply = self.chat(user("Hi"), max_tokens=4, model="any name", user="me", metadata={"x": 1})
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
                 "temperature": "hot", "top_p": 2, "max_tokens": -5, "stop": [""], "stream": 1, "seed": 0.5,
                 "tool_choice": "required", "functions": [{"name": "f"}], "modalities": ["audio"]}
        for name, value in cases.items():
            with self.subTest(name=name):
                status, reply = self.server.post("/v1/chat/completions", {"messages": [user("x")], name: value})
                self.assertEqual((status, reply["error"]["param"], reply["error"]["type"]),
                                 (400, name, "invalid_request_error"))
        for messages in ([], [{}], [{"role": "robot", "content": "x"}], [{"role": "user"}], "x", [1]):
            status, reply = self.server.post("/v1/chat/completions", {"messages": messages})
            self.assertEqual(status, 400)
            self.assertTrue(reply["error"]["param"].startswith("messages"))

    def test_neutral_values_are_no_refusals(self):
        self.chat(user("x"), max_tokens=1, n=1, logprobs=False, frequency_penalty=0, presence_penalty=0.0, logit_bias={},
                  tools=None, tool_choice="none", response_format={"type": "text"}, stop=None, seed=None)


if __name__ == "__main__":
    unittest.main()
