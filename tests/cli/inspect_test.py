"""ringlet inspect: it shows everything in the file."""

import json
import unittest

from support import CONTEXT, LAYERS, VOCAB_SIZE, TestCase, model, read

KEYS = ["model", "format_version", "file_bytes", "data_bytes", "parameters", "bits_per_weight", "provenance",
        "architecture", "layers", "tokenizer", "chat", "templates", "features", "sampling", "session", "tensors"]


class Inspect(TestCase):
    def test_json(self):
        document = json.loads(self.succeeds("inspect", model(), "--json"))
        self.assertEqual(list(document), KEYS)
        self.assertEqual(document["file_bytes"], len(read(model())))
        architecture = document["architecture"]
        self.assertEqual((architecture["layers"], architecture["vocab_size"], architecture["context"]),
                         (LAYERS, VOCAB_SIZE, CONTEXT))
        self.assertEqual(document["tokenizer"]["tokens"], VOCAB_SIZE)
        self.assertEqual(document["tokenizer"]["bos"], 1)

    def test_tensors(self):
        document = json.loads(self.succeeds("inspect", model(), "--json"))
        tensors = {tensor["name"]: tensor for tensor in document["tensors"]}
        self.assertEqual(len(tensors), 2 + 9 * LAYERS)
        key = tensors["layers.1.wk"]
        self.assertEqual((key["format"], key["rows"], key["columns"]), ("int8", 16, 32))
        self.assertGreater(key["error"], 0)
        self.assertIsNone(tensors["final_norm"]["scales_crc32c"])
        self.assertEqual(document["parameters"], sum(t["rows"] * t["columns"] for t in document["tensors"]))

    def test_text(self):
        text = self.succeeds("inspect", model()).decode()
        for expected in ("layers.1.w_down", "int8", "tokenizer", "sampling", "context 128"):
            self.assertIn(expected, text)

    def test_formats(self):
        document = json.loads(self.succeeds("inspect", model("int4"), "--json"))
        self.assertEqual(document["tensors"][2]["format"], "int4")


if __name__ == "__main__":
    unittest.main()
