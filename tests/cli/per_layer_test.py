"""Models whose layers differ, on the command line: what the programs say of them, and that nothing changes their text."""

import json
import unittest

import support

SHAPE = ("llama:dim=32,layers=5,heads=2,kv_heads=1,head_dim=32,ffn=48,vocab=300,context=256,window=40,local_head_dim=16,"
         "readers=2,reader_ffn=96,layer_inputs=8,attention=1+4")
MODEL = support.random_model("per_layer.ringlet", SHAPE)


class PerLayer(support.TestCase):
    def test_the_model_says_what_differs(self):
        text = self.succeeds("inspect", MODEL).decode()
        self.assertIn("1 x local rotary; window of 40; heads of 16; hidden 96; reads the cache of layer 2", text)
        self.assertIn("8 numbers of a token for each layer", text)
        self.assertRegex(text, r"per_layer_embedding +int4 by rows")
        layers = json.loads(self.succeeds("inspect", MODEL, "--json"))["layers"]
        self.assertEqual([layer["head_dim"] for layer in layers], [16, 32, 16, 16, 32])
        self.assertEqual([layer["cache_of"] for layer in layers], [None, None, None, 2, 1])

    def test_readers_have_no_cache(self):
        caches = json.loads(self.succeeds("plan", MODEL, "--json"))["caches"]
        self.assertEqual(sum(cache["layers"] for cache in caches), 5)
        self.assertEqual([cache["layers"] for cache in caches if cache["bytes_per_layer"] == 0], [2])
        self.assertIn("no cache of 2 layers, which read those of others", self.succeeds("plan", MODEL).decode())

    def test_chunks_drafts_and_sessions_change_nothing(self):
        text = ("-n", "60", "--seed", "3", "--kv", "int4", "-p", "once and once and once upon a time there was once")
        plain = self.succeeds("run", MODEL, *text, "-t", "1", "--no-lookup", "--prefill-chunk", "1", "--hot-window", "16")
        for options in (("--prefill-chunk", "64"), ("-t", "2"), ("--lookup", "--draft-tokens", "5")):
            with self.subTest(options=options):
                self.assertEqual(self.succeeds("run", MODEL, *text, "--hot-window", "16", *options), plain)


if __name__ == "__main__":
    unittest.main()
