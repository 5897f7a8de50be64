#!/usr/bin/env python3
"""The house of the page in headless Chromium, compared with the program of this machine. Skipped (77) without Chromium, and
where the page has no house because tools/commands-model/commands.ringlet is missing."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import server
from opened import opened  # first: it finds the modules of tests/support/browser

import accessibility
import devtools

PAGE = pathlib.Path(os.environ["RINGLET_PAGE"])
PROGRAM = os.environ["RINGLET_PROGRAM"]
PICTURES = pathlib.Path(os.environ["RINGLET_PICTURES"])
MADE = pathlib.Path(os.environ["RINGLET_COMMANDS"])
MODEL = PAGE / "house/commands.ringlet"
SOURCE = pathlib.Path(__file__).resolve().parents[3] / "tools/commands-model"
START = ["--prefix", MADE / "home.prefix", "--grammar", MADE / "commands.rglg", "--lists", MADE / "home.lists"]
SAID = ["turn on the desk lamp", "close the left blind and make the strip blue", "what a lovely day at the beach",
        'say "<json>" to <say> caf\u00e9']

sys.path.insert(0, str(SOURCE))
import obey  # noqa: E402


def program(*arguments, said=""):
    return subprocess.run([PROGRAM, *map(str, arguments)], input=said, check=True, capture_output=True, text=True).stdout


def answers(lines):
    """What the program answers, as the page shows it: text, confidence, and what is done."""
    told = program("run", MODEL, *START, "--special", "-p", "<say>{}<json>", "--each-line", "--json", "--temperature", 0,
                   "-n", 125, "-q", said="\n".join(lines))
    for answer in map(json.loads, told.splitlines()):
        decision = obey.decide(json.loads(answer["text"]), answer["confidence"], answer["allowed"])
        yield answer["text"], f"{answer['confidence']:.3f}", f"{answer['allowed']:.3f}", decision


class HouseTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tab = devtools.Tab(browser)
        cls.addClassCleanup(cls.tab.close)
        cls.tab.look(1280, 900)
        cls.tab.call("Page.navigate", url=address)
        cls.tab.until("document.getElementById('digest-mark')?.matches('.equal')")
        cls.tab.run("document.getElementById('toggle').click()")  # the story ends
        cls.before = cls.requests()
        cls.tab.run("document.getElementById('house-open').focus()")
        cls.tab.key("Enter", 13, "\r")
        cls.tab.until("!document.getElementById('house-parts').hidden || document.getElementById('house-problem').textContent")

    @classmethod
    def requests(cls):
        return [event["request"]["url"] for event in cls.tab.events("Network.requestWillBeSent")]

    def text(self, name):
        return self.tab.run(f"document.getElementById('{name}').textContent")

    def state(self, device):
        return self.tab.run(f"document.querySelector('#house-drawing [data-device=\"{device}\"] .state').textContent")

    def take(self, actions, confidence, allowed=1):
        answer = {"text": json.dumps(actions), "complete": True, "confidence": confidence, "allowed": allowed}
        self.tab.run(f"ringletHouse.take('as if it was said', {json.dumps(answer)}, 1)")

    def test_a_nothing_is_loaded_before_it_is_opened(self):
        self.assertEqual([url for url in self.before if "/house/" in url], [])
        self.assertEqual(self.text("house-problem"), "")
        loaded = {url.removeprefix(f"{address}house/") for url in self.requests() if "/house/" in url}
        self.assertLessEqual({"house.js", "house.css", "commands.ringlet", "commands.rglg", "home.bin", "home.txt"}, loaded)
        self.assertEqual([url for url in self.requests() if not url.startswith((address, f"blob:{address}", "data:"))], [])
        self.assertEqual(self.tab.run("document.activeElement.id"), "house-say")

    def test_b_typed_commands_are_answered_as_by_the_program(self):
        for said in SAID:  # several at once
            self.tab.call("Input.insertText", text=said)
            self.tab.key("Enter", 13, "\r")
        self.tab.until(f"document.querySelectorAll('#house-log li').length === {len(SAID)}")
        shown = self.tab.run("[...document.querySelectorAll('#house-log li')].reverse().map((entry) => [entry.querySelector('code')"
                             ".textContent, ...entry.querySelector('.sure').textContent.match(/[01]\\.\\d{3}/g), entry.className])")
        self.assertEqual([tuple(answer) for answer in shown], list(answers(SAID)))
        self.assertEqual(shown[0][0], '[{"do":"on","name":"desk lamp"}]')
        self.assertEqual((shown[0][3], self.state("desk lamp")), ("act", "100 %"))
        self.assertEqual(shown[2][3], "ignore")
        self.tab.until("document.getElementById('house-announce').textContent !== ''")

    def test_c_it_asks_and_then_does_it(self):
        self.take([{"do": "unlock", "name": "front door"}], 0.8)
        self.assertEqual((self.state("front door"), self.text("house-announce")), ("locked", "Is that what you mean?"))
        self.tab.run("document.querySelector('#house-log li.ask button').focus()")
        self.tab.key("Enter", 13, "\r")
        self.assertEqual((self.state("front door"), self.text("house-announce")), ("unlocked", "front door: unlocked."))
        self.assertEqual(self.tab.run("document.activeElement.id"), "house-say")

    def test_d_the_drawing_says_in_words_what_it_shows(self):
        self.take([{"do": "on", "area": "all", "type": "light"}, {"do": "color", "name": "strip", "color": "blue"},
                   {"do": "close", "name": "left blind"}], 0.9)
        label = self.tab.run("document.querySelector('#house-drawing .room svg').getAttribute('aria-label')")
        self.assertTrue(label.startswith("kitchen, you are here: ceiling light 100 %; strip 100 %, blue; left blind closed"), label)
        self.assertEqual(self.tab.run("document.querySelectorAll('#house-drawing .room.bright').length"), 3)
        self.take([{"do": "off", "area": "all"}], 0.4)  # it only asks
        self.take([{"do": "off", "area": "all"}], 0.9, allowed=0.01)  # the home does not have what was meant
        self.assertEqual(self.state("ceiling light"), "100 %")

    def test_e_memory_is_the_program_s_number(self):
        plan = program("plan", MODEL, *START, "--span-bytes", 160, "--longest-word", 164, "--prefill-chunk", 4, "--draft-tokens", 0,
                       "--threads", 1, "--json")
        self.assertEqual(self.text("house-bytes"), f"{json.loads(plan)['ram_bytes']:,}")

    def test_f_widths_and_themes(self):
        for width, scheme in ((360, "dark"), (360, "light"), (1280, "dark"), (1280, "light")):
            self.tab.look(width, 900, scheme, "reduce")
            self.assertLessEqual(self.tab.run("document.documentElement.scrollWidth"), width)
            box = self.tab.run("(({ left, top, width, height }) => ({ x: left + scrollX, y: top + scrollY, width, height }))"
                               "(document.getElementById('house').getBoundingClientRect())")
            self.tab.picture(PICTURES / f"house-{width}-{scheme}.png", box)
            self.assertEqual(accessibility.problems(self.tab), [], f"{width} {scheme}")
            if axe := os.environ.get("RINGLET_AXE"):
                self.assertEqual(accessibility.axe(self.tab, axe), [], f"{width} {scheme}")

    def test_g_no_error_in_the_console(self):
        self.assertEqual(self.tab.events("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"), [])


class BrokenHouseTest(unittest.TestCase):
    def test_a_file_that_is_missing_is_named_and_can_come_later(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ringlet-page-"))
        self.addCleanup(shutil.rmtree, folder)
        shutil.copytree(PAGE, folder, dirs_exist_ok=True, copy_function=shutil.copy)
        (folder / "house/home.bin").unlink()
        http, here = server.serve(folder)
        self.addCleanup(http.server_close)
        self.addCleanup(http.shutdown)
        tab = devtools.Tab(browser)
        self.addCleanup(tab.close)
        tab.call("Page.navigate", url=here)
        tab.until("document.getElementById('house')?.hidden === false")
        tab.run("document.getElementById('house-open').click()")
        tab.until("document.getElementById('house-problem').textContent === 'home.bin: HTTP status 404'")
        shutil.copy(PAGE / "house/home.bin", folder / "house")
        tab.run("document.getElementById('house-open').click()")
        tab.until("!document.getElementById('house-parts').hidden")
        self.assertEqual(tab.run("document.getElementById('house-problem').textContent"), "")


if __name__ == "__main__":
    with opened(PAGE, PICTURES, MODEL) as (browser, address):
        outcome = unittest.main(exit=False).result
    sys.exit(not outcome.wasSuccessful())
