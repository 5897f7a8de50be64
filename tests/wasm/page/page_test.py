#!/usr/bin/env python3
"""The page in headless Chromium, compared with the program of this machine. Skipped (77) only without Chromium."""

import gzip
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import unittest

import server
from opened import opened  # first: it finds the modules of tests/support/browser

import accessibility
import devtools
from started import chromium

PAGE = pathlib.Path(os.environ["RINGLET_PAGE"])
PROGRAM = os.environ["RINGLET_PROGRAM"]
MODELS = pathlib.Path(os.environ["RINGLET_MODELS"])
PICTURES = pathlib.Path(os.environ["RINGLET_PICTURES"])
MODEL = PAGE / "storyteller.ringlet"
MEMORY = ["--context", "64", "--kv", "int4", "--hot-window", "16"]
FIRST_VIEW = 1_200_000  # compressed bytes


def program(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


class PageTest(unittest.TestCase):
    def setUp(self):
        self.tab = devtools.Tab(browser)
        self.tab.look(1280, 900)
        self.tab.call("Page.navigate", url=address)
        self.tab.until("document.getElementById('digest-mark')?.matches('.equal, .different')")

    def tearDown(self):
        """Nothing in a console, and no request to another host."""
        errors = self.tab.events("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        requests = [event["request"]["url"] for event in self.tab.events("Network.requestWillBeSent")]
        failed = [event["response"]["url"] for event in self.tab.events("Network.responseReceived")
                  if event["response"]["status"] >= 400]
        self.tab.close()
        self.assertEqual(errors, [])
        self.assertGreater(len(requests), 5)
        self.assertEqual([url for url in requests if not url.startswith((address, f"blob:{address}", "data:"))], [])
        self.assertEqual(failed, [])

    def text(self, name):
        return self.tab.run(f"document.getElementById('{name}').textContent")

    def stop_after(self, tokens):
        self.tab.until(f"Number(document.getElementById('position').textContent.replace(',', '')) >= {tokens}")
        self.tab.run("document.getElementById('toggle').click()")
        self.tab.until("document.getElementById('toggle').textContent === 'Continue'")
        self.tab.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def start(self, **values):
        for name, value in values.items():
            self.tab.run(f"document.getElementById('{name}').value = {json.dumps(str(value))}")
        before = self.text("story")
        self.tab.run("document.getElementById('start').click()")
        self.tab.until(f"document.getElementById('story').textContent !== {json.dumps(before)}")

    def give(self, path):
        """Chooses a file by the button."""
        self.tab.give("#file", path)

    def test_digest_is_the_program_s(self):
        digest = json.loads(program("digest", MODEL, "--json", *MEMORY[2:]))["digest"]
        self.assertEqual(self.text("digest-here"), digest)
        self.assertEqual(self.text("digest-there"), digest)
        self.assertIn("equal", self.text("digest-mark"))

    def test_plan_is_the_program_s(self):
        plan = json.loads(program("plan", MODEL, "--json", *MEMORY))
        self.assertEqual(self.text("plan-bytes"), f"{plan['ram_bytes']:,}")
        rows = self.tab.run("[...document.querySelectorAll('#plan-rows tr')].map((row) => "
                            "[...row.cells].slice(0, 3).map((cell) => cell.textContent))")
        self.assertEqual(rows, [[s["name"], f"{s['offset']:,}", f"{s['bytes']:,}"] for s in plan["sections"]])

    def test_story_is_the_program_s_also_after_stop_and_continue(self):
        self.start(pace=0, seed=7, temperature=0.9, prompt="The little fox")
        self.stop_after(60)
        stopped = self.text("story")
        self.tab.run("document.getElementById('toggle').click()")
        self.tab.until(f"document.getElementById('story').textContent.length > {len(stopped)}")
        self.stop_after(150)
        shown = self.text("story")
        self.assertTrue(shown.startswith(stopped) and shown.startswith("The little fox"))
        told = program("run", MODEL, "-p", "The little fox", "-n", 1500, "--ignore-eos", "--seed", 7, "--temp", 0.9, "--quiet", *MEMORY)
        self.assertEqual(shown, told[:len(shown)])

    def test_ring_after_it_wrapped(self):
        self.start(pace=0, seed=3)
        self.stop_after(200)
        ring = self.tab.run("ringletPage.state()")["ring"]
        position = int(self.text("position"))
        layout = ring["positions"]["layout"]
        self.assertEqual((layout["sinks"], layout["window"], layout["hot"]), (4, 60, 16))
        self.assertEqual(ring["positions"]["sinks"], {"first": 0, "count": 4})
        self.assertEqual(ring["positions"]["cold"], {"first": position - 60, "count": 44})
        self.assertEqual(ring["positions"]["hot"], {"first": position - 16, "count": 16})
        self.assertEqual(len(ring["weights"]), 64)
        self.assertAlmostEqual(sum(ring["weights"]), 1, places=4)
        for tier, count in (("sink", 4), ("hot", 16), ("cold", 44)):
            self.assertEqual(self.tab.run(f"document.querySelectorAll('#ring .cell.{tier}').length"), count)
        self.assertEqual(self.tab.run("document.querySelectorAll('#ring .cell.newest').length"), 1)
        self.assertGreater(self.tab.run("document.querySelectorAll('#ring line').length"), 8)
        words = "".join(word for at, word in sorted(ring["words"]) if at >= position - 40)
        self.assertTrue(self.text("story").endswith(words))
        self.tab.until("document.querySelector('#ring .dark') !== null")  # the last query

    def test_without_the_cache(self):
        self.stop_after(10)
        self.tab.run("document.getElementById('compare').click()")
        self.tab.until("document.getElementById('compare').textContent === 'Run both'", 240)
        self.assertIn("96 tokens", self.text("compare-status"))
        self.assertIn("the same bits in all logits", self.text("compare-status"))
        self.assertEqual(self.text("with-text"), self.text("without-text"))
        greedy = program("run", MODEL, "-p", "Once upon a time", "-n", 96, "--ignore-eos", "--temp", 0, "--quiet", "--context", 256)
        self.assertEqual(self.text("with-text"), greedy.removesuffix("\n"))
        self.tab.picture(PICTURES / "compare.png")

    def test_another_model_and_a_hostile_file(self):
        bytes_of = MODEL.read_bytes()
        hostile = PICTURES / "hostile.ringlet"
        hostile.write_bytes(bytes_of[:5000] + bytes([bytes_of[5000] ^ 1]) + bytes_of[5001:])
        refused = subprocess.run([PROGRAM, "verify", hostile], capture_output=True, text=True, check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.give(hostile)
        self.tab.until("document.getElementById('file-problem').textContent !== ''")
        line = self.text("file-problem").removeprefix("hostile.ringlet: ")
        self.assertIn(line, refused.stdout + refused.stderr)
        self.stop_after(20)  # the earlier model still runs
        other = MODELS / "storyteller_int8.ringlet"
        self.give(other)
        self.tab.until("document.getElementById('file-status').textContent.endsWith('int8.ringlet is loaded.')")
        plan = json.loads(program("plan", other, "--json", *MEMORY))
        self.assertEqual(self.text("plan-bytes"), f"{plan['ram_bytes']:,}")
        self.assertEqual(self.text("digest-here"), json.loads(program("digest", other, "--json", *MEMORY[2:]))["digest"])

    def test_models_of_other_kinds(self):
        for name in ("random_hybrid", "random_delta", "random_layered"):
            self.give(MODELS / f"{name}.ringlet")
            self.tab.until(f"document.getElementById('file-status').textContent === '{name}.ringlet is loaded.'")
            digest = json.loads(program("digest", MODELS / f"{name}.ringlet", "--json", *MEMORY[2:]))["digest"]
            self.assertEqual((self.text("digest-here"), self.text("problem")), (digest, ""), name)
        self.give(MODELS / "without_tokenizer.ringlet")
        self.tab.until("document.getElementById('problem').textContent.startsWith('tokenizer: ')")
        self.assertEqual((self.text("story"), self.tab.run("document.querySelectorAll('#ring .cell.hot').length")), ("", 0))

    def test_many_starts_at_once(self):
        self.tab.run("for (let i = 0; i < 6; ++i) document.getElementById('start').click()")
        self.stop_after(40)
        told = program("run", MODEL, "-p", "Once upon a time", "-n", 300, "--ignore-eos", "--seed", 1, "--temp", 0.8, "--quiet", *MEMORY)
        shown = self.text("story")
        self.assertEqual((self.text("problem"), shown), ("", told[:len(shown)]))

    def test_drop(self):
        self.tab.run("""(async () => {
          const bytes = await (await fetch('storyteller.ringlet')).arrayBuffer();
          const data = new DataTransfer();
          data.items.add(new File([bytes.slice(0, 1000)], 'cut.ringlet'));
          window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        })()""")
        self.tab.until("document.getElementById('file-problem').textContent.startsWith('cut.ringlet: ')")

    def test_keyboard_alone(self):
        self.tab.run("document.activeElement.blur()")
        focused = "document.activeElement.id"
        order = []
        for _ in range(9):
            self.tab.key("Tab", 9)
            order.append(self.tab.run(focused))
        self.assertEqual(order, ["prompt", "seed", "temperature", "pace", "layer", "start", "toggle", "story", "ring"])
        self.tab.key("Tab", 9, modifiers=8)
        self.tab.key("Tab", 9, modifiers=8)
        self.assertEqual(self.tab.run(focused), "toggle")
        self.tab.key("Enter", 13, "\r")
        self.tab.until("document.getElementById('toggle').textContent === 'Continue'")
        self.assertEqual((self.tab.run(focused), self.text("announce")), ("toggle", "Stopped."))
        self.tab.run("document.getElementById('ring').focus()")
        self.tab.key("Home", 36)
        self.tab.key("ArrowRight", 39)
        self.tab.until("document.getElementById('ring').getAttribute('aria-valuenow') === '1'")
        self.assertIn("position 1: “On”, sink slot 1", self.tab.run("document.getElementById('ring').getAttribute('aria-valuetext')"))

    def test_widths_and_themes(self):
        self.start(pace=0)
        self.stop_after(120)
        for width in (360, 768, 1280):
            for scheme in ("light", "dark"):
                self.tab.look(width, 900, scheme, "reduce")
                size = self.tab.run("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
                self.assertLessEqual(size[0], width)
                self.tab.picture(PICTURES / f"page-{width}-{scheme}.png", {"x": 0, "y": 0, "width": width, "height": size[1]})
                self.assertEqual(accessibility.problems(self.tab), [], f"{width} {scheme}")
                if axe := os.environ.get("RINGLET_AXE"):
                    self.assertEqual(accessibility.axe(self.tab, axe), [], f"{width} {scheme}")

    def test_first_view_is_light(self):
        files = [path for path in PAGE.rglob("*") if path.suffix in (".html", ".css", ".js", ".wasm", ".json", ".svg", ".ringlet")]
        files = [path for path in files if path.parent.name != "house"]  # loaded when it is opened (house_test.py)
        weight = sum(len(gzip.compress(path.read_bytes(), 9)) for path in files)
        print(f"first view: {weight:,} bytes compressed", file=sys.stderr)
        self.assertLessEqual(weight, FIRST_VIEW)


class BrokenPageTest(unittest.TestCase):
    """Pages from which something is missing say so, and do what they still can."""

    def show(self, *missing, tab=None):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ringlet-page-"))
        self.addCleanup(shutil.rmtree, folder)
        shutil.copytree(PAGE, folder, dirs_exist_ok=True, copy_function=shutil.copy)  # files of now, which browsers ask for again
        for name in missing:
            (folder / name).unlink()
        http, here = server.serve(folder)
        self.addCleanup(http.server_close)
        self.addCleanup(http.shutdown)
        tab = tab or devtools.Tab(browser)
        self.addCleanup(tab.close)
        tab.call("Page.navigate", url=here)
        tab.until(f"location.href === '{here}' && document.readyState === 'complete'")
        self.http = http
        return tab

    def words(self, tab, name):
        return tab.run(f"document.getElementById('{name}').textContent")

    def test_without_a_network(self):
        tab = self.show()
        tab.until("document.getElementById('digest-mark').matches('.equal')")
        self.http.shutdown()
        self.http.server_close()
        tab.run("document.getElementById('seed').value = '4'; document.getElementById('start').click()")
        tab.until("Number(document.getElementById('position').textContent) > 0")
        compare = "document.getElementById('compare')"
        for _ in range(2):  # a run that was ended does not disturb the next one
            tab.run(f"{compare}.click()")
            self.assertEqual(self.words(tab, "compare-status"), "Running.")
            tab.until("/ms for token/.test(document.getElementById('with-ms').textContent)")
            tab.run(f"{compare}.click()")
            self.assertEqual(self.words(tab, "compare-status"), "Stopped.")
        tab.run(f"{compare}.click()")
        tab.until(f"{compare}.textContent === 'Run both'", 240)
        self.assertIn("96 tokens", self.words(tab, "compare-status"))
        self.assertEqual(self.words(tab, "with-text"), self.words(tab, "without-text"))
        self.assertEqual(tab.events("Runtime.exceptionThrown"), [])

    def test_without_the_bundled_model(self):
        tab = self.show("storyteller.ringlet")
        tab.until("document.getElementById('problem').textContent === 'storyteller.ringlet: HTTP status 404'")
        tab.run("document.getElementById('start').click(); document.getElementById('compare').click()")
        tab.run("new Promise((done) => setTimeout(done, 100))")
        self.assertEqual(self.words(tab, "problem"), "storyteller.ringlet: HTTP status 404")
        self.assertEqual(self.words(tab, "compare-status"), "There is no model.")
        self.assertEqual((self.words(tab, "file-status"), self.words(tab, "digest-mark")), ("No model is loaded.", "not computed"))
        tab.give("#file", MODELS / "storyteller_int8.ringlet")
        tab.until("document.getElementById('file-status').textContent === 'storyteller_int8.ringlet is loaded.'")
        self.assertEqual(self.words(tab, "problem"), "")
        self.assertEqual(self.words(tab, "digest-here"),
                         json.loads(program("digest", MODELS / "storyteller_int8.ringlet", "--json", *MEMORY[2:]))["digest"])

    def test_without_a_house(self):
        tab = self.show()
        tab.until("document.getElementById('digest-mark').matches('.equal')")
        self.assertEqual(tab.run("document.getElementById('house').hidden"), not (PAGE / "house").exists())

    def test_without_a_script(self):
        tab = self.show("main.js")
        self.assertIn("needs JavaScript, and WebAssembly with SIMD", self.words(tab, "story"))

    def test_without_the_module_or_its_worker(self):
        for name, words in (("ringlet.wasm", "ringlet.wasm: HTTP status 404"), ("worker.js", "worker: its script cannot be loaded")):
            tab = self.show(f"ringlet/{name}")
            tab.until(f"document.getElementById('problem').textContent.endsWith({json.dumps(words)})")

    @unittest.skipUnless(platform.machine() == "x86_64", "a flag of V8 for this machine")
    def test_without_simd(self):
        old = devtools.Browser(chromium(), "--js-flags=--no-enable-sse4-1")
        self.addCleanup(old.close)
        tab = self.show(tab=devtools.Tab(old))
        tab.until("/has no WebAssembly with SIMD/.test(document.getElementById('problem').textContent)")


if __name__ == "__main__":
    with opened(PAGE, PICTURES) as (browser, address):
        outcome = unittest.main(exit=False).result
    sys.exit(not outcome.wasSuccessful())
