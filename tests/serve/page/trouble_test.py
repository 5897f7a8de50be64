"""What goes wrong between the page and the server, and what the page says and does then."""

import json

from mock_server import Reply
from page_support import PageTest


class TroubleTest(PageTest):
    def problem(self):
        return self.tab.run("[...document.querySelectorAll('.note.problem')].at(-1)?.textContent ?? ''")

    def stored(self):
        """All that the browser keeps for this page."""
        return self.tab.run("""(async () => {
          const kept = { ...localStorage, ...sessionStorage };
          const open = indexedDB.open('ringlet-conversations');
          await new Promise((done) => { open.onsuccess = done; });
          const all = open.result.transaction('conversations').objectStore('conversations').getAll();
          await new Promise((done) => { all.onsuccess = done; });
          open.result.close();
          return JSON.stringify([kept, all.result, document.cookie]);
        })()""")

    def give_key(self, key):
        self.tab.run("document.getElementById('key').focus()")
        self.tab.call("Input.insertText", text=key)
        self.enter()

    def test_a_key_from_the_start(self):
        self.mock.key = "swordfish"
        self.load("Page.reload")
        self.tab.until("!document.getElementById('key-panel')?.hidden")
        self.assertEqual(self.text("key-words"), "This server asks for an API key.")
        self.tab.until("document.activeElement.id === 'key'")
        self.give_key("wrong")
        self.tab.until("document.getElementById('key-words').textContent === 'The server refuses this API key.'")
        self.give_key("swordfish")
        self.tab.until("document.getElementById('state').textContent === 'Ready'")
        self.assertTrue(self.tab.run("document.getElementById('key-panel').hidden"))
        self.send("Hello", Reply("Hi."))
        self.assertEqual((self.mock.heads[-1], self.messages()[1][1]), ("Bearer swordfish", "Hi."))
        self.assertNotIn("swordfish", self.stored())
        self.assertIn("Hello", self.stored())

    def test_a_key_in_between_answers_what_was_asked(self):
        self.mock.key = "later"
        self.send("Hello")
        self.tab.until("!document.getElementById('key-panel').hidden")
        self.mock.will(Reply("Hi."))
        self.give_key("later")
        self.until_shown("Hi.")
        self.idle()
        self.assertEqual(self.messages(), [["user", "Hello"], ["assistant", "Hi."]])

    def test_refusals(self):
        for status, said, words in ((413, "", "larger than the server accepts"),
                                    (422, "top_p: above 1", "The server says: top_p: above 1"),
                                    (400, "messages: empty", "The server says: messages: empty"),
                                    (429, "", "too many requests"),
                                    (503, "the model is being loaded", "the model is being loaded"),
                                    (500, "a <b>fault</b>", "HTTP status 500. The server says: a <b>fault</b>")):
            self.send("Hello", Reply(status=status, message=said))
            self.assertIn(words, self.problem())
        count = len(self.messages())
        self.mock.will(Reply("At last."))
        self.click(".regenerate")  # "Regenerate" replaces the reply that failed
        self.idle()
        self.assertEqual((len(self.messages()), self.messages()[-1][1], self.problem() == ""), (count, "At last.", False))
        self.assertTrue(all(message["content"] for message in self.mock.requests[-1]["messages"]))
        self.reload()
        self.assertEqual(self.tab.run("document.querySelectorAll('.note.problem').length"), 5)

    def test_busy_with_retry_after(self):
        busy = [Reply(status=503, message="4 requests wait", headers={"Retry-After": "1"}),
                Reply(status=429, headers={"Retry-After": "60"})]
        self.send("Hello", *busy, Reply("Now."), wait=False)
        self.until_shown("The server is busy: 4 requests wait. Next try in 1 s.")
        self.until_shown("too many requests. Next try in ")
        self.click(".now")
        self.idle()
        self.assertEqual((self.messages()[1][1], len(self.mock.requests), self.problem()), ("Now.", 3, ""))
        self.send("Again", Reply(status=503, headers={"Retry-After": "60"}), wait=False)
        self.until_shown("Next try in ")
        self.click("#stop")
        self.idle()
        self.assertEqual(self.notes()[-1], "Stopped.")
        self.send("Always", *[Reply(status=503, headers={"Retry-After": "1"}) for _ in range(5)])
        self.assertEqual(self.problem(), "All seats of the server are taken.")

    def test_restart_of_the_server(self):
        self.send("Hello", Reply("Begun, ", ("wait", 0.3), "cut"), wait=False)
        self.until_shown("Begun,")
        self.mock.stop()
        self.idle()
        self.assertEqual((self.messages()[1][1], self.problem()), ("Begun,", "The connection was lost, so the reply is incomplete."))
        self.tab.until("document.getElementById('state').textContent === 'Not reachable'")
        self.assertIn("keeps trying", self.text("banner"))
        self.send("Are you there?")
        self.assertEqual(self.problem(), "The server cannot be reached.")
        self.mock.model, self.mock.healthy = "another", False
        self.mock.start()
        self.tab.until("document.getElementById('state').textContent === 'Starting'")
        self.mock.healthy = True
        self.tab.until("document.getElementById('state').textContent === 'Ready'")
        self.assertEqual(self.text("banner"), "")
        self.mock.will(Reply("I am back."))
        self.click(".regenerate")
        self.idle()
        self.assertEqual((self.messages()[-1][1], self.mock.requests[-1]["model"]), ("I am back.", "another"))

    def test_streams_that_break(self):
        error = json.dumps({"error": {"message": "the context is full"}}).encode()
        for pieces, words in (((("raw", b"data: " + error + b"\n\n"),), "the context is full"),
                              ((("raw", b"data: {oops\n\n"),), "no event of a chat"),
                              (("half", "cut"), "incomplete")):
            self.send("Hello", Reply(*pieces))
            self.assertIn(words, self.problem())

    def test_without_storage(self):
        source = "Object.defineProperty(window, 'indexedDB', { value: { open() { throw new Error('storage is off'); } } });"
        for name in ("localStorage", "sessionStorage"):
            source += f"Object.defineProperty(window, '{name}', {{ get() {{ throw new DOMException('forbidden', 'SecurityError'); }} }});"
        self.tab.call("Page.addScriptToEvaluateOnNewDocument", source=source)
        self.reload()
        self.tab.until("document.getElementById('storage').textContent.endsWith('storage is off')")
        self.send("Hello", Reply("Hi."))
        self.assertEqual(self.messages()[1][1], "Hi.")
        self.click("#new")
        self.click("#list .name")
        self.assertEqual(self.messages()[1][1], "Hi.")

    def test_without_scripts(self):
        self.tab.call("Emulation.setScriptExecutionDisabled", value=True)
        self.load("Page.reload")
        self.tab.call("Emulation.setScriptExecutionDisabled", value=False)
        self.assertIn("needs JavaScript", self.tab.run("document.body.innerText"))
        self.assertTrue(self.tab.run("document.getElementById('app').hidden"))
