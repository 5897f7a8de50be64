"""ringlet perplexity: the same result however the text is given."""

import json
import math
import unittest

from support import TestCase, VOCAB_SIZE, model, ringlet, write

TEXTS = ["the thing was in the end", "Once there was an end", "here and there"]


class Perplexity(TestCase):
    def measure(self, file_name, *options):
        return json.loads(self.succeeds("perplexity", model("int8"), "-f", file_name, "--json", *options))

    def test_of_texts(self):
        file_name = write("texts.txt", "<|endoftext|>".join(TEXTS).encode())
        result = self.measure(file_name)
        self.assertEqual(result["texts"], 3)
        self.assertAlmostEqual(result["perplexity"], math.exp(result["nll"] / result["tokens"]), places=9)
        # A model of random weights knows little: about as much as guessing among all tokens.
        self.assertGreater(result["perplexity"], VOCAB_SIZE / 10)
        self.assertLess(result["perplexity"], VOCAB_SIZE * 100)
        parts = [self.measure(write("part.txt", text.encode())) for text in TEXTS]
        self.assertEqual(sum(part["tokens"] for part in parts), result["tokens"])
        self.assertAlmostEqual(sum(part["nll"] for part in parts), result["nll"], places=9)

    def test_separator_limit_and_stream(self):
        file_name = write("lines.txt", "\n\n".join(TEXTS).encode())
        apart = self.measure(file_name, "--separator", "\\n\\n")
        self.assertEqual(apart["texts"], 3)
        limited = self.measure(file_name, "--separator", "\\n\\n", "--text-tokens", "2")
        self.assertEqual(limited["tokens"], 6)
        stream = self.measure(file_name, "--separator", "\\n\\n", "--stream", "--context", "16")
        # In one stream the token that begins each further text is predicted too.
        self.assertEqual(stream["tokens"], apart["tokens"] + 2)
        self.assertNotEqual(stream["nll"], apart["nll"])

    def test_formats_are_compared_with_the_unquantized_cache(self):
        file_name = write("compared.txt", "<|endoftext|>".join(TEXTS * 4).encode())
        options = ("--stream", "--context", "64", "--hot-window", "16")
        results = self.measure(file_name, "--kv", "int4,f16", *options)["results"]
        self.assertEqual([row["kv"] for row in results], ["f32", "int4", "f16"])
        reference, int4, f16 = results
        self.assertEqual((reference["mean_kl"], reference["top1_agreement"]), (0, 1))
        self.assertLess(f16["mean_kl"], int4["mean_kl"])
        self.assertLess(int4["bytes_per_token"], f16["bytes_per_token"])
        for row in results:
            alone = self.measure(file_name, "--kv", row["kv"], *options)
            self.assertEqual(alone["nll"], row["nll"])
            self.assertAlmostEqual(row["perplexity_change"],
                                   row["perplexity"] / reference["perplexity"] - 1, places=12)

    def test_a_model_is_compared_with_another(self):
        file_name = write("against.txt", "<|endoftext|>".join(TEXTS * 3).encode())
        found = self.measure(file_name, "--against", model("f32"), "--kv", "f32")["results"]
        self.assertEqual([row["kv"] for row in found], ["reference", "f32"])
        alone = json.loads(self.succeeds("perplexity", model("f32"), "-f", file_name, "--json", "--kv", "f32"))
        self.assertEqual(found[0]["nll"], alone["nll"])
        self.assertEqual((found[0]["mean_kl"], found[0]["mean_kl_standard_error"]), (0, 0))
        self.assertGreater(found[1]["mean_kl"], 0)
        self.assertGreater(found[1]["mean_kl_standard_error"], 0)
        self.assertLess(found[1]["mean_kl_standard_error"], found[1]["mean_kl"])
        one = self.measure(write("one.txt", TEXTS[0].encode()), "--against", model("f32"))["results"]
        self.assertEqual(one[1]["mean_kl_standard_error"], 0)  # one text is no sample
        self.assertIn("is empty", self.fails(2, "perplexity", model("int8"), "-f", file_name, "--against", ""))

    def test_chunks_and_strides_count_every_token_once(self):
        file_name = write("chunks.txt", " ".join(TEXTS * 3).encode())
        whole = self.measure(file_name)
        chunks = self.measure(file_name, "--chunk", "16")
        strides = self.measure(file_name, "--chunk", "16", "--stride", "4")
        self.assertEqual(chunks["tokens"], whole["tokens"])
        self.assertEqual(strides["tokens"], whole["tokens"])
        self.assertNotEqual(chunks["nll"], strides["nll"])
        one = self.measure(file_name, "--chunk", "4K")
        self.assertAlmostEqual(one["nll"], whole["nll"], places=9)

    def test_protocols_that_do_not_go_together(self):
        file_name = write("any.txt", b"the end")
        for options in (("--stride", "4"), ("--chunk", "16", "--stream"),
                        ("--chunk", "16", "--stride", "16")):
            self.assertIn("--", self.fails(2, "perplexity", model("int8"), "-f", file_name, *options))

    def test_standard_input_and_words(self):
        from_input = ringlet("perplexity", model("int8"), "-f", "-", stdin=TEXTS[0].encode())
        self.assertRegex(from_input.stdout.decode(), r"^perplexity \d+\.\d{4} over \d+ tokens of 1 text \(.*\)\n$")

    def test_nothing_to_predict(self):
        self.assertIn("no token to predict", self.fails(1, "perplexity", model("int8"), "-f", write("none", b"\n")))


if __name__ == "__main__":
    unittest.main()
