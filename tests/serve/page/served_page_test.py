#!/usr/bin/env python3
"""The page as `ringlet serve` sends it, with a model that answers. Skipped (77) only without Chromium."""

import gzip
import re
import sys

import page_support
from page_support import PICTURES, PageTest, inline

sys.path.insert(0, str(page_support.HERE.parent))
from serve_support import BUNDLED, Server, run_text, support  # noqa: E402
from chat_source import chat_model  # noqa: E402

# It says a few thousand tokens a second at most, so that a reply can be stopped.
SHAPE = "llama:dim=256,layers=6,heads=4,kv_heads=2,ffn=768,vocab=258,context=512"


def letters(text):
    """What Markdown and a browser leave of any text."""
    return re.sub("[^a-z0-9]", "", text)


class ServedPage(PageTest):
    options = ()

    @classmethod
    def model(cls):
        return chat_model("page", shape=SHAPE)[0]

    @classmethod
    def setUpClass(cls):
        cls.server = Server(cls.model(), "--seats", "2", *cls.options)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def serve(self):
        return f"http://127.0.0.1:{self.server.port}/"

    def ask(self, words):
        self.type(words)
        self.enter()

    def set(self, **settings):
        self.click("#open-settings")
        for name, value in settings.items():
            self.tab.run(f"document.getElementById('{name}').value = ''")
            self.type(str(value), name)
        self.click("#settings .close")


class Chatting(ServedPage):
    options = ("-n", "1000000")

    def test_page_is_the_one_of_the_sources(self):
        status, headers, body = self.server.request("GET", "/")
        self.assertEqual((status, body.decode()), (200, inline.inlined()))
        self.assertEqual(headers["Content-Type"], "text/html; charset=utf-8")
        self.assertEqual(headers["Content-Security-Policy"], "frame-ancestors 'none'")
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(self.server.request("GET", "/", headers={"If-None-Match": headers["ETag"]})[0], 304)
        _, compressed, short = self.server.request("GET", "/", headers={"Accept-Encoding": "gzip"})
        self.assertEqual(compressed["Content-Encoding"], "gzip")
        self.assertEqual(gzip.decompress(short), body)
        self.assertLess(len(short), 24_000)

    def test_chat(self):
        self.set(temperature=0, max_tokens=40)
        self.ask("What is the capital of France?")
        self.idle()
        said = self.messages()[1][1]
        fields = {"messages": [{"role": "user", "content": "What is the capital of France?"}], "temperature": 0, "max_tokens": 40}
        expected = self.server.post("/v1/chat/completions", fields)[1]["choices"][0]["message"]["content"]
        self.assertEqual(letters(said), letters(expected))
        self.assertGreater(len(letters(said)), 0)
        # On a busy machine the tiny model's whole reply may arrive in one piece, which tells no speed.
        self.assertRegex(self.tab.run("document.querySelector('.assistant .stats').textContent"),
                         r"^\d+ tokens( · [\d,]+(\.\d)? tokens/s)? · first after \d+\.\d\d s · prompt of \d+$")
        self.click(".regenerate")
        self.idle()
        self.assertEqual(self.tab.run("document.querySelector('.versions span').textContent"), "2 of 2")
        before = self.messages()
        self.reload()
        self.assertEqual(self.messages(), before)
        for width, scheme in ((360, "dark"), (1280, "light")):
            self.tab.look(width, 800, scheme, "reduce")
            self.assertLessEqual(self.tab.run("document.documentElement.scrollWidth"), width)
            self.tab.picture(PICTURES / f"served-{width}-{scheme}.png")

    def test_stop_frees_the_seat(self):
        self.set(temperature=0, max_tokens=1_000_000)  # it repeats itself, so that it never ends by itself
        self.ask("Go on and on.")
        self.tab.until("document.querySelector('.assistant .body')?.textContent.length > 5")
        self.assertEqual(self.server.metric("seats_busy"), 1)
        self.click("#stop")
        self.idle()
        self.tab.until("fetch('metrics').then((reply) => reply.text()).then((text) => /^ringlet_seats_busy 0$/m.test(text))")
        self.assertEqual(self.notes()[-1], "Stopped.")

    def test_memory_and_figures(self):
        plan = self.server.get("/plan")[1]
        self.assertEqual(self.text("ram-bytes"), f"{plan['ram_bytes']:,} bytes of RAM")
        self.click("#ram")
        legend = self.tab.run("[...document.querySelectorAll('#plan-legend li')].map((item) => item.textContent)")
        self.assertEqual(sum(int(re.search(r"[\d,]+$", item)[0].replace(",", "")) for item in legend), plan["ram_bytes"])
        self.assertIn("2 conversations at once, of 512 tokens", self.text("plan-facts"))
        self.tab.until("document.querySelectorAll('#metrics tr').length > 5")
        text = self.server.request("GET", "/metrics")[2].decode()
        self.assertEqual(self.tab.run("document.querySelectorAll('#metrics tr').length"),
                         len(re.findall("^ringlet_", text, re.MULTILINE)))
        self.assertIn(f"{plan['ram_bytes']:,}", self.text("metrics"))


class Key(ServedPage):
    @classmethod
    def setUpClass(cls):
        cls.options = ("--api-key", support.write("page-key", b"swordfish\n"))
        super().setUpClass()

    def test_the_page_asks_for_the_key(self):
        self.tab.until("!document.getElementById('key-panel')?.hidden")
        self.tab.run("document.getElementById('key').focus()")
        self.tab.call("Input.insertText", text="swordfish")
        self.enter()
        self.tab.until("document.getElementById('state').textContent === 'Ready'")
        self.set(max_tokens=4)
        self.ask("Hello")
        self.idle()
        self.assertEqual([role for role, _ in self.messages()], ["user", "assistant"])


class Continuing(ServedPage):
    """With a model that cannot chat."""
    options = ("--context", "256")

    @classmethod
    def model(cls):
        return BUNDLED

    def test_page_goes_on_with_the_text(self):
        self.assertIn("goes on with what you write", self.text("empty"))
        self.set(temperature=0, max_tokens=24)
        self.ask("Once upon a time there was a fox.")
        self.idle()
        first = "Once upon a time there was a fox." + run_text(
            BUNDLED, "Once upon a time there was a fox.", 24, "--context", "256", "--temperature", "0")
        self.assertEqual(letters("".join(text for _, text in self.messages())), letters(first))
        self.ask("Then a bear came.")
        self.idle()
        text = f"{first} Then a bear came."
        second = run_text(BUNDLED, text, 24, "--context", "256", "--temperature", "0")
        self.assertEqual(letters(self.messages()[-1][1]), letters(second))


del ServedPage  # not a test of its own

if __name__ == "__main__":
    page_support.run_in_browser()
