"""Log-probabilities, penalties and biases over sockets, recomputed from what the server says of its raw logits."""

import json
import math
import unittest

from serve_support import BUNDLED, Server, support
from chat_source import chat_model

PROMPT = "Once upon a time there was a little dog. The little dog"


def completion(server, prompt=PROMPT, **fields):
    status, reply = server.post("/v1/completions", {"prompt": prompt, **fields})
    if status != 200:
        raise RuntimeError(str(reply))
    return reply["choices"][0]


def token_id(server, text, before=""):
    """The last token of a text."""
    return server.post("/tokenize", {"content": before + text})[1]["tokens"][-1]


class Logprobs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(BUNDLED, "--seats", "2", "--context", "256")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def test_text_and_tokens_agree(self):
        choice = completion(self.server, max_tokens=40, temperature=0.8, seed=3, logprobs=4)
        plain = completion(self.server, max_tokens=40, temperature=0.8, seed=3)
        self.assertEqual(choice["text"], plain["text"])
        self.assertIsNone(plain["logprobs"])
        lists = choice["logprobs"]
        self.assertEqual("".join(lists["tokens"]), choice["text"])
        self.assertEqual({len(values) for values in lists.values()}, {40})
        for token, logprob, top, offset in zip(*(lists[name] for name in (
                "tokens", "token_logprobs", "top_logprobs", "text_offset"))):
            self.assertLessEqual(logprob, 0)
            self.assertEqual(top[token], logprob)
            self.assertIn(len(top), (4, 5))
            self.assertEqual((PROMPT + choice["text"])[offset:offset + len(token)], token)
            self.assertLessEqual(sum(map(math.exp, top.values())), 1 + 1e-5)

    def test_settings_of_sampling_change_no_logprob(self):
        """They are the model's, before temperature, filters, biases and penalties."""
        first = completion(self.server, max_tokens=1, temperature=0, logprobs=20)["logprobs"]["top_logprobs"][0]
        likeliest = token_id(self.server, next(iter(first)), PROMPT)
        for settings in ({"temperature": 1.7, "top_k": 2}, {"temperature": 0, "logit_bias": {str(likeliest): -100}}):
            other = completion(self.server, max_tokens=1, logprobs=20, seed=1, **settings)["logprobs"]["top_logprobs"][0]
            for token, logprob in first.items():
                self.assertEqual(other[token], logprob)

    def test_prompt_is_scored_as_by_perplexity(self):
        said = completion(self.server, max_tokens=30, temperature=0, logprobs=0)
        whole = completion(self.server, PROMPT + said["text"], max_tokens=0, echo=True, logprobs=0)
        self.assertEqual(whole["text"], PROMPT + said["text"])
        lists = whole["logprobs"]
        self.assertIsNone(lists["token_logprobs"][0])
        self.assertEqual("".join(lists["tokens"][1:]), whole["text"])
        self.assertEqual(lists["text_offset"][-1] + len(lists["tokens"][-1]), len(whole["text"]))
        # The same bits, whether a token was chosen or read.
        self.assertEqual(lists["token_logprobs"][-30:], said["logprobs"]["token_logprobs"])
        done = support.ringlet("perplexity", BUNDLED, "-f", support.write("scored.txt", whole["text"].encode()), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        reported = json.loads(done.stdout)
        mean = -sum(lists["token_logprobs"][1:]) / (len(lists["tokens"]) - 1)
        self.assertEqual(len(lists["tokens"]) - 1, reported["tokens"])
        self.assertAlmostEqual(math.exp(mean) / reported["perplexity"], 1, places=6)

    def test_stream_has_the_same(self):
        for fields in ({"echo": False}, {"echo": True}):
            fields = {"prompt": PROMPT, "max_tokens": 30, "seed": 5, "temperature": 0.7, "logprobs": 2, **fields}
            whole = completion(self.server, **fields)
            chunks = [json.loads(event)["choices"][0] for event in self.server.events("/v1/completions", fields)
                      if event != "[DONE]"]
            self.assertEqual("".join(chunk["text"] for chunk in chunks), whole["text"])
            for name, values in whole["logprobs"].items():
                streamed = [value for chunk in chunks if chunk["logprobs"] for value in chunk["logprobs"][name]]
                self.assertEqual(streamed, values, name)

    def test_stop_strings_keep_both_together(self):
        text = completion(self.server, max_tokens=40, temperature=0)["text"]
        for begin in (10, 11, 12, 13):
            stop = text[begin:begin + 9]
            choice = completion(self.server, max_tokens=40, temperature=0, stop=stop, logprobs=1)
            shown = "".join(choice["logprobs"]["tokens"])
            self.assertTrue(shown.startswith(choice["text"]))
            # Only the last token can reach into the stop string.
            self.assertLess(len(shown) - len(choice["logprobs"]["tokens"][-1]), len(choice["text"]))

    def test_more_than_there_is_room_for_is_refused(self):
        status, reply = self.server.post("/v1/completions", {"prompt": "Once", "n": 9, "logprobs": 20})
        self.assertEqual((status, reply["error"]["param"]), (400, "max_tokens"))
        self.assertIn("would fit", reply["error"]["message"])
        completion(self.server, n=9, logprobs=20, max_tokens=5)


class Adjustments(unittest.TestCase):
    """Greedy answers, where the best token is known from the raw logits."""

    @classmethod
    def setUpClass(cls):
        cls.servers = [Server(BUNDLED, "--seats", "1", "--context", "256", *options)
                       for options in ([], ["--lookup", "--draft-tokens", "5"])]

    @classmethod
    def tearDownClass(cls):
        for server in cls.servers:
            server.stop()

    def check(self, biases, frequency, presence):
        fields = {"temperature": 0, "repeat_penalty": 1, "max_tokens": 60, "logprobs": 20, "frequency_penalty": frequency,
                  "presence_penalty": presence, "logit_bias": biases["ids"]}
        choice = completion(self.servers[0], **fields)
        self.assertEqual(completion(self.servers[1], **fields), choice)  # with drafts
        said = {}
        certain = 0
        lists = choice["logprobs"]
        for token, top in zip(lists["tokens"], lists["top_logprobs"]):
            least = sorted(top.values(), reverse=True)[min(19, len(top) - 1)]

            def adjusted(one):
                count = said.get(one, 0)
                return top[one] + biases["texts"].get(one, 0) - count * frequency - (count > 0) * presence
            best = max(top, key=adjusted)
            # No token outside can be better than the last one inside, but those that gain.
            gains = max([0, *biases["texts"].values()]) - min(0, frequency * 60) - min(0, presence)
            if adjusted(best) > least + gains:
                certain += 1
                self.assertEqual(token, best)
            said[token] = said.get(token, 0) + 1
        return choice["text"], certain

    def test_penalties(self):
        none = {"ids": {}, "texts": {}}
        plain, certain = self.check(none, 0, 0)
        self.assertEqual(certain, 60)
        for frequency, presence in ((0.5, 0), (0, 1.5), (2, 2)):
            text, certain = self.check(none, frequency, presence)
            self.assertNotEqual(text, plain)
            self.assertGreater(certain, 20)

    def test_biases(self):
        plain = completion(self.servers[0], temperature=0, max_tokens=12, logprobs=1)["logprobs"]["tokens"]
        ids, texts = {}, {}
        for token in plain[:3]:
            ids[str(token_id(self.servers[0], token, "x"))] = -100
            texts[token] = -100
        text, certain = self.check({"ids": ids, "texts": texts}, 0.25, 0.25)
        self.assertGreater(certain, 20)
        self.assertFalse(text.startswith(plain[0]))

    def test_a_bias_decides(self):
        dog = token_id(self.servers[0], " dog", "The")
        choice = completion(self.servers[0], temperature=1, seed=1, max_tokens=4, logit_bias={str(dog): 100}, logprobs=0)
        self.assertEqual(len(set(choice["logprobs"]["tokens"])), 1)

    def test_unknown_tokens_are_named(self):
        status, reply = self.servers[0].post("/v1/completions", {"prompt": "x", "logit_bias": {"987654": 1}})
        self.assertEqual((status, reply["error"]["param"]), (400, "logit_bias"))
        self.assertIn("987654", reply["error"]["message"])


class Chats(unittest.TestCase):
    """A vocabulary of bytes and random weights: most characters are broken, and some take several tokens."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(chat_model("logprobs")[0], "--seats", "2")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def chat(self, **fields):
        status, reply = self.server.post("/v1/chat/completions", {"messages": [{"role": "user", "content": "Hi"}], **fields})
        self.assertEqual(status, 200, reply)
        return reply["choices"][0]

    def test_bytes_are_the_text(self):
        for seed in range(3):
            choice = self.chat(seed=seed, temperature=1, max_tokens=50, logprobs=True, top_logprobs=3)
            content = choice["logprobs"]["content"]
            raw = b"".join(bytes(one["bytes"]) for one in content if one["bytes"] is not None)
            self.assertEqual(raw.decode(errors="replace"), choice["message"]["content"])
            for one in content:
                self.assertEqual(len(one["top_logprobs"]), 3)
                self.assertEqual(one["top_logprobs"], sorted(one["top_logprobs"], key=lambda o: -o["logprob"]))
            events = list(self.server.events("/v1/chat/completions", {
                "messages": [{"role": "user", "content": "Hi"}], "seed": seed, "temperature": 1, "max_tokens": 50,
                "logprobs": True, "top_logprobs": 3}))
            chunks = [json.loads(event)["choices"][0] for event in events[:-1]]
            self.assertEqual([one for c in chunks if c["logprobs"] for one in c["logprobs"]["content"]], content)

    def test_grammars_hold_with_biases_and_penalties(self):
        schema = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"], "additionalProperties": False}
        form = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
        quote = str(self.server.post("/tokenize", {"content": "\""})[1]["tokens"][0])
        for bias in (-100, 100):
            choice = self.chat(seed=1, temperature=1, max_tokens=60, response_format=form, logit_bias={quote: bias},
                               frequency_penalty=2, presence_penalty=2, logprobs=True)
            text = choice["message"]["content"]
            self.assertTrue(text.startswith('{"age":'), text)
            if choice["finish_reason"] == "stop":
                self.assertIsInstance(json.loads(text)["age"], int)
            self.assertEqual("".join(one["token"] for one in choice["logprobs"]["content"]), text)


if __name__ == "__main__":
    unittest.main()
