"""Tests the comparison in a browser: the server of its page, and a complete run with a stand-in for browser and page.

Environment: RINGLET_BUILD, the build directory.
"""

import contextlib
import io
import json
import os
import shutil
import stat
import statistics
import sys
import tempfile
import unittest
import unittest.mock
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import browser_page  # noqa: E402
import compare_browser  # noqa: E402
import programs  # noqa: E402

BUILD = os.environ["RINGLET_BUILD"]
SHAPE = "llama:dim=64,layers=2,heads=4,kv_heads=2,ffn=96,vocab=300,context=256"
QUANTIZE = """#!/usr/bin/env python3
import shutil, sys
shutil.copyfile(sys.argv[2], sys.argv[3])
"""


class PageStandIn:
    """Says what was asked for, and decodes at a speed that grows with each text."""

    def __init__(self, calls):
        self.calls = calls
        self.texts = {"ringlet": 0, "wllama": 0}

    def load(self, program, path, options):
        self.calls.append((program, path, options))
        return {"llama.cpp": "b1-abc", "threads": 1} if program == "wllama" else {"isa": "wasm"}

    def decode(self, program, tokens):
        self.calls.append((program, tokens))
        self.texts[program] += 1
        return {"speed": {"ringlet": 100.0, "wllama": 50.0}[program] + self.texts[program]}

    def close(self):
        self.calls.append("closed")


class SiteStandIn:
    version = "Chrome/1"

    def __init__(self, calls):
        self.calls = calls

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def page(self):
        return PageStandIn(self.calls)


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ringlet-bench-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, text, *names):
        path = self.path(*names)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


class Server(Folder):
    def setUp(self):
        super().setUp()
        self.write("let a;", "site", "a.js")
        self.write("secret", "b.js")
        server, self.address = browser_page.serve({"site": self.path("site")})
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)

    def test_a_file_isolates_the_page(self):
        with urllib.request.urlopen(f"{self.address}site/a.js") as answer:
            self.assertEqual(answer.read(), b"let a;")
            self.assertEqual([answer.headers[name] for name in
                              ("Content-Type", "Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy")],
                             ["text/javascript", "same-origin", "require-corp"])

    def test_nothing_else_is_served(self):
        for path in ("site/../b.js", "site/c.js", "other/a.js", "site", ""):
            with self.assertRaises(urllib.error.HTTPError, msg=path) as caught:
                urllib.request.urlopen(f"{self.address}{path}")
            self.assertEqual(caught.exception.code, 404)
            caught.exception.close()


class Comparison(Folder):
    def setUp(self):
        super().setUp()
        self.calls = []
        self.write("", "wasm", "npm", "ringlet.wasm")
        self.write("", "wllama", "esm", "wasm", "wllama.wasm")
        self.write(json.dumps({"name": "@wllama/wllama", "version": "3.9.9"}), "wllama", "package.json")
        quantize = self.write(QUANTIZE, "llama", "bin", "llama-quantize")
        os.chmod(quantize, os.stat(quantize).st_mode | stat.S_IXUSR)

    def compare(self, *arguments):
        """The lines of the table, and the document."""
        output = io.StringIO()
        with unittest.mock.patch.object(browser_page, "Site", lambda *_: SiteStandIn(self.calls)), \
                contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
            compare_browser.main(["--ringlet", BUILD, "--wasm", self.path("wasm"), "--cache", self.path("cache"),
                                  "--browser", "stand-in", "--json", self.path("samples.json"), *arguments])
        with open(self.path("samples.json"), encoding="utf-8") as file:
            return output.getvalue(), json.load(file)

    def with_wllama(self, *arguments):
        return self.compare("--wllama", self.path("wllama"), "--llama", self.path("llama"), "--shape", SHAPE, *arguments)

    def test_table(self):
        output, document = self.with_wllama("--isa", "scalar", "--isa", "portable", "-n", "8", "-r", "2")
        self.assertIn("\n- wllama 3.9.9 with llama.cpp b1-abc, 1 thread, Q4_0\n", output)
        cells = output.splitlines()[-1].strip("| ").split(" | ")
        (result,) = document["results"]
        ours = [sample["speed"] for sample in result["ringlet"]]
        self.assertEqual(ours, [103.0, 104.0])  # the third and fourth text: the first two only warm up
        for at, isa in ((2, "scalar"), (4, "portable")):
            theirs = [sample["speed"] for sample in result["native"][isa]]
            self.assertEqual([sample["isa"] for sample in result["native"][isa]], [isa] * 2)
            self.assertEqual(cells[at], f"{statistics.median(theirs):.1f}")
            self.assertEqual(cells[at + 1], f"{statistics.median(a / b for a, b in zip(ours, theirs)):.2f}")
        self.assertEqual((cells[0], cells[1], cells[6], cells[7]), (SHAPE, "103.5", "53.5", "1.93"))

    def test_both_programs_decode_the_same_in_turn(self):
        self.with_wllama("--isa", "scalar", "-n", "8", "-r", "2", "--kv", "f32")
        loads = [call for call in self.calls if len(call) == 3]
        self.assertEqual([(program, os.path.splitext(path)[1]) for program, path, _ in loads],
                         [("ringlet", ".ringlet"), ("wllama", ".gguf")])
        self.assertEqual([options for *_, options in loads], [{"context": 48, "kv": "f32"}] * 2)
        self.assertEqual(self.calls[-5:], [("ringlet", 8), ("wllama", 8)] * 2 + ["closed"])

    def test_the_bundled_model_has_no_gguf(self):
        output, document = self.compare("--shape", "bundled", "--isa", "scalar", "-n", "4", "-r", "1")
        self.assertEqual(self.calls[0][1], "/bundled/storyteller.ringlet")
        self.assertRegex(output.splitlines()[-1], r"^\| bundled \| 103\.0 \| .* \| – \| – \|$")
        self.assertEqual((document["wllama"], document["results"][0]["wllama"]), (None, []))

    def test_what_is_missing_is_named(self):
        os.remove(self.path("wllama", "esm", "wasm", "wllama.wasm"))
        with self.assertRaisesRegex(programs.Failure, "is not the unpacked npm package @wllama/wllama"):
            self.with_wllama()
        os.remove(self.path("wasm", "npm", "ringlet.wasm"))
        with self.assertRaisesRegex(programs.Failure, "has no npm/ringlet.wasm"):
            self.compare()

    def test_wllama_needs_something_that_makes_its_models(self):
        with contextlib.redirect_stderr(io.StringIO()) as errors, self.assertRaises(SystemExit):
            compare_browser.parse(["--ringlet", "a", "--wasm", "b", "--cache", "c", "--wllama", "d"])
        self.assertIn("--wllama also needs --llama", errors.getvalue())


if __name__ == "__main__":
    unittest.main()
