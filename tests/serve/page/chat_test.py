"""A person chats: sends, stops, edits, and keeps several conversations."""

import json
import pathlib
import tempfile

from mock_server import Reply
from page_support import PageTest


class ChatTest(PageTest):
    def test_reply_streams(self):
        reply = Reply("One ", "two ", ("wait", 0.6), "three.")
        self.send("Count to three.", reply, wait=False)
        self.until_shown("One two")
        self.assertFalse(reply.over.is_set())
        self.assertTrue(self.tab.run("document.getElementById('send').hidden && !document.getElementById('stop').hidden"))
        self.idle()
        self.assertEqual(self.messages(), [["user", "Count to three."], ["assistant", "One two three."]])
        request = self.mock.requests[0]
        self.assertEqual(request, {"model": "storyteller", "messages": [{"role": "user", "content": "Count to three."}],
                                   "stream": True, "stream_options": {"include_usage": True}})
        self.assertRegex(self.tab.run("document.querySelector('.assistant .stats').textContent"),
                         r"^4 tokens · \d+\.\d tokens/s · first after \d\.\d\d s · prompt of 17$")
        self.assertEqual(self.text("title"), "Count to three.")

    def test_bytes_in_any_pieces(self):
        choice = {"index": 0, "delta": {"content": "Grüße, 世界 🦊"}, "finish_reason": None}
        event = "data: " + json.dumps({"choices": [choice]}, ensure_ascii=False)
        data = f": a comment\r\nid: 7\r\n{event}\r\n\r\n".encode()
        self.send("Greet.", Reply(*[("raw", bytes([byte])) for byte in data], "!"))
        self.assertEqual(self.messages()[1], ["assistant", "Grüße, 世界 🦊!"])

    def test_stop(self):
        for by_key in (False, True):
            reply = Reply(*["word "] * 200, pause=0.02)
            self.send("Go on and on.", reply, wait=False)
            self.tab.until("document.querySelector('#list-of-messages > :last-child .body').textContent.startsWith('word word')")
            if by_key:
                self.tab.key("Escape", 27)
            else:
                self.click("#stop")
            self.idle()
            self.assertTrue(reply.over.wait(10))
            self.assertTrue(reply.aborted)  # the server learns of it, and its seat is free
            self.assertLess(reply.sent, 200)
            self.assertEqual(self.notes()[-1], "Stopped.")
            self.assertIn("about", self.tab.run("[...document.querySelectorAll('.stats')].at(-1).textContent"))
        self.send("And now?", Reply("Now."))
        roles = [message["role"] for message in self.mock.requests[-1]["messages"]]
        self.assertEqual(roles, ["user", "assistant"] * 2 + ["user"])

    def test_reload_keeps_the_conversation(self):
        self.send("First.", Reply("One.", ("reasoning", "")))
        self.tab.run("document.getElementById('input').focus()")
        self.type("not sent yet")
        before = self.messages()
        self.reload()
        self.assertEqual(self.messages(), before)
        self.assertEqual(self.tab.run("document.getElementById('input').value"), "not sent yet")

    def test_reload_within_a_reply(self):
        self.send("Slowly.", Reply(*["word "] * 300, pause=0.02), wait=False)
        self.until_shown("word " * 8 + "word")
        self.tab.run("new Promise((done) => setTimeout(done, 1500))")
        self.reload()
        self.assertTrue(self.messages()[1][1].startswith("word word"))
        self.assertEqual(self.notes()[0], "This reply is incomplete: its page was closed, or another tab is writing it.")

    def test_regenerate_and_versions(self):
        self.send("A name?", Reply("Ada."))
        self.mock.will(Reply("Grace."))
        self.click(".regenerate")
        self.idle()
        self.assertEqual(self.messages()[1:], [["assistant", "Grace."]])
        self.assertEqual(self.mock.requests[1], self.mock.requests[0])
        self.send("Another?", Reply("Edsger."))
        self.click(".message:nth-child(2) .versions button", "‹")
        self.assertEqual(self.messages(), [["user", "A name?"], ["assistant", "Ada."]])
        self.assertEqual(self.tab.run("document.querySelector('.versions span').textContent"), "1 of 2")
        self.click(".versions button", "›")
        self.assertEqual([words for _, words in self.messages()], ["A name?", "Grace.", "Another?", "Edsger."])
        self.reload()
        self.assertEqual([words for _, words in self.messages()], ["A name?", "Grace.", "Another?", "Edsger."])

    def test_edit_branches(self):
        self.send("Cats?", Reply("Meow."))
        self.send("More.", Reply("Purr."))
        self.click(".message:first-child .edit")
        self.tab.run("document.activeElement.select()")
        self.tab.call("Input.insertText", text="Dogs?")
        self.mock.will(Reply("Woof."))
        self.enter(2)
        self.idle()
        self.assertEqual(self.messages(), [["user", "Dogs?"], ["assistant", "Woof."]])
        self.assertEqual(self.mock.requests[-1]["messages"], [{"role": "user", "content": "Dogs?"}])
        self.click(".message:first-child .versions button", "‹")
        self.assertEqual([words for _, words in self.messages()], ["Cats?", "Meow.", "More.", "Purr."])

    def test_escape_leaves_an_edit(self):
        self.send("Cats?", Reply("Meow."))
        self.tab.key("ArrowUp", 38)
        self.assertEqual(self.tab.run("document.activeElement.value"), "Cats?")
        self.tab.call("Input.insertText", text=" no")
        self.tab.key("Escape", 27)
        self.assertEqual(self.messages()[0], ["user", "Cats?"])
        self.assertEqual(self.tab.run("document.activeElement.textContent"), "Edit")

    def test_several_conversations_at_once(self):
        slow = Reply(*["slow "] * 40, pause=0.05)
        self.send("First question", slow, wait=False)
        self.until_shown("slow slow")
        self.click("#new")
        self.assertEqual((self.messages(), self.text("title")), ([], "New conversation"))
        self.send("Second question", Reply("Quick."))
        self.assertFalse(slow.over.is_set())
        self.assertEqual(self.messages()[1][1], "Quick.")
        self.assertTrue(slow.over.wait(20))
        self.click("#list .name", "First question")
        self.until_shown("slow")
        self.assertEqual(self.messages()[1][1], ("slow " * 40).strip())
        self.tab.call("Page.navigateToHistoryEntry", entryId=self.tab.call("Page.getNavigationHistory")["entries"][-2]["id"])
        self.tab.until("document.getElementById('title').textContent === 'Second question'")

    def test_rename_and_delete(self):
        self.send("One", Reply("1"))
        self.click("#new")
        self.send("Two", Reply("2"))
        self.click("#list button", "Rename")
        self.tab.call("Input.insertText", text="Numbers <b>")
        self.enter()
        self.assertEqual((self.titles(), self.text("title")), (["Numbers <b>", "One"], "Numbers <b>"))
        self.click("#list button", "Delete")
        self.assertEqual(len(self.titles()), 2)
        self.click("#list button", "Really delete?")
        self.tab.until("document.querySelectorAll('#list .name').length === 1")
        self.assertEqual((self.titles(), self.text("title")), (["One"], "One"))
        self.reload()
        self.assertEqual(self.titles(), ["One"])

    def test_another_tab(self):
        self.send("One", Reply("1"))
        other, self.tab = self.tab, self.new_tab()
        self.assertEqual(self.titles(), ["One"])
        self.send("Two", Reply("2"))
        self.tab = other
        self.tab.until("document.querySelectorAll('#list .name').length === 2")
        self.assertEqual(self.text("title"), "One")

    def test_export_and_import(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ringlet-page-"))
        self.tab.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        self.send("Keep me", Reply("Kept.", ("reasoning", "why")))
        self.mock.will(Reply("Kept again."))
        self.click(".regenerate")
        self.idle()
        self.click("#export")
        path = folder / "ringlet-conversations.json"
        for _ in range(100):
            if path.exists():
                break
            self.tab.run("new Promise((done) => setTimeout(done, 50))")
        file = json.loads(path.read_text())
        self.assertEqual([node["content"] for node in file["conversations"][0]["nodes"]], ["Keep me", "Kept.", "Kept again."])
        self.tab.give("#import-file", path)
        self.tab.until("document.querySelectorAll('#list .name').length === 2")
        for change, words in (({"format": "other"}, "no conversations of this page"), ({"version": 2}, "version 2"),
                              ({"conversations": [{"nodes": [{"parent": 0, "role": "user", "content": "a circle"}]}]}, "message 1")):
            path.write_text(json.dumps({**file, **change}))
            self.tab.give("#import-file", path)
            self.tab.until(f"document.getElementById('import-result').textContent.includes({json.dumps(words)})")
        self.assertEqual(len(self.titles()), 2)
        self.reload()
        self.click("#list .name")
        self.assertEqual(self.messages(), [["user", "Keep me"], ["assistant", "Kept again."]])

    def test_settings_are_sent_and_kept(self):
        self.click("#open-settings")
        self.type("Answer in rhyme.", "system")
        sampling = {"temperature": 0.7, "top_p": 0.9, "top_k": 40, "min_p": 0.05, "seed": 42, "max_tokens": 64}
        for name, value in sampling.items():
            self.type(str(value), name)
        self.click("#settings .close")
        self.send("Hello", Reply("Hi."))
        request = self.mock.requests[0]
        self.assertEqual({name: request[name] for name in sampling}, sampling)
        self.assertEqual(request["messages"][0], {"role": "system", "content": "Answer in rhyme."})
        self.reload()
        self.click("#open-settings")
        self.assertEqual(self.tab.run("document.getElementById('seed').value"), "42")
        self.tab.run("document.getElementById('top_p').value = ''")
        self.type("1.5", "top_p")
        self.assertIn("Top p", self.text("settings-problem"))
        self.click("#defaults")
        self.click("#settings .close")
        self.send("Again", Reply("Hi."))
        self.assertEqual(set(self.mock.requests[-1]), {"model", "messages", "stream", "stream_options"})

    def test_reasoning_is_apart(self):
        self.send("Think.", Reply(("reasoning", "Let me "), ("reasoning", "see."), "Done."))
        self.assertEqual(self.messages()[1][1], "Done.")
        self.assertEqual(self.tab.run("document.querySelector('.reasoning').open"), False)
        self.assertEqual(self.tab.run("document.querySelector('.reasoned').textContent"), "Let me see.")
        self.send("On.", Reply("Yes."))
        self.assertEqual(self.mock.requests[1]["messages"][1],
                         {"role": "assistant", "content": "Done.", "reasoning_content": "Let me see."})

    def test_tools_and_limits(self):
        self.send("Lights!", Reply(("tool", "light_on"), end="tool_calls"))
        self.assertEqual(self.notes()[-1], "The model asked for a tool. This page has none.")
        self.send("Long.", Reply("And then", end="length"))
        self.assertEqual(self.notes()[-1], "The reply was cut off at the limit of tokens.")
