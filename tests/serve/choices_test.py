"""Several answers to one request (`n`), whole and in a stream."""

import json
import unittest

from serve_support import BUNDLED, Server

PROMPT = "Once upon a time"


class Choices(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(BUNDLED, "--seats", "2", "--queue", "3", "--context", "256")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def test_answers_are_those_of_the_next_seeds(self):
        status, reply = self.server.post("/v1/completions", {
            "prompt": PROMPT, "n": 4, "seed": 20, "temperature": 0.9, "max_tokens": 25})
        self.assertEqual(status, 200, reply)
        self.assertEqual([choice["index"] for choice in reply["choices"]], [0, 1, 2, 3])
        for choice in reply["choices"]:
            self.assertEqual(choice["text"], self.server.text(PROMPT, seed=20 + choice["index"], temperature=0.9, max_tokens=25))
        usage = reply["usage"]
        self.assertEqual(usage["completion_tokens"], 100)
        self.assertEqual(usage["total_tokens"], usage["prompt_tokens"] + 100)
        alone = self.server.post("/v1/completions", {"prompt": PROMPT, "max_tokens": 1})[1]["usage"]
        self.assertEqual(usage["prompt_tokens"], alone["prompt_tokens"])

    def test_stream_has_the_same(self):
        fields = {"prompt": PROMPT, "n": 3, "seed": 7, "temperature": 0.9, "max_tokens": 20, "logprobs": 1}
        whole = self.server.post("/v1/completions", fields)[1]
        events = list(self.server.events("/v1/completions", {**fields, "stream_options": {"include_usage": True}}))
        self.assertEqual(events.count("[DONE]"), 1)
        self.assertEqual(events[-1], "[DONE]")
        chunks = [json.loads(event) for event in events[:-1]]
        self.assertEqual(len({chunk["id"] for chunk in chunks}), 1)
        self.assertEqual([chunk["choices"] for chunk in chunks if chunk.get("usage")], [[]])
        self.assertEqual(chunks[-1]["usage"]["completion_tokens"], whole["usage"]["completion_tokens"])
        for choice in whole["choices"]:
            own = [chunk["choices"][0] for chunk in chunks[:-1] if chunk["choices"][0]["index"] == choice["index"]]
            self.assertEqual("".join(one["text"] for one in own), choice["text"])
            self.assertEqual([one["finish_reason"] for one in own if one["finish_reason"]], [choice["finish_reason"]])
            self.assertEqual(own[-1]["finish_reason"], choice["finish_reason"])
            self.assertEqual([token for one in own if one["logprobs"] for token in one["logprobs"]["tokens"]],
                             choice["logprobs"]["tokens"])

    def test_as_many_as_seats_and_queue(self):
        status, reply = self.server.post("/v1/completions", {"prompt": PROMPT, "n": 6, "max_tokens": 2})
        self.assertEqual((status, reply["error"]["param"]), (400, "n"))
        status, reply = self.server.post("/v1/completions", {"prompt": PROMPT, "n": 5, "max_tokens": 2})
        self.assertEqual((status, len(reply["choices"])), (200, 5))

    def test_a_client_that_goes_frees_all_seats(self):
        client = self.server.open("/v1/completions", {"prompt": PROMPT, "n": 5, "max_tokens": 2000, "stream": True})
        client.recv(100)
        client.close()
        status, reply = self.server.post("/v1/completions", {"prompt": PROMPT, "n": 2, "max_tokens": 2})
        while status == 503:  # the seats are being freed
            status, reply = self.server.post("/v1/completions", {"prompt": PROMPT, "n": 2, "max_tokens": 2})
        self.assertEqual((status, len(reply["choices"])), (200, 2))


if __name__ == "__main__":
    unittest.main()
