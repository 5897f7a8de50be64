"""What the tests of the page share: the browser, a server for each test, and words for what a person does."""

import functools
import json
import os
import pathlib
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = HERE.parents[2] / "ports/linux/serve/page"
sys.path.insert(0, str(HERE.parents[1] / "support/browser"))
sys.path.insert(0, str(SOURCES))

import devtools  # noqa: E402
import inline  # noqa: E402
import mock_server  # noqa: E402
import started  # noqa: E402

PAGE = inline.inlined()
PICTURES = pathlib.Path(os.environ["RINGLET_PICTURES"])
MODEL = HERE.parents[2] / "tools/demo-model/storyteller.ringlet"
PLAN = json.loads(subprocess.run([os.environ["RINGLET_PROGRAM"], "plan", MODEL, "--sessions", "4", "--json"], check=True,
                                 capture_output=True, text=True).stdout)
CONTROL, SHIFT = 2, 8
PATIENCE = 120  # seconds for what takes milliseconds on a machine that is not busy

browser = None  # set by run_in_browser()
mock_server.MockServer.sources = SOURCES


def run_in_browser():
    """Runs the tests of the main module, and ends the process: with 77 without Chromium."""
    global browser
    with started.started(PICTURES) as browser:
        outcome = unittest.main(exit=False).result
    sys.exit(not outcome.wasSuccessful())


class PageTest(unittest.TestCase):
    expected_in_console = None  # a part of a message

    def setUp(self):
        self.address = self.serve()
        self.tab = self.new_tab()

    def serve(self):
        """Starts a server, and returns its address: a port of its own, so that nothing is kept from another test."""
        self.mock = mock_server.MockServer(PAGE, PLAN)
        self.addCleanup(self.mock.stop)
        return self.mock.address

    def new_tab(self, width=1280, scheme="light"):
        tab = devtools.Tab(browser)
        tab.until = functools.partial(tab.until, seconds=PATIENCE)
        tab.look(width, 800, scheme)
        tab.call("Page.navigate", url=self.address)
        tab.until("document.getElementById('app')?.hidden === false")
        tab.until("document.getElementById('state')?.textContent === 'Ready' || document.getElementById('key-panel')?.hidden === false")
        self.addCleanup(self.check, tab)
        return tab

    def check(self, tab):
        """Nothing in the console but statuses of the network, and no request to another place."""
        logged = [entry for entry in tab.events("Log.entryAdded") if entry["entry"]["source"] != "network"
                  and not (self.expected_in_console and self.expected_in_console in entry["entry"]["text"])]
        errors = logged + tab.events("Runtime.exceptionThrown", "Runtime.consoleAPICalled")
        requests = [event["request"]["url"] for event in tab.events("Network.requestWillBeSent")]
        tab.close()
        self.assertEqual(errors, [])
        self.assertGreater(len(requests), 3)
        self.assertEqual([url for url in requests if not url.startswith((self.address, "data:", "blob:"))], [])

    def text(self, name):
        return self.tab.run(f"document.getElementById({json.dumps(name)}).textContent")

    def click(self, selector, words=None):
        """The last visible element of this selector, with these words."""
        found = self.tab.run(f"""(() => {{
          const all = [...document.querySelectorAll({json.dumps(selector)})].filter((e) => e.checkVisibility()
            && ({json.dumps(words)} === null || e.textContent === {json.dumps(words)}));
          all.at(-1)?.click();
          return all.length;
        }})()""")
        self.assertGreater(found, 0, f"{selector} {words}")

    def type(self, text, field="input"):
        self.tab.run(f"document.getElementById({json.dumps(field)}).focus()")
        before = self.tab.run(f"document.getElementById({json.dumps(field)}).value")
        self.tab.call("Input.insertText", text=text)
        if text:
            self.assertNotEqual(self.tab.run(f"document.getElementById({json.dumps(field)}).value"), before, f"{field}: {text}")

    def enter(self, modifiers=0):
        self.tab.key("Enter", 13, "\r", modifiers)

    def send(self, text, *replies, wait=True):
        self.mock.will(*replies)
        self.type(text)
        self.enter()
        if wait:
            self.idle()

    def idle(self):
        self.tab.until("!document.getElementById('send').hidden")

    def until_shown(self, words):
        self.tab.until(f"document.getElementById('list-of-messages').innerText.includes({json.dumps(words)})")

    def messages(self):
        """The roles and the words of the messages in view."""
        return self.tab.run("""[...document.querySelectorAll('.message')].map((message) =>
          [message.classList.contains('user') ? 'user' : 'assistant', message.querySelector('.body').innerText])""")

    def notes(self):
        return self.tab.run("[...document.querySelectorAll('.message .note')].map((note) => note.textContent)")

    def titles(self):
        return self.tab.run("[...document.querySelectorAll('#list .name')].map((name) => name.textContent)")

    def load(self, method, **parameters):
        """Loads a page, and waits until it is there."""
        before = len(self.tab.events("Page.loadEventFired"))
        self.tab.call(method, **parameters)
        end = time.monotonic() + PATIENCE
        while len(self.tab.events("Page.loadEventFired")) == before:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)

    def reload(self):
        self.load("Page.reload")
        self.tab.until("document.getElementById('app')?.hidden === false")
        self.tab.until("document.getElementById('state').textContent === 'Ready'")
