"""Tests the comparison of servers: a complete run of `ringlet serve` beside a stand-in for llama-server, and servers that fail.

Environment: RINGLET_BUILD, the build directory.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import compare_servers  # noqa: E402

BUILD = os.environ["RINGLET_BUILD"]
SHAPE = "llama:dim=64,layers=2,heads=4,kv_heads=2,ffn=96,vocab=300,context=256"

QUANTIZE = """#!/usr/bin/env python3
import shutil, sys
shutil.copyfile(sys.argv[-3], sys.argv[-2])
"""
# Answers a token after `delay` seconds and the others at once; of the tokens asked for it leaves out `missing`.
SERVER = """#!/usr/bin/env python3
import http.server, json, sys, time
if {fails}: sys.exit("no such luck")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep({delay})
        self.send_response(200)
        self.end_headers()
        tokens = asked["max_tokens"] - {missing}
        for token in range(tokens):
            self.wfile.write(b'data: {{"choices": [{{"text": "a"}}]}}\\n\\n')
        self.wfile.write(b'data: {{"choices": [], "usage": {{"completion_tokens": %d}}}}\\n\\ndata: [DONE]\\n\\n' % tokens)
    def log_message(self, *_):
        pass
port = int(sys.argv[sys.argv.index("--port") + 1])
http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


class CompareServersTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def compare(self, fails=False, missing=0, delay=0.5):
        for name, text in (("llama-quantize", QUANTIZE),
                           ("llama-server", SERVER.format(fails=fails, missing=missing, delay=delay))):
            path = os.path.join(self.folder, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(path, 0o755)
        self.results = os.path.join(self.folder, "results.json")
        return subprocess.run(
            [sys.executable, os.path.join(HERE, "compare_servers.py"), "--ringlet", BUILD, "--llama", f"alone={self.folder}",
             "--cache", self.folder, "--shape", SHAPE, "--clients", "1", "--clients", "3", "--threads", "1", "-n", "5",
             "-r", "2", "--json", self.results], capture_output=True, text=True, check=False)

    def test_a_complete_run(self):
        done = self.compare()
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.results, encoding="utf-8") as file:
            document = json.load(file)
        one, three = document["results"]["throughput"]
        self.assertEqual((one["clients"], three["clients"]), (1, 3))
        for result in (one, three):
            self.assertEqual((len(result["ringlet"]), len(result["llama.cpp"])), (2, 2))
            for sample in result["llama.cpp"]:  # each of the clients waits half a second or more
                self.assertLessEqual(sample["speed"], result["clients"] * 5 / 0.5)
            self.assertTrue(all(sample["speed"] > 0 for sample in result["ringlet"]))
        for sample in document["results"]["first_token"]["llama.cpp"]:
            for key in ("alone", "beside", "long"):
                self.assertGreaterEqual(sample[key], 0.5)
        self.assertIn(compare_servers.table(document), done.stdout)
        self.assertIn("| 3 clients, tokens a second |", done.stdout)

    def test_ratios_say_how_much_better_ours_is(self):
        self.assertEqual(compare_servers.pairs([{"speed": 30}], [{"speed": 20}], "speed", "more"), 1.5)
        self.assertEqual(compare_servers.pairs([{"alone": 20}], [{"alone": 30}], "alone", "less"), 1.5)

    def test_a_server_that_does_not_start_is_named(self):
        done = self.compare(fails=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("llama-server does not answer", done.stderr)

    def test_an_answer_that_is_too_short_counts_for_nothing(self):
        done = self.compare(missing=1, delay=0)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("4 of 5 tokens", done.stderr)


if __name__ == "__main__":
    unittest.main()
