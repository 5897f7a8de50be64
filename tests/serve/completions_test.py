"""Completions over sockets: the text of `ringlet run`, whole and in a stream, alone and beside others."""

import concurrent.futures
import json
import subprocess
import unittest

from serve_support import BUNDLED, Server, run_text

PROMPTS = ["Once upon a time", "The little dog", "Lily and Tom went to the park. They",
           "In the garden there was a big tree"]


class Completions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(BUNDLED, "--seats", "4", "--context", "256")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def test_text_is_that_of_run(self):
        for settings, options in (({"temperature": 0}, ["--temperature", "0"]),
                                  ({"temperature": 0.8, "seed": 7}, ["--temperature", "0.8", "--seed", "7"]),
                                  ({"temperature": 1.2, "top_k": 40, "top_p": 0.9, "min_p": 0.02, "repeat_penalty": 1.1,
                                    "seed": 11},
                                   ["--temperature", "1.2", "--top-k", "40", "--top-p", "0.9", "--min-p", "0.02",
                                    "--repeat-penalty", "1.1", "--seed", "11"]),
                                  ({"seed": 3}, ["--seed", "3"])):
            with self.subTest(settings=settings):
                said = self.server.text(PROMPTS[0], max_tokens=60, **settings)
                self.assertEqual(said, run_text(BUNDLED, PROMPTS[0], 60, "--context", "256", *options))

    def test_text_is_the_same_beside_busy_neighbours(self):
        alone = [self.server.text(prompt, max_tokens=80, temperature=0.9, seed=i)
                 for i, prompt in enumerate(PROMPTS)]
        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            for _ in range(3):
                together = list(threads.map(
                    lambda i: self.server.text(PROMPTS[i], max_tokens=80, temperature=0.9, seed=i), range(4)))
                self.assertEqual(together, alone)

    def test_prompt_of_tokens(self):
        status, reply = self.server.post("/tokenize", {"content": PROMPTS[0], "add_special": True})
        self.assertEqual(status, 200)
        tokens = reply["tokens"]
        said = self.server.text(PROMPTS[0], max_tokens=20, temperature=0)
        self.assertEqual(self.server.text(tokens, max_tokens=20, temperature=0), said)
        self.assertEqual(self.server.text([tokens], max_tokens=20, temperature=0), said)
        echoed = self.server.text(tokens, max_tokens=20, temperature=0, echo=True)
        self.assertEqual(echoed.lstrip(), PROMPTS[0] + said)
        status, reply = self.server.post("/v1/completions", {"prompt": [1_000_000]})
        self.assertEqual((status, reply["error"]["param"]), (400, "prompt"))

    def test_text_goes_past_the_context(self):
        said = self.server.text("Once", max_tokens=400, temperature=0.7, seed=5)
        self.assertEqual(said, run_text(BUNDLED, "Once", 400, "--context", "256", "--temperature", "0.7", "--seed", "5"))
        # And the seat begins anew after that.
        self.assertEqual(self.server.text("Once", max_tokens=40, temperature=0.7, seed=5), said[:len(
            run_text(BUNDLED, "Once", 40, "--context", "256", "--temperature", "0.7", "--seed", "5"))])

    def test_stream_has_the_same_text(self):
        fields = {"prompt": PROMPTS[1], "max_tokens": 50, "seed": 4, "temperature": 0.8}
        events = list(self.server.events("/v1/completions", {**fields, "stream_options": {"include_usage": True}}))
        self.assertEqual(events[-1], "[DONE]")
        chunks = [json.loads(event) for event in events[:-1]]
        self.assertEqual("".join(c["choices"][0]["text"] for c in chunks[:-1]),
                         self.server.text(PROMPTS[1], max_tokens=50, seed=4, temperature=0.8))
        self.assertTrue(all(c["choices"][0]["finish_reason"] is None for c in chunks[:-2]))
        self.assertEqual(chunks[-2]["choices"][0]["finish_reason"], "length")
        self.assertEqual(chunks[-1]["choices"], [])
        self.assertEqual(chunks[-1]["usage"]["completion_tokens"], 50)
        self.assertEqual(len({c["id"] for c in chunks}), 1)

    def test_curl(self):
        """As the help of the command has it."""
        done = subprocess.run(["curl", "-sS", f"http://127.0.0.1:{self.server.port}/v1/completions",
                               "-d", '{"prompt": "Once", "max_tokens": 20, "seed": 1}'], capture_output=True, timeout=60, check=True)
        self.assertEqual(json.loads(done.stdout)["choices"][0]["text"], self.server.text("Once", max_tokens=20, seed=1))

    def test_stop_string_ends_and_is_not_shown(self):
        whole = self.server.text(PROMPTS[0], max_tokens=60, temperature=0)
        stop = whole[25:32]
        for stops in (stop, [stop, "never said"]):
            status, reply = self.server.post("/v1/completions", {"prompt": PROMPTS[0], "max_tokens": 60,
                                                                 "temperature": 0, "stop": stops})
            self.assertEqual(status, 200)
            self.assertEqual(reply["choices"][0]["text"], whole[:whole.index(stop)])
            self.assertEqual(reply["choices"][0]["finish_reason"], "stop")

    def test_beginning_goes_on_where_it_is(self):
        prompt = "Once upon a time there was a girl who lived in a house"
        _, first = self.server.post("/v1/completions", {"prompt": prompt, "max_tokens": 20, "temperature": 0})
        _, again = self.server.post("/v1/completions", {"prompt": prompt, "max_tokens": 20, "temperature": 0})
        self.assertEqual(again["choices"][0]["text"], first["choices"][0]["text"])
        usage = again["usage"]
        self.assertEqual(usage["prompt_tokens_details"]["cached_tokens"], usage["prompt_tokens"] - 1)

    def test_limits_of_tokens(self):
        status, reply = self.server.post("/v1/completions", {"prompt": "Once", "max_tokens": 0})
        self.assertEqual((status, reply["choices"][0]["text"], reply["choices"][0]["finish_reason"]), (200, "", "length"))
        status, reply = self.server.post("/v1/completions", {"prompt": "Once " * 600})
        self.assertEqual((status, reply["error"]["code"]), (400, "context_length_exceeded"))
        echoed = self.server.text("Once upon", max_tokens=5, temperature=0, echo=True)
        self.assertEqual(echoed, "Once upon" + self.server.text("Once upon", max_tokens=5, temperature=0))

    def test_tokens_and_back(self):
        status, reply = self.server.post("/tokenize", {"content": "Once upon a time"})
        self.assertEqual(status, 200)
        self.assertEqual(self.server.post("/detokenize", reply), (200, {"content": "Once upon a time"}))
        self.assertEqual(self.server.post("/detokenize", {"tokens": [10 ** 9]})[0], 400)

    def test_other_endpoints(self):
        self.assertEqual(self.server.get("/health"), (200, {"status": "ok"}))
        status, models = self.server.get("/v1/models")
        self.assertEqual((status, models["object"], models["data"][0]["object"]), (200, "list", "model"))
        status, plan = self.server.get("/plan")
        self.assertEqual(status, 200)
        ram = self.server.metric("ram_planned_bytes")
        self.assertIn(f"RAM {ram:,} bytes", self.server.greeting)
        self.assertEqual(plan["ram_bytes"], ram)
        self.assertEqual(self.server.metric("seats"), 4)


class Drafts(unittest.TestCase):
    def test_drafts_change_no_text(self):
        with Server(BUNDLED, "--seats", "3", "--context", "256", "--lookup", "--draft-tokens", "5") as server:
            with concurrent.futures.ThreadPoolExecutor(3) as threads:
                together = list(threads.map(
                    lambda i: server.text(PROMPTS[i], max_tokens=120, temperature=0.5, seed=i), range(3)))
            for i, said in enumerate(together):
                self.assertEqual(said, run_text(BUNDLED, PROMPTS[i], 120, "--context", "256", "--temperature", "0.5",
                                                "--seed", str(i)))
            self.assertGreater(server.metric("drafted_tokens_total"), 0)


class Caches(unittest.TestCase):
    def test_going_back_changes_no_text(self):
        long = "Once upon a time there was a girl. She had a dog and a cat and a bird. They lived near the sea. "
        for kv in ("int4", "int8", "f16"):
            with self.subTest(kv=kv), Server(BUNDLED, "--seats", "1", "--context", "256", "--kv", kv) as server:
                for prompt in (long + "The dog was brown.", long + "The cat was", long):
                    said = server.text(prompt, max_tokens=30, temperature=0.6, seed=2)
                    self.assertEqual(said, run_text(BUNDLED, prompt, 30, "--context", "256", "--kv", kv,
                                                    "--temperature", "0.6", "--seed", "2"))

    def test_a_deadline_cuts_an_answer(self):
        request = {"prompt": "The dog", "max_tokens": 100_000_000, "temperature": 0, "ignore_eos": True, "logit_bias": {"2": 5}}
        with Server(BUNDLED, "--seats", "1", "--context", "64", "-n", "100000000", "--deadline", "1") as server:
            status, reply = server.post("/v1/completions", request)
            self.assertEqual((status, reply["choices"][0]["finish_reason"]), (200, "length"))
            self.assertGreater(len(reply["choices"][0]["text"]), 100)
            self.assertEqual(server.metric("answers_total"), 1)


if __name__ == "__main__":
    unittest.main()
