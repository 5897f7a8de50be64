"""Models with recurrent layers on the command line: what goes back, or reads its text again, where others need not."""

import json
import unittest

import support

SHAPES = {"short": "llama:dim=32,layers=3,heads=4,kv_heads=2,ffn=48,vocab=300,context=256,conv=3,attention=1",
          "delta": "llama:dim=32,layers=3,heads=4,kv_heads=2,ffn=48,vocab=300,context=256,conv=4,state_heads=4,"
                   "state_key_heads=2,state_head_dim=16,state_key_dim=16,attention=1"}


def model(kind):
    return support.random_model(f"recurrent_{kind}.ringlet", SHAPES[kind])


class Recurrent(support.TestCase):
    def test_benchmarks_take_back_what_they_measure(self):
        for kind in SHAPES:
            for arguments in (("--sessions", "2", "-d", "20"), ("--sessions", "2", "--prefix-tokens", "12"),
                              ("--pass-tokens", "2,4", "-d", "20"), ("--without-cache",)):
                with self.subTest(kind=kind, arguments=arguments):
                    self.succeeds("bench", model(kind), *arguments, "-n", "4", *(() if "--without-cache" in arguments else ("-r", "1")))

    def test_drafts_change_nothing(self):
        for kind in SHAPES:
            text = ("-n", "60", "--seed", "3", "-t", "1", "-p", "once and once and once")
            plain = self.succeeds("run", model(kind), *text, "--no-lookup")
            for drafts in (("--lookup",), ("--draft", model("short")), ("--draft", model("delta"))):
                with self.subTest(kind=kind, drafts=drafts):
                    self.assertEqual(self.succeeds("run", model(kind), *text, *drafts, "--draft-tokens", "5"), plain)

    def test_a_session_goes_on_from_its_file(self):
        for kind in SHAPES:
            file = support.path(f"recurrent_{kind}.session")
            text = ("-t", "1", "--temperature", "0")
            whole = self.succeeds("run", model(kind), *text, "-p", "abc def", "-n", "40")
            first = self.succeeds("run", model(kind), *text, "-p", "abc def", "-n", "20", "--session", file)
            rest = self.succeeds("run", model(kind), *text, "-n", "20", "--session", file)
            self.assertEqual(whole.rstrip(b"\n"), (first.rstrip(b"\n") + rest).rstrip(b"\n"))

    def test_the_plan_and_the_model_say_what_there_is(self):
        plan = json.loads(self.succeeds("plan", model("delta"), "--rewind", "3", "--no-lookup", "--json"))
        states = [section for section in plan["sections"] if section["name"] == "recurrent states"]
        self.assertEqual(len(states), 1)
        each = [layers for layers in plan["caches"] if layers.get("state_bytes")]
        self.assertEqual((each[0]["layers"], 2 * each[0]["state_bytes"]), (2, states[0]["bytes"]))
        self.assertIn("2 x gated delta rule, 4 heads of 16 by 16 on 2 of keys", self.succeeds("inspect", model("delta")).decode())


if __name__ == "__main__":
    unittest.main()
