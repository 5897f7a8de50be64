"""How the page looks and sounds: widths and themes, the keyboard alone, a screen reader, the server's memory and figures."""

import os
import re

import accessibility
from markdown_test import TEXT
from mock_server import Reply
from page_support import CONTROL, PICTURES, PLAN, SHIFT, PageTest, PAGE

FOCUSED = "document.activeElement.id || document.activeElement.textContent"


class ViewsTest(PageTest):
    def fill(self):
        pieces = [TEXT[i:i + 50] for i in range(0, len(TEXT), 50)]
        self.send("What can you do? " + "And a long question. " * 6, Reply(("reasoning", "The user asks."), *pieces))
        self.mock.will(Reply("Another reply, with `code` and a longwordwithoutanyspaces" + "x" * 120))
        self.click(".regenerate")
        self.idle()
        self.click(".versions button", "‹")
        self.send("More.", Reply(status=422, message="top_k: not supported"))

    def judge(self, name, focusable=12):
        for width in (360, 768, 1280):
            for scheme in ("light", "dark"):
                self.tab.look(width, 800, scheme, "reduce")
                self.tab.until(f"document.documentElement.dataset.theme === '{scheme}'")
                size = self.tab.run("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
                self.assertLessEqual(size[0], width)
                self.assertLessEqual(size[1], 800)
                wide = self.tab.run(f"""[...document.querySelectorAll('#messages, #messages *, dialog[open], dialog[open] *')]
                  .filter((e) => e.checkVisibility() && !e.closest('.scroll *, pre, .unseen'))
                  .filter((e) => e.getBoundingClientRect().right > {width}).map((e) => e.outerHTML.slice(0, 80))""")
                self.assertEqual(wide, [], f"{name} {width}")
                self.tab.picture(PICTURES / f"{name}-{width}-{scheme}.png")
                self.assertEqual(accessibility.problems(self.tab, focusable), [], f"{name} {width} {scheme}")
                if axe := os.environ.get("RINGLET_AXE"):
                    self.assertEqual(accessibility.axe(self.tab, axe), [], f"{name} {width} {scheme}")

    def test_widths_and_themes(self):
        self.fill()
        self.judge("chat")
        self.tab.run("document.getElementById('messages').scrollTop = 0")
        for width, scheme in ((360, "dark"), (1280, "light")):
            self.tab.look(width, 800, scheme)
            self.tab.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            self.tab.picture(PICTURES / f"top-{width}-{scheme}.png")

    def test_dialogs_in_all_widths(self):
        self.click("#open-settings")
        self.judge("settings")
        self.click("#settings .close")
        self.click("#open-server")
        self.tab.until("document.querySelectorAll('#metrics tr').length > 0")
        self.judge("server", focusable=4)

    def test_list_on_a_phone(self):
        self.send("One", Reply("1"))
        self.tab.look(360, 640)
        self.click("#open-side")
        self.tab.picture(PICTURES / "list-360.png")
        self.assertEqual((self.tab.run(FOCUSED), self.tab.run("document.querySelector('main').inert")), ("One", True))
        self.tab.key("Escape", 27)
        self.assertEqual((self.tab.run(FOCUSED), self.tab.run("document.querySelector('main').inert")), ("open-side", False))
        self.click("#open-side")
        self.click("#new")
        self.assertEqual((self.tab.run(FOCUSED), self.text("title")), ("input", "New conversation"))

    def test_colours_as_chosen(self):
        self.click("#open-settings")
        self.tab.run("document.getElementById('theme').value = 'dark'")
        self.tab.run("document.getElementById('theme').dispatchEvent(new Event('change'))")
        self.assertEqual(self.tab.run("getComputedStyle(document.documentElement).backgroundColor"), "rgb(20, 24, 28)")
        self.reload()
        self.assertEqual(self.tab.run("document.documentElement.dataset.theme"), "dark")

    def test_memory_and_figures_are_the_server_s(self):
        self.assertEqual(self.text("ram-bytes"), f"{PLAN['ram_bytes']:,} bytes of RAM")
        self.click("#ram")
        rows = self.tab.run("[...document.querySelectorAll('#plan-rows tr')].map((row) => "
                            "[...row.cells].slice(0, 3).map((cell) => cell.textContent))")
        self.assertEqual(rows, [[s["name"], f"{s['offset']:,}", f"{s['bytes']:,}"] for s in PLAN["sections"]])
        legend = self.tab.run("[...document.querySelectorAll('#plan-legend li')].map((item) => item.textContent)")
        self.assertEqual(sum(int(re.search(r"[\d,]+$", item)[0].replace(",", "")) for item in legend), PLAN["ram_bytes"])
        keys = sum(s["bytes"] for s in PLAN["sections"] if s["name"] in ("hot keys", "hot values"))
        self.assertIn(f"keys and values of all later tokens: {keys:,}", legend)
        widths = self.tab.run("[...document.querySelectorAll('#plan-bar span')].map((part) => part.getBoundingClientRect().width)")
        self.assertAlmostEqual(max(widths) / sum(widths), keys / PLAN["ram_bytes"], delta=0.02)
        self.assertIn("4 conversations at once, of 512 tokens", self.text("plan-facts"))
        self.assertEqual(self.text("model"), "storyteller")
        self.tab.until("document.getElementById('metrics').textContent.includes('Tokens generated')")
        self.assertEqual(self.tab.run("[...document.querySelectorAll('#metrics tr')].map((row) => row.textContent)"),
                         ["Tokens generated0", 'Seats state="busy"1', 'Seats state="free"3'])

    def test_keyboard_alone(self):
        self.tab.until("document.activeElement.id === 'input'")
        self.send("Hello", Reply("Hi `x`.\n\n```\ncode\n```"))
        self.assertEqual(self.tab.run(FOCUSED), "input")
        order = []
        for _ in range(7):
            self.tab.key("Tab", 9, modifiers=SHIFT)
            order.append(self.tab.run(FOCUSED))
        self.assertEqual(order, ["Regenerate", "Copy", "code", "Copy", "Edit", "Copy", "messages"])
        for _ in range(7):
            self.tab.key("Tab", 9)
        self.tab.key("Tab", 9)
        self.assertEqual(self.tab.run(FOCUSED), "send")
        self.tab.key("O", 79, modifiers=CONTROL + SHIFT)
        self.assertEqual((self.text("title"), self.tab.run(FOCUSED)), ("New conversation", "input"))
        self.tab.key("L", 76, modifiers=CONTROL + SHIFT)
        self.tab.key("Tab", 9)
        self.enter()
        self.assertEqual(self.text("title"), "Hello")
        self.tab.key(",", 188, modifiers=CONTROL)
        self.tab.until("document.getElementById('settings').open")
        self.tab.key("Escape", 27)
        self.tab.until("!document.getElementById('settings').open")
        self.mock.will(Reply("Hi again."))
        self.type("for later")
        self.enter(CONTROL + SHIFT)
        self.until_shown("Hi again.")
        self.assertEqual((len(self.messages()), self.tab.run("document.getElementById('input').value")), (2, "for later"))

    def test_enter_and_lines(self):
        self.type("one")
        self.enter(SHIFT)
        self.tab.call("Input.insertText", text="two")
        self.mock.will(Reply("Yes."))
        self.enter()
        self.idle()
        self.assertEqual(self.mock.requests[0]["messages"][0]["content"], "one\ntwo")
        self.type("   ")
        self.enter()
        self.assertEqual(len(self.mock.requests), 1)

    def test_screen_reader_hears_sentences(self):
        self.tab.run("""window.heard = [];
          new MutationObserver((all) => all.forEach(({ addedNodes }) => addedNodes.forEach((node) => heard.push(node.textContent))))
            .observe(document.getElementById('announce'), { childList: true }); 0""")
        words = "The first sentence is **here**. The second one follows! And the third is not yet"
        self.send("Speak.", Reply(*re.findall(r"\S+\s*", words), ("wait", 3.2), " over."), wait=False)
        self.tab.until("heard.length === 1")
        self.assertEqual(self.tab.run("heard[0]"), "The first sentence is here . The second one follows!")
        self.idle()
        self.assertEqual(self.tab.run("heard"), ["The first sentence is here . The second one follows!",
                                                 "And the third is not yet over. End of the reply, 17 tokens."])
        live = ".message :is([aria-live], [role=log], [role=alert], [role=status])"
        self.assertEqual(self.tab.run(f"document.querySelectorAll('{live}').length"), 0)

    def test_stays_where_the_reader_is(self):
        self.send("Long.", Reply(*["A line of the reply.\n\n"] * 60, pause=0.03), wait=False)
        at = "document.getElementById('messages')"
        self.tab.until(f"{at}.scrollTop > 200")
        self.tab.run(f"{at}.scrollTop = 0")
        self.tab.until("!document.getElementById('to-end').hidden")
        self.idle()
        self.assertEqual(self.tab.run(f"{at}.scrollTop"), 0)
        self.click("#to-end")
        self.tab.until(f"{at}.scrollHeight - {at}.clientHeight - {at}.scrollTop < 2")

    def test_size(self):
        size = len(PAGE.encode())
        self.assertLess(size, 76_000)
        self.assertNotIn("http://", re.sub(r"xmlns='http://www.w3.org/2000/svg'", "", PAGE))
        self.assertNotRegex(PAGE, r"(?:src|href)=\"(?!data:)")
        self.assertNotIn("innerHTML", PAGE)
