"""ringlet-convert on sources of every kind: what it keeps by default, and one-line errors."""

import json
import os
import struct
import subprocess
import unittest

from support import CONVERT, TestCase, folder, path, ringlet, write


def convert(source, name, *options):
    return subprocess.run(CONVERT + [source, "-o", path(name), *options], capture_output=True, check=False)


def string(text):
    return struct.pack("<Q", len(text)) + text.encode()


def gguf(matrix_type, bytes_per_32, **changes):
    """A model of one layer of width 32 whose numbers are all zero."""
    settings = {"context_length": 16, "embedding_length": 32, "feed_forward_length": 32, "block_count": 1,
                "attention.head_count": 2, **changes}
    keys = [string("general.architecture") + struct.pack("<I", 8) + string("llama")]
    keys += [string("llama." + key) + struct.pack("<II", 4, value) for key, value in settings.items()]
    keys.append(string("llama.attention.layer_norm_rms_epsilon") + struct.pack("<If", 6, 1e-5))
    tensors, data = [], b""

    def add(name, rows, kind, size):
        nonlocal data
        dimensions = (32,) if rows is None else (32, rows)
        tensors.append(string(name + ".weight") + struct.pack(f"<I{len(dimensions)}QIQ", len(dimensions), *dimensions,
                                                              kind, len(data)))
        data += bytes(-(-(rows or 1) * size // 32) * 32)

    add("token_embd", 20, matrix_type, bytes_per_32)
    for part in ("attn_norm", "ffn_norm"):
        add("blk.0." + part, None, 0, 128)
    for part in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
        add("blk.0." + part, 32, matrix_type, bytes_per_32)
    add("output_norm", None, 0, 128)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(keys)) + b"".join(keys) + b"".join(tensors)
    return head + bytes(-len(head) % 32) + data


class Convert(TestCase):
    def refuses(self, source, expected, *options):
        done = convert(source, "refused.ringlet", *options)
        line = done.stderr.decode().splitlines()[-1]
        self.assertEqual(done.returncode, 1, done.stderr.decode())
        self.assertIn("error:", line)
        self.assertIn(expected, line)
        self.assertFalse(os.path.exists(path("refused.ringlet")))

    def formats(self, source, *options):
        done = convert(source, "made.ringlet", "--json", "-q", *options)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertTrue(ringlet("verify", path("made.ringlet")).returncode == 0)
        return {tensor["format"] for tensor in json.loads(done.stdout)["tensors"] if tensor["rows"] > 1}

    def test_formats_of_the_source_are_kept_unless_others_are_asked_for(self):
        q8, q4, f16 = (write(f"{name}.gguf", gguf(kind, size))
                       for name, kind, size in (("q8", 8, 34), ("q4", 2, 18), ("f16", 1, 64)))
        self.assertEqual(self.formats(q8), {"int8"})
        self.assertEqual(self.formats(q4), {"int4"})
        self.assertEqual(self.formats(f16), {"int4", "int8"})
        self.assertEqual(self.formats(q8, "--weights", "int4"), {"int4", "int8"})
        self.assertEqual(self.formats(q8, "--embedding", "f16"), {"f16", "int8"})
        self.assertEqual(self.formats(q8, "--feed-forward", "int4"), {"int4", "int8"})
        self.assertEqual(self.formats(f16, "--weights", "f16", "--embedding", "f16"), {"f16"})

    def test_what_is_quantized_is_not_quantized_a_second_time(self):
        for name, kind, size in (("q4_1", 3, 20), ("q5_0", 6, 22), ("iq4_nl", 20, 18), ("mxfp4", 39, 17)):
            source = write(f"{name}.gguf", gguf(kind, size))
            self.assertEqual(self.formats(source), {"int8"})
            self.assertEqual(self.formats(source, "--weights", "int4", "--embedding", "int4"), {"int4"})
            done = convert(source, "made.ringlet", "--json")
            line = f"  {name.upper()} weights became INT8, because INT4 would quantize them a second time; " \
                   "--weights int4 does so in 4,032 instead of 7,616 bytes"
            lines = [text for text in done.stderr.decode().splitlines() if text.startswith(line)]
            self.assertEqual(len(lines), 1, done.stderr.decode())
            types = {tensor["source_type"] for tensor in json.loads(done.stdout)["tensors"]}
            self.assertEqual(types, {name.upper(), None})
        asked = convert(source, "asked.ringlet", "--weights", "int8")
        self.assertNotIn(b"became INT8", asked.stderr)
        self.assertEqual(self.formats(path("asked.ringlet")), {"int8"})
        q4 = write("q4.gguf", gguf(2, 18))
        self.assertNotIn(b"became INT8", convert(q4, "made.ringlet").stderr)

    def test_parts_of_a_split_file_belong_together(self):
        for number in (1, 2):
            split = [string("split.no") + struct.pack("<IH", 2, number - 1),
                     string("split.count") + struct.pack("<IH", 2, 2)]
            write(f"half-0000{number}-of-00002.gguf",
                  b"GGUF" + struct.pack("<IQQ", 3, 0, 2) + b"".join(split) + bytes(32))
        self.refuses(path("half-00002-of-00002.gguf"), "general.architecture is missing")
        os.remove(path("half-00001-of-00002.gguf"))
        self.refuses(path("half-00002-of-00002.gguf"), "half-00001-of-00002.gguf is missing")

    def test_classes_have_formats_of_their_own(self):
        source = write("f16.gguf", gguf(1, 64))
        done = convert(source, "made.ringlet", "--json", "--attention", "int8", "--feed-forward", "f16", "--embedding",
                       "f32", "--lm-head", "int4")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        tensors = json.loads(done.stdout)["tensors"]
        formats = {(tensor["class"], tensor["format"]) for tensor in tensors if tensor["rows"] > 1}
        expected = {("attention", "int8"), ("feed-forward", "f16"), ("embedding", "f32")}
        if any(tensor["class"] == "lm_head" for tensor in tensors):
            expected.add(("lm_head", "int4"))
        self.assertEqual(formats, expected)
        for text in (b"attention            int8", b"feed-forward         f16"):
            self.assertIn(text, done.stderr)
        settings = json.loads(ringlet("inspect", path("made.ringlet"), "--json").stdout)["provenance"]["settings"]
        self.assertIn("attention int8, feed-forward f16, embedding f32", settings)

    def test_any_number_of_threads_writes_the_same_file(self):
        shape = "llama:dim=160,layers=2,heads=5,ffn=480,vocab=999"
        files = set()
        for threads in ((), ("--threads", "1"), ("-t", "3")):
            done = subprocess.run(CONVERT + ["--random", shape, "-q", "-o", path("threads.ringlet"), *threads],
                                  capture_output=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            with open(path("threads.ringlet"), "rb") as file:
                files.add(file.read())
        self.assertEqual(len(files), 1)
        done = convert(path("threads.ringlet"), "other.ringlet", "--threads", "0")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"--threads", done.stderr)

    def test_sources_that_cannot_be_converted(self):
        self.refuses(write("split.gguf", gguf(0, 128)[:-40]), "is truncated")
        self.refuses(write("experts.gguf", gguf(0, 128, expert_count=8)), "llama.expert_count")
        self.refuses(write("empty.gguf", b"GGUF"), "is truncated")
        os.makedirs(path("plain"), exist_ok=True)
        self.refuses(path("plain"), "is a directory without config.json")
        os.makedirs(path("family"), exist_ok=True)
        with open(path("family/config.json"), "w", encoding="utf-8") as file:
            json.dump({"model_type": "bert"}, file)
        self.refuses(path("family"), "the family 'bert' is not supported")
        self.refuses(folder() + "/none", "does not exist")
        self.refuses(write("pointer.safetensors", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
                     "is a Git LFS pointer, not the file; run git lfs pull")
        self.refuses(write("model.pt", b"PK\3\4" + bytes(26) + b"model/data.pkl"), "is a PyTorch checkpoint")
        self.refuses(write("unknown", b"CRDP" + bytes(60)), "is of no known kind: it begins with 'CRDP'")

    def test_an_empty_file_name_is_refused(self):
        source = write("named.gguf", gguf(8, 34))
        for option in ("--output", "--tokenizer", "--calibrate", "--perplexity"):
            done = convert(source, "refused.ringlet", option, "")
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"error: {option}: is empty; name a file (see", done.stderr.decode())
        done = convert("", "refused.ringlet")
        self.assertEqual(done.returncode, 2)
        self.assertIn("error: SOURCE: is empty; name a file (see", done.stderr.decode())

    def test_what_is_unknown_is_named(self):
        for extra, expected in (("--weigths", "unknown option '--weigths'; did you mean --weights?"),
                                ("--loud", "unknown option '--loud'"), ("more", "unexpected argument 'more'")):
            done = convert("source", "refused.ringlet", extra)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stderr.decode(), f"ringlet-convert: error: {expected} (see ringlet-convert --help)\n")

    def test_calibration_needs_a_text_and_a_tokenizer(self):
        text = write("text.txt", b"Once upon a time")
        self.refuses(write("untold.gguf", gguf(0, 128)), "the source has no tokenizer to read a text with", "--calibrate",
                     text, "--no-tokenizer")
        done = convert(write("a.gguf", gguf(0, 128)), "b.ringlet", "--calibrate", path("missing.txt"))
        self.assertEqual(done.returncode, 2)

    def calibrate(self, name, layers, *options, text=None):
        """Calibrates a random model. Returns the bytes of the file and the peak of memory in KiB."""
        text = text or write("calibration.txt", b"Once the end was in the end. " * 40)
        shape = f"llama:dim=256,layers={layers},heads=4,ffn=512,vocab=300"
        child = subprocess.Popen(CONVERT + ["--random", shape, "-q", "-o", path(name), "--calibrate", text, *options])
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(child.returncode, 0)
        with open(path(name), "rb") as file:
            return file.read(), usage.ru_maxrss

    @unittest.skipIf(os.environ.get("RINGLET_SANITIZERS"), "SKIPPED: a sanitizer keeps freed memory")
    def test_memory_of_a_calibration_is_that_of_one_layer(self):
        _, few = self.calibrate("few.ringlet", 1)
        _, many = self.calibrate("many.ringlet", 9)
        # Eight more layers have 3 MiB in the file, which is verified, and 20 MiB as floats.
        self.assertLess(many - few, 6144)

    def test_a_calibration_continues_where_it_was(self):
        state = path("state")
        whole, _ = self.calibrate("whole.ringlet", 2, "--threads", "1")
        again, _ = self.calibrate("whole.ringlet", 2, "--calibrate-state", state)
        self.assertEqual(whole, again)
        self.assertFalse(os.path.exists(state))
        done = convert(write("a.gguf", gguf(0, 128)), "b.ringlet", "--calibrate-state", state)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--calibrate", done.stderr.decode())

    def test_a_model_can_write_the_text_itself(self):
        own, _ = self.calibrate("own.ringlet", 1, "--calibrate-tokens", "200", text="own")
        given, _ = self.calibrate("given.ringlet", 1, "--calibrate-tokens", "200")
        none, _ = self.calibrate("none.ringlet", 1, text="none")
        self.assertEqual(len({own, given, none}), 3)

    def test_what_is_calibrated_unasked(self):
        for source, weights, fitted in ((gguf(0, 128), (), True), (gguf(8, 34), (), False), (gguf(8, 34), ("--weights", "int4"), False),
                                        (gguf(0, 128), ("--weights", "int8"), False)):
            file = write("unasked.gguf", source)
            done = convert(file, "unasked.ringlet", *weights)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(b"calibrating on" in done.stderr, fitted, done.stderr)
            plain = convert(file, "plain.ringlet", "--calibrate", "none", *weights)
            self.assertNotIn(b"calibrat", plain.stderr)
        done = subprocess.run(CONVERT + ["--random", "llama:dim=64,layers=1,heads=2,ffn=64,vocab=300", "-o", path("random.ringlet")],
                              capture_output=True, check=False)
        self.assertNotIn(b"calibrat", done.stderr)

    def test_an_outline_plans_like_the_model(self):
        kinds = {"q8": gguf(8, 34), "f16": gguf(1, 64)}
        for name, content in kinds.items():
            source = write(f"outlined-{name}.gguf", content)
            self.assertEqual(convert(source, "whole.ringlet", "-q", "--kv-tokens", "0").returncode, 0)
            # The weights come last in the file, and are holes in the second source.
            hollow = write(f"hollow-{name}.gguf", content[:-20 * 32])
            os.truncate(hollow, len(content))
            for from_source in (source, hollow):
                done = convert(from_source, "outline.ringlet", "--outline", "--name", "whole")
                self.assertEqual(done.returncode, 0, done.stderr.decode())
                size = os.path.getsize(path("whole.ringlet"))
                self.assertIn(f"an outline of {size:,} bytes, without weights\n", done.stderr.decode())
                plans = [json.loads(self.succeeds("plan", path(model), "--json")) for model in ("whole.ringlet", "outline.ringlet")]
                for plan in plans:
                    plan.pop("model")
                self.assertEqual(plans[0], plans[1])
        self.assertEqual(os.path.getsize(path("outline.ringlet")), os.path.getsize(path("whole.ringlet")))
        self.assertIn("checksum", self.fails(1, "verify", path("outline.ringlet"), "-q"))
        self.assertEqual(convert(source, "x.ringlet", "--outline", "--json").returncode, 2)


if __name__ == "__main__":
    unittest.main()
