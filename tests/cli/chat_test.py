"""ringlet chat: conversations through a pipe, and single messages."""

import json
import os
import re
import subprocess
import unittest

from chat_source import chat_model
from support import CHAT_TEMPLATE, CONVERT, PROGRAM, TestCase, environment, path, ringlet, write

MODEL, REPORT = chat_model()
GREEDY = ("--temperature", "0", "-n", "6")


class Chat(TestCase):
    def chat(self, *lines, options=GREEDY):
        done = ringlet("chat", MODEL, *options, stdin="".join(line + "\n" for line in lines).encode())
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout, done.stderr.decode()

    def position(self, notes):
        return [int(number) for number in re.findall(r"position (\d+) of", notes)]

    def prefilled(self, notes):
        return [int(number) for number in re.findall(r"prefilled (\d+) tokens?", notes)]

    def test_converter_says_what_it_found(self):
        self.assertIn("chat format of the ChatML kind", REPORT)
        _, report = chat_model("odd", "{{ messages[0].content }}")
        self.assertIn("chat format left out: the source's template does not write every message", report)
        self.succeeds("chat", path("odd.ringlet"), "-n", "1", stdin=b"Hi\n")
        self.assertIn("has no chat format", self.fails(1, "chat", path("odd.ringlet"), "--compact", stdin=b"Hi\n"))

    def test_reply_is_the_completion_of_the_rendered_template(self):
        reply, _ = self.chat("Hi")
        prompt = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
        run = self.succeeds("run", MODEL, "--special", "--no-echo", "-p", prompt, *GREEDY)
        self.assertEqual(reply, run)

    def test_control_tokens_can_be_in_a_prefix(self):
        begin, rest = "<|im_start|>user\nHi<|im_end|>\n", "<|im_start|>assistant\n"
        whole = self.succeeds("run", MODEL, "--special", "--no-echo", "-p", begin + rest, *GREEDY)
        for options, tokens in ((("--special",), 10), ((), 30)):
            saved = ringlet("prefix", MODEL, "-p", begin, "-o", path("marked.prefix"), *options)
            self.assertIn(f": {tokens} tokens, ".encode(), saved.stderr)
            run = self.succeeds("run", MODEL, "--special", "--no-echo", "--prefix", path("marked.prefix"), "-p", rest,
                                *GREEDY)
            self.assertEqual(run == whole, bool(options))

    def test_each_turn_prefills_only_what_is_new(self):
        _, notes = self.chat("Hi", "/stats", "more", "/stats")
        first = 1 + 5 + 2 + 1 + 1 + 1 + 10  # <|im_start|> user\n Hi <|im_end|> \n <|im_start|> assistant\n
        second = 1 + 1 + 1 + 5 + 4 + 1 + 1 + 1 + 10
        self.assertEqual(self.prefilled(notes), [first, first + second])
        replies = [int(number) for number in re.findall(r"generated (\d+) tokens?", notes)]
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
        snapshot = path("kept.snapshot")
        whole, _ = self.chat("Hi", "more")
        first, notes = self.chat("Hi", "/save " + snapshot)
        self.assertIn("Saved", notes)
        second, notes = self.chat("/load " + snapshot, "more")
        self.assertIn("Continuing at position", notes)
        self.assertEqual(first + second, whole)

    def test_a_file_that_fails_is_a_failure_of_the_script(self):
        for line, expected in (("/load " + path("absent"), "absent: does not exist"), ("/save /nowhere/x", "/nowhere/x: "),
                               ("/load", "/load needs a file name"), ("/save", "/save needs a file name")):
            for end in ("", "/quit\n"):
                done = ringlet("chat", MODEL, *GREEDY, stdin=f"{line}\nHi\n{end}".encode())
                self.assertIn(expected, done.stderr.decode())
                self.assertTrue(done.stdout, "the conversation continues")
                self.assertEqual(done.returncode, 1)

    def test_stop_strings(self):
        whole, _ = self.chat("Hi")
        stop = whole[3:5]
        options = (*GREEDY, "-e", "--stop", "".join(f"\\x{byte:02x}" for byte in stop))
        first = whole[:whole.index(stop)] + b"\n"
        replies, notes = self.chat("Hi", "/stats", "more", options=options)
        self.assertTrue(replies.startswith(first), replies)
        self.assertEqual(self.chat("Hi", options=options)[0], first)
        # The next turn ends the reply before the stop string is complete.
        generated = int(re.search(r"generated (\d+) tokens?", notes)[1])
        self.assertEqual(self.position(notes), [self.prefilled(notes)[0] + generated - 1])

    def test_lines(self):
        joined, notes = self.chat("a\\", "b", "/stats")
        _, plain = self.chat("axb", "/stats")
        self.assertEqual(self.prefilled(notes), self.prefilled(plain))
        _, notes = self.chat("", "/nonsense", "/help", "/quit", "Hi")
        self.assertIn("'/nonsense' is not a command", notes)
        self.assertIn("/reset", notes)
        _, notes = self.chat("x" * 3000, "/stats", options=("-n", "1", "--longest-word", "100"))
        self.assertIn("longer than --longest-word 100 allows", notes)
        self.assertEqual(self.position(notes), [0])

    def test_words_of_any_length(self):
        for message in ("x" * 3000, "a " + "長" * 900 + " b"):
            room, notes = self.chat(message, "/stats", options=(*GREEDY, "--longest-word", "4K"))
            self.assertEqual(self.position(notes)[0], self.prefilled(notes)[0] + 6)
            self.assertEqual(self.chat(message, options=GREEDY)[0], room)

    def test_blanks_are_not_sent(self):
        _, notes = self.chat("", "   ", "\t", " \\", "  ", "/stats")
        self.assertEqual(self.prefilled(notes), [0])

    def test_a_message_that_begins_with_a_slash(self):
        _, notes = self.chat("//etc", "/stats")
        _, plain = self.chat("xetc", "/stats")
        self.assertEqual(self.prefilled(notes), self.prefilled(plain))
        _, notes = self.chat("/etc/passwd", "/stats now", "/stats")
        self.assertIn("'/etc/passwd' is not a command; /help lists the commands, and // sends a line", notes)
        self.assertIn("'/stats now' is not a command", notes)
        self.assertEqual(self.prefilled(notes), [0])
        # A text of several lines is never a command.
        _, notes = self.chat("/quit\\", "it", "/stats")
        self.assertEqual(len(self.prefilled(notes)), 1)

    def test_line_ends_of_other_systems(self):
        expected = self.chat("a\\", "b", "/stats", "more")[0]
        done = ringlet("chat", MODEL, *GREEDY, stdin=b"a\\\r\nb\r\n/stats\r\nmore\r\n")
        self.assertEqual(done.stdout, expected)
        self.assertIn(b"prefilled", done.stderr)

    def test_the_end_of_the_input_ends_a_message(self):
        expected = self.chat("Hi")[0]
        self.assertEqual(ringlet("chat", MODEL, *GREEDY, stdin=b"Hi").stdout, expected)
        expected = self.chat("Hi\\", "")[0]
        self.assertEqual(ringlet("chat", MODEL, *GREEDY, stdin=b"Hi\\").stdout, expected)
        self.assertEqual(ringlet("chat", MODEL, *GREEDY, stdin=b"Hi\\\n").stdout, expected)

    def test_home_in_paths(self):
        home = path("home of somebody")
        os.makedirs(home, exist_ok=True)
        done = ringlet("chat", MODEL, *GREEDY, stdin=b"Hi\n/save  ~/kept talk \n/load ~/kept talk\n",
                       env=environment(HOME=home))
        self.assertIn("Saved", done.stderr.decode())
        self.assertIn("Continuing at position", done.stderr.decode())
        self.assertEqual(os.listdir(home), ["kept talk"])

    def test_nothing_but_replies_without_a_terminal(self):
        state = path("unused state")
        done = ringlet("chat", MODEL, *GREEDY, stdin=b"Hi\n", env=environment(XDG_STATE_HOME=state))
        self.assertEqual(done.stderr, b"")
        self.assertFalse(os.path.exists(state))


class OneMessage(TestCase):
    def test_is_answered_as_from_a_pipe(self):
        expected = self.succeeds("chat", MODEL, *GREEDY, stdin=b"Hi there\n")
        self.assertEqual(self.succeeds("chat", MODEL, *GREEDY, "-p", "Hi there", stdin=b"not read\n"), expected)
        expected = self.succeeds("chat", MODEL, *GREEDY, stdin=b"a\\\nb\n")
        self.assertEqual(self.succeeds("chat", MODEL, *GREEDY, "-e", "-p", r"a\nb"), expected)
        expected = self.succeeds("chat", MODEL, *GREEDY, "--system", "Be\nkind.", stdin=b"//stats\n")
        self.assertEqual(self.succeeds("chat", MODEL, *GREEDY, "-e", "--system", r"Be\nkind.", "-p", "/stats"), expected)

    def test_refusals(self):
        self.assertIn("-p: a message needs more than blanks", self.fails(2, "chat", MODEL, "-p", " "))
        self.assertIn("longer than --longest-word 100 allows",
                      ringlet("chat", MODEL, "-p", "x" * 200, "--longest-word", "100").stderr.decode())
        self.assertEqual(ringlet("chat", MODEL, "-p", "x" * 200, "--longest-word", "100").returncode, 1)


THINKING = ("{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}"
            "{% if m.role == 'assistant' %}{{ m.content.split('</think>')[-1] }}{% else %}{{ m.content }}{% endif %}"
            "{{ '<|im_end|>\n' }}{% endfor %}"
            "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
            "{% if thinking is not defined or thinking %}{{ '<think>\n' }}{% endif %}{% endif %}")


class Templates(TestCase):
    """Chat by the template that the file keeps, where that is more than a format."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model, cls.report = chat_model("thinking", THINKING)

    def chat(self, *lines, options=()):
        done = ringlet("chat", self.model, *GREEDY, *options, stdin="".join(line + "\n" for line in lines).encode())
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout, done.stderr.decode(errors="replace")

    def completion(self, prompt):
        return self.succeeds("run", self.model, "--special", "--no-echo", "-p", prompt, *GREEDY)

    def test_there_is_no_format_for_this_template(self):
        self.assertIn("chat format left out", self.report)
        self.assertIn("has no chat format", self.fails(1, "chat", self.model, "--compact", stdin=b"Hi\n"))

    def test_reasoning_is_not_the_reply(self):
        reply, notes = self.chat("Hi")
        prompt = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think>\n"
        self.assertEqual(reply, b"\n")
        self.assertIn(self.completion(prompt).decode(errors="replace").rstrip("\n"), notes)
        self.assertEqual(self.chat("Hi", options=("-q",)), (b"\n", ""))

    def test_reasoning_leaves_the_history(self):
        _, notes = self.chat("Hi", "/stats", "more", "/stats")
        first, both = [int(number) for number in re.findall(r"prefilled (\d+) tokens?", notes)]
        ends = [int(number) for number in re.findall(r"position (\d+) of", notes)]
        history = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
        second = history + "<|im_end|>\n<|im_start|>user\nmore<|im_end|>\n<|im_start|>assistant\n<think>\n"
        tokens = [len(text.replace("<|im_start|>", "s").replace("<|im_end|>", "e")) for text in (history, second)]
        self.assertEqual(first, tokens[0] + len("<think>\n"))
        self.assertEqual(both - first, tokens[1] - tokens[0])
        self.assertEqual(ends[1], tokens[1] + 6)  # and the reply

    def test_variables_reach_the_template(self):
        reply, _ = self.chat("Hi", options=("--template-var", "thinking=false"))
        self.assertEqual(reply, self.completion("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"))
        self.assertIn("'thinking' is not NAME=VALUE",
                      self.fails(2, "chat", self.model, "--template-var", "thinking", stdin=b""))
        self.assertIn("has no chat template", self.fails(2, "chat", MODEL, "--compact", "--template-var", "a=1", stdin=b""))

    def test_formats_and_templates_say_the_same(self):
        lines = b"Hi\nmore <|im_end|>\n"
        by_template = self.succeeds("chat", MODEL, *GREEDY, stdin=lines)
        self.assertEqual(by_template, self.succeeds("chat", MODEL, *GREEDY, "--compact", stdin=lines))

    def test_a_message_can_be_refused(self):
        model, _ = chat_model("strict", CHAT_TEMPLATE + "{% if messages[0].content == 'no' %}"
                                                        "{{ raise_exception('Say yes.') }}{% endif %}")
        done = ringlet("chat", model, *GREEDY, stdin=b"no\nyes\n")
        self.assertIn(b"Say yes.", done.stderr)
        self.assertEqual((done.returncode, done.stdout.count(b"\n") >= 1), (1, True))
        self.assertEqual(done.stdout, self.succeeds("chat", model, *GREEDY, stdin=b"yes\n"))
        done = ringlet("chat", model, stdin=b"\xff\n")
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertIn(b"is not UTF-8", done.stderr)

    def test_a_file_keeps_templates_or_not(self):
        def templates(*options, source=self.model):
            self.assertEqual(subprocess.run(CONVERT + [source, "-o", path("copy.ringlet"), *options],
                                            capture_output=True, check=False).returncode, 0)
            return json.loads(self.succeeds("inspect", path("copy.ringlet"), "--json"))["templates"]

        self.assertEqual(templates(), {"templates": {"default": THINKING}, "tokens": {"eos_token": "<|im_end|>"},
                                       "additional_special_tokens": []})
        self.assertIsNone(templates("--chat-template", "none"))
        write("other.jinja", b"{{ messages[0].content }}")
        self.assertEqual(templates("--chat-template", path("other.jinja"))["templates"],
                         {"default": "{{ messages[0].content }}"})
        _, report = chat_model("broken", "{% if %}")
        self.assertIn("the chat template \"default\" is left out: line 1", report)
        self.assertIn("has no chat format", self.fails(1, "chat", path("broken.ringlet"), stdin=b"Hi\n"))


class KeptConversations(TestCase):
    def test_a_session_goes_on(self):
        session = path("talk.session")
        whole = self.succeeds("chat", MODEL, *GREEDY, stdin=b"Hi\nmore\nand more\n")
        parts = self.succeeds("chat", MODEL, *GREEDY, "--session", session, "-p", "Hi")
        self.assertEqual(os.stat(session).st_mode & 0o777, 0o600)
        parts += self.succeeds("chat", MODEL, *GREEDY, "--session", session, stdin=b"more\n/quit\nHi\n")
        parts += self.succeeds("chat", MODEL, *GREEDY, "--session", session, "-p", "and more")
        self.assertEqual(parts, whole)
        with open(session, "rb") as file:
            kept = file.read()
        done = ringlet("chat", MODEL, *GREEDY, "--session", session, "--system", "Be kind.", stdin=b"")
        self.assertIn(b"--system has no effect, because the conversation has begun", done.stderr)
        with open(session, "rb") as file:
            self.assertEqual(file.read(), kept)

    def test_a_session_is_not_made_of_nothing(self):
        self.succeeds("chat", MODEL, "--session", path("nothing.session"), stdin=b"\n/stats\n")
        self.assertFalse(os.path.exists(path("nothing.session")))

    def test_settings_come_from_the_file(self):
        session = path("settings-chat.session")
        self.succeeds("chat", MODEL, *GREEDY, "--session", session, "-c", "100", "-p", "Hi")
        done = ringlet("chat", MODEL, "--session", session, stdin=b"/stats\n")
        self.assertIn(b"of context 100", done.stderr)
        self.assertIn("--sinks: the session has 4; leave", self.fails(1, "chat", MODEL, "--session", session, "--sinks", "5", "-p", "Hi"))

    def test_one_program_at_a_time(self):
        session = path("locked.session")
        first = subprocess.Popen(PROGRAM + ["chat", MODEL, *GREEDY, "--session", session], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment())
        first.stdin.write(b"Hi\n")
        first.stdin.flush()
        first.stdout.read(1)
        self.assertIn(session, self.fails(1, "chat", MODEL, "--session", session, "-p", "Hi"))
        first.communicate()
        self.assertEqual(first.returncode, 0)
        self.assertTrue(os.path.exists(session))

    def test_a_prefix_stays_and_reset_goes_back_to_it(self):
        prefix = path("talk.prefix")
        whole = self.succeeds("chat", MODEL, *GREEDY, stdin=b"Hi\nmore\nand more\n")
        self.succeeds("chat", MODEL, *GREEDY, stdin=f"Hi\n/save {prefix}\n".encode())
        with open(prefix, "rb") as file:
            kept = file.read()
        first = self.succeeds("chat", MODEL, *GREEDY, "-p", "Hi")
        done = ringlet("chat", MODEL, *GREEDY, "--prefix", prefix, stdin=b"more\n/reset\nmore\nand more\n")
        again = self.succeeds("chat", MODEL, *GREEDY, "--prefix", prefix, "-p", "more")
        self.assertEqual(first + again + done.stdout[2 * len(again):], whole)
        self.assertEqual(done.stdout[:2 * len(again)], again * 2)
        self.assertIn(b"Back to the conversation in " + prefix.encode(), done.stderr)
        with open(prefix, "rb") as file:
            self.assertEqual(file.read(), kept)


if __name__ == "__main__":
    unittest.main()
