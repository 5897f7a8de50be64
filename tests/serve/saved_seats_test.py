"""Conversations that lose their seat are kept in private files, and come back."""

import os
import signal
import stat
import unittest

from serve_support import BUNDLED, Server, support

LONG = ("Once upon a time there was a little girl who lived in a small house near the sea. One day she said to her mother: "
        "I want to see the big ships. ")
OTHER = "Tom had a red ball and a blue ball. He played with both of them in the garden until it was dark and cold. "


class SavedSeats(unittest.TestCase):
    def setUp(self):
        self.folder = support.path("seats-" + self.id().rsplit(".", 1)[-1])

    def server(self, *options):
        return Server(BUNDLED, "--seats", "1", "--context", "256", "--saved-seats", self.folder, *options)

    def files(self):
        return sorted(os.path.join(folder, name) for folder, _, names in os.walk(self.folder) for name in names
                      if name.endswith(".seat"))

    def ask(self, server, prompt):
        """The text, and how many tokens of the prompt were there already."""
        status, reply = server.post("/v1/completions", {"prompt": prompt, "max_tokens": 12, "temperature": 0.7, "seed": 3})
        self.assertEqual(status, 200)
        return reply["choices"][0]["text"], reply["usage"]["prompt_tokens_details"]["cached_tokens"]

    def test_a_conversation_comes_back_to_its_seat(self):
        with self.server() as server:
            first, _ = self.ask(server, LONG)
            self.ask(server, OTHER)  # takes the only seat
            again, cached = self.ask(server, LONG)
            self.assertEqual(again, first)
            self.assertGreater(cached, 20)

    def test_seats_are_there_after_a_stop(self):
        with self.server() as server:
            first, _ = self.ask(server, LONG)
            self.assertEqual(server.stop()[0], 0)
        self.assertEqual(len(self.files()), 1)
        for path in self.files():
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(self.folder).st_mode), 0o700)
        with self.server() as server:
            again, cached = self.ask(server, LONG)
            self.assertEqual(again, first)
            self.assertGreater(cached, 20)

    def test_foreign_files_are_no_seats(self):
        with self.server() as server:
            first, _ = self.ask(server, LONG)
            self.ask(server, OTHER)
            server.stop()
        folder = os.path.dirname(self.files()[0])
        os.mkfifo(os.path.join(folder, "70.seat"))
        with open(os.path.join(folder, "18446744073709551615.seat"), "wb") as file:
            file.write(b"not a seat")
        kept = [path for path in self.files() if os.path.getsize(path) > 100]
        with self.server() as server:
            # Another server has written another conversation under the name.
            with open(kept[-1], "rb") as file:
                other = file.read()
            with open(kept[0], "wb") as file:
                file.write(other)
            self.assertEqual(self.ask(server, LONG)[0], first)

    def test_a_killed_server_leaves_whole_files(self):
        with self.server() as server:
            first, _ = self.ask(server, LONG)
            for i in range(6):
                self.ask(server, OTHER if i % 2 == 0 else LONG)
            server.stop(signal.SIGKILL)
        with self.server() as server:
            self.assertEqual(self.ask(server, LONG)[0], first)

    def test_damaged_files_are_no_harm(self):
        with self.server() as server:
            first, _ = self.ask(server, LONG)
        [path] = self.files()
        whole = support.read(path)
        for damaged in (b"", whole[:40], whole[:-5], whole[:100] + b"\x00" * 8 + whole[108:],
                        whole[:-2000] + bytes(b ^ 1 for b in whole[-2000:-1990]) + whole[-1990:], b"x" * len(whole)):
            for old in self.files():
                os.remove(old)
            with open(path, "wb") as file:
                file.write(damaged)
            with self.server() as server:
                self.assertEqual(self.ask(server, LONG)[0], first)

    def test_the_folder_has_a_bound(self):
        def saved(*options):
            with self.server(*options) as server:
                for i in range(5):
                    self.ask(server, f"Story number {i}. " + (LONG if i % 2 else OTHER))
            return sum(os.path.getsize(path) for path in self.files())

        self.assertTrue(0 < saved("--saved-seats-size", "250K") <= 250 << 10)
        self.assertGreater(saved(), 250 << 10)

    def test_a_bound_below_one_conversation_is_refused(self):
        done = support.ringlet("serve", BUNDLED, "--port", "0", "--context", "256", "--saved-seats", self.folder,
                               "--saved-seats-size", "1")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, rb"--saved-seats-size: the snapshot of a conversation takes up to 245,704 bytes; "
                                      rb"give more than that \(default: 1G\)")

    def test_the_buffer_is_in_the_number(self):
        with self.server() as server, Server(BUNDLED, "--seats", "1", "--context", "256") as other:
            self.assertGreater(server.metric("ram_planned_bytes"), other.metric("ram_planned_bytes"))

    def test_a_folder_has_one_server(self):
        with self.server():
            done = support.ringlet("serve", BUNDLED, "--port", "0", "--seats", "1", "--context", "256", "--saved-seats", self.folder)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"another server saves its conversations here", done.stderr)
        self.server().stop()


if __name__ == "__main__":
    unittest.main()
