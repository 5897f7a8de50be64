"""Every answer is the one that an empty seat gives, also where a model writes its replies in tokens of its own."""

import unittest

import serve_support  # noqa: F401  (finds the modules below)
from serve_support import Server, support
from chat_source import SMALL, chat_model

# The tokenizer writes "aa" in one token; the model is made to write it in two.
SPELLING = {"max_tokens": 9, "logit_bias": {str(ord("a")): 100}}


def chat(*texts):
    return [{"role": "assistant" if i % 2 else "user", "content": text} for i, text in enumerate(texts)]


FIRST = chat("Hi")
NEXT = [chat("Hi", "a" * 9, "More"), chat("Hi", "a" * 9 + " ", "More"), chat("Hi", "a" * 8, "More"), chat("Hi", "aaab", "More"),
        chat("Hi", "", "More"), chat("Hi"), chat("Hi", "b", "More"), chat("Hiaaa"), chat("Hi", "a" * 9, "More", "aa", "Again")]


class Alone(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model, _ = chat_model("serve-alone", shape=SMALL.replace("vocab=258", "vocab=259"), texts=("aa",))
        cls.alone = []
        for messages in NEXT:
            with cls.server("--seats", "1") as server:
                cls.alone.append(cls.ask(server, messages))

    @classmethod
    def server(cls, *options):
        return Server(cls.model, "--context", "512", *options)

    @staticmethod
    def ask(server, messages, **fields):
        status, reply = server.post("/v1/chat/completions", {"messages": messages, "max_tokens": 12, "temperature": 0, **fields})
        assert status == 200, reply
        return reply["choices"], reply["usage"]["prompt_tokens"]

    def first(self, server):
        reply = self.ask(server, FIRST, **SPELLING)[0][0]["message"]["content"]
        self.assertEqual(reply, "a" * 9)

    def test_after_a_reply(self):
        with self.server("--seats", "1") as server:
            for messages, expected in zip(NEXT, self.alone):
                self.first(server)
                self.assertEqual(self.ask(server, messages), expected, messages)

    def test_after_one_another(self):
        for seats in ("1", "3"):
            with self.server("--seats", seats) as server:
                self.first(server)
                for messages, expected in (*zip(NEXT, self.alone), *zip(NEXT, self.alone)):
                    self.assertEqual(self.ask(server, messages), expected, messages)

    def test_from_saved_seats(self):
        folder = support.path("alone-seats")
        for messages, expected in zip(NEXT, self.alone):
            with self.server("--seats", "1", "--saved-seats", folder) as server:
                self.first(server)
            with self.server("--seats", "1", "--saved-seats", folder) as server:
                self.assertEqual(self.ask(server, messages), expected, messages)


if __name__ == "__main__":
    unittest.main()
