"""ringlet chat: conversations through a pipe and on a terminal."""

import fcntl
import json
import os
import pty
import re
import select
import subprocess
import termios
import time
import unittest

from support import CHAT_TEMPLATE, CONVERT, PROGRAM, TestCase, byte_letters, environment, path, ringlet, write


def _chat_model(name="chat", template=CHAT_TEMPLATE):
    """Random weights, a tokenizer of bytes, and a chat template."""
    os.makedirs(path(name + "-source"), exist_ok=True)
    vocab = {letter: byte for byte, letter in byte_letters().items()}
    added = [{"id": 256 + i, "content": text, "special": True}
             for i, text in enumerate(("<|im_start|>", "<|im_end|>"))]
    tokenizer = {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False}, "added_tokens": added,
                 "model": {"type": "BPE", "vocab": vocab, "merges": []}}
    config = {"eos_token": "<|im_end|>", "chat_template": template}
    write(name + "-source/tokenizer.json", json.dumps(tokenizer).encode())
    write(name + "-source/tokenizer_config.json", json.dumps(config).encode())
    done = subprocess.run(CONVERT + ["--random", "llama:dim=32,layers=2,heads=4,kv_heads=2,ffn=48,vocab=258,context=512",
                                     "-o", path(name + ".ringlet"), "--tokenizer", path(name + "-source")],
                          capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    return path(name + ".ringlet"), done.stderr.decode()


MODEL, REPORT = _chat_model()
GREEDY = ("--temperature", "0", "-n", "6")


class Chat(TestCase):
    def chat(self, *lines, options=GREEDY):
        done = ringlet("chat", MODEL, *options, stdin="".join(line + "\n" for line in lines).encode())
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout, done.stderr.decode()

    def position(self, notes):
        return [int(number) for number in re.findall(r"position (\d+) of", notes)]

    def prefilled(self, notes):
        return [int(number) for number in re.findall(r"prefilled (\d+) tokens", notes)]

    def test_converter_says_what_it_found(self):
        self.assertIn("chat format of the ChatML kind", REPORT)
        _, report = _chat_model("odd", "{{ messages[0].content }}")
        self.assertIn("chat format left out: the source's template does not write every message", report)
        self.assertIn("has no chat format", self.fails(1, "chat", path("odd.ringlet"), stdin=b"Hi\n"))

    def test_reply_is_the_completion_of_the_rendered_template(self):
        reply, _ = self.chat("Hi")
        prompt = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
        run = self.succeeds("run", MODEL, "--special", "--no-echo", "-p", prompt, *GREEDY)
        self.assertEqual(reply, run)

    def test_each_turn_prefills_only_what_is_new(self):
        _, notes = self.chat("Hi", "/stats", "more", "/stats")
        first = 1 + 5 + 2 + 1 + 1 + 1 + 10  # <|im_start|> user\n Hi <|im_end|> \n <|im_start|> assistant\n
        second = 1 + 1 + 1 + 5 + 4 + 1 + 1 + 1 + 10
        self.assertEqual(self.prefilled(notes), [first, first + second])
        replies = [int(number) for number in re.findall(r"generated (\d+) tokens", notes)]
        self.assertEqual(self.position(notes), [first + replies[0], first + second + replies[1]])

    def test_what_a_user_types_is_never_a_control_token(self):
        _, plain = self.chat("xxxxxxxxxx", "/stats", options=("-n", "1"))
        _, marked = self.chat("<|im_end|>", "/stats", options=("-n", "1"))
        self.assertEqual(self.prefilled(plain), self.prefilled(marked))

    def test_system_message(self):
        told, notes = self.chat("Hi", "/stats", options=(*GREEDY, "--system", "Be kind."))
        plain = self.chat("Hi", "/stats")[1]
        self.assertEqual(self.prefilled(notes)[0] - self.prefilled(plain)[0], 1 + 7 + 8 + 1 + 1)
        self.assertNotEqual(told, self.chat("Hi")[0])

    def test_reset_begins_anew(self):
        replies, _ = self.chat("Hi", "/reset", "Hi")
        half = len(replies) // 2
        self.assertEqual(replies[:half], replies[half:])

    def test_a_conversation_can_be_kept(self):
        image = path("kept.image")
        whole, _ = self.chat("Hi", "more")
        first, notes = self.chat("Hi", "/save " + image)
        self.assertIn("Saved", notes)
        second, notes = self.chat("/load " + image, "more")
        self.assertIn("Going on at position", notes)
        self.assertEqual(first + second, whole)
        _, notes = self.chat("/load " + path("absent"), "Hi")
        self.assertIn("absent: does not exist", notes)

    def test_lines(self):
        joined, notes = self.chat("a\\", "b", "/stats")
        _, plain = self.chat("axb", "/stats")
        self.assertEqual(self.prefilled(notes), self.prefilled(plain))
        _, notes = self.chat("", "/nonsense", "/help", "/quit", "Hi")
        self.assertIn("'/nonsense' is no command", notes)
        self.assertIn("/reset", notes)
        _, notes = self.chat("x" * 3000, "/stats", options=("-n", "1", "--longest-word", "100"))
        self.assertIn("--longest-word N makes room", notes)
        self.assertEqual(self.position(notes), [0])


class OnTerminal(unittest.TestCase):
    def start(self, *options):
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(PROGRAM + ["chat", MODEL, "--temperature", "0", *options], stdin=theirs,
                                        stdout=theirs, stderr=theirs, env=environment(TERM="xterm"),
                                        start_new_session=True, preexec_fn=lambda: self.take_terminal(theirs))
        os.close(theirs)
        self.addCleanup(self.end)
        self.received = b""
        self.wait_for(b"> ")
        self.wait_for_editing()

    @staticmethod
    def take_terminal(terminal):
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.ours)

    def wait_for(self, text, seconds=60):
        until = time.monotonic() + seconds
        while text not in self.received:
            self.assertLess(time.monotonic(), until, self.received)
            if select.select([self.ours], [], [], 0.2)[0]:
                self.received += os.read(self.ours, 65536)

    def wait_for_editing(self, seconds=60):
        """The editor takes the terminal over just after it has shown its prompt; nobody types as fast as that."""
        until = time.monotonic() + seconds
        while termios.tcgetattr(self.ours)[3] & termios.ECHO:
            self.assertLess(time.monotonic(), until, "the terminal still echoes")
            time.sleep(0.01)

    def type(self, text):
        self.received = b""
        os.write(self.ours, text)

    def test_ctrl_c_stops_the_reply_and_not_the_program(self):
        self.start()
        self.type(b"Hi\r")
        time.sleep(0.5)
        self.type(b"\x03")
        self.wait_for(b"> ")
        self.type(b"/stats\r")
        self.wait_for(b"position")
        # Ctrl-D means the end to the editor; before it has the terminal again it would be the terminal's own.
        self.received = self.received.split(b"position", 1)[1]
        self.wait_for(b"> ")
        self.wait_for_editing()
        self.type(b"\x04")
        self.assertEqual(self.process.wait(60), 0)

    def test_ctrl_c_gives_up_the_line(self):
        self.start("-n", "2")
        self.type(b"half a line\x03")
        self.wait_for(b"/quit or Ctrl-D leaves")
        self.type(b"/stats\r")
        self.wait_for(b"position 0")
        self.type(b"/quit\r")
        self.assertEqual(self.process.wait(60), 0)

    def test_history_brings_a_line_back(self):
        self.start("-n", "2")
        self.type(b"/stats\r")
        self.wait_for(b"position 0")
        self.type(b"\x1b[A\r")  # the arrow up
        self.wait_for(b"position 0")
        self.type(b"/quit\r")
        self.assertEqual(self.process.wait(60), 0)


if __name__ == "__main__":
    unittest.main()
