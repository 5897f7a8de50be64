"""The requests of Home Assistant's integration llama_cpp, as its sources send them: the list of models, the two probes of its
set-up, a conversation that calls a tool in a stream, and an answer of a form."""

import json
import unittest

import serve_support  # noqa: F401  (finds the modules below)
from serve_support import Server
from chat_source import chat_model

# A model whose template knows no tools, as many small ones.
PROBE = {"messages": [{"role": "system", "content": "You are a helpful assistant."},
                      {"role": "user", "content": "What is the capital of France?"}],
         "tools": [{"type": "function", "function": {"name": "test_function", "description": "Test function.",
                                                     "parameters": {"type": "object", "properties": {}}}}],
         "max_tokens": 3}
HEADERS = {"Authorization": "Bearer sk-0000000000000000000", "Content-Type": "application/json",
           "User-Agent": "HomeAssistant/2026.11.0 httpx/0.28.1 Python/3.13", "X-Stainless-Lang": "python",
           "Accept": "application/json"}
LIGHT = {"type": "function", "function": {
    "name": "HassTurnOn", "description": "Turns on a device",
    "parameters": {"type": "object", "properties": {"name": {"type": "string"}, "area": {"type": "string"},
                                                    "domain": {"type": "array", "items": {"type": "string", "enum": ["light"]}}},
                   "required": []}}}


class HomeAssistant(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model, _ = chat_model("home")
        cls.server = Server(cls.model, "--seats", "2", "--context", "4096", "--allow-longer-context")
        cls.name = cls.server.get("/v1/models")[1]["data"][0]["id"]

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def test_probes_of_the_set_up(self):
        status, reply = self.server.post("/v1/chat/completions", {**PROBE, "model": self.name, "stream": False}, HEADERS)
        self.assertEqual((status, reply["choices"][0]["message"]["role"]), (200, "assistant"))
        events = list(self.server.events("/v1/chat/completions", {**PROBE, "model": self.name}, HEADERS))
        reasons = [json.loads(event)["choices"][0]["finish_reason"] for event in events[:-1]]
        self.assertEqual(set(reasons[:-1]), {None})
        self.assertIn(reasons[-1], ("length", "stop"))

    def stream(self, messages, **fields):
        """What the integration makes of a stream: role, text and calls."""
        said, calls, role = "", {}, None
        for event in self.server.events("/v1/chat/completions", {
                "model": self.name, "messages": messages, "max_tokens": 150, "top_p": 0.95, "temperature": 1.0,
                "user": "01KJ0000000000000000000000", **fields}, HEADERS):
            if event == "[DONE]":
                break
            choice = json.loads(event)["choices"][0]
            if choice["finish_reason"]:
                return role, said, list(calls.values()), choice["finish_reason"]
            delta = choice["delta"]
            role = role or delta.get("role")
            said += delta.get("content") or ""
            for call in delta.get("tool_calls", []):
                one = calls.setdefault(call["index"], {"id": call["id"], "name": call["function"]["name"], "arguments": ""})
                one["arguments"] += call["function"]["arguments"]
        self.fail("the stream has no finish_reason")

    def test_conversation_with_a_call(self):
        messages = [{"role": "system", "content": "You control a house."}, {"role": "user", "content": "Turn on the lamp"}]
        role, said, calls, reason = self.stream(messages, tools=[LIGHT], tool_choice="required", seed=2)
        self.assertEqual((role, said, len(calls), reason), ("assistant", "", 1, "tool_calls"))
        json.loads(calls[0]["arguments"])
        messages += [{"role": "assistant", "content": None, "tool_calls": [
            {"id": calls[0]["id"], "type": "function",
             "function": {"name": calls[0]["name"], "arguments": calls[0]["arguments"]}}]},
            {"role": "tool", "tool_call_id": calls[0]["id"], "content": json.dumps({"data": {"success": []}, "error": None})}]
        role, _, _, _ = self.stream(messages, tools=[LIGHT], seed=4)
        self.assertEqual(role, "assistant")

    def test_answer_of_a_form(self):
        status, reply = self.server.post("/v1/chat/completions", {
            "model": self.name, "messages": [{"role": "user", "content": "How many lamps?"}], "seed": 5,
            "response_format": {"type": "json_schema", "json_schema": {"name": "lamps", "strict": True, "schema": {
                "type": "object", "properties": {"count": {"type": "integer", "minimum": 0, "maximum": 99}},
                "required": ["count"]}}}}, HEADERS)
        self.assertEqual(status, 200, reply)
        self.assertLessEqual(json.loads(reply["choices"][0]["message"]["content"])["count"], 99)


if __name__ == "__main__":
    unittest.main()
