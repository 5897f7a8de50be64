"""The installed package gives what the program `ringlet` gives.

Environment: RINGLET_WHEELS, whose folder `venv` has the package; RINGLET_PROGRAM and
RINGLET_GRAMMAR_PROGRAM.
"""

import gc
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
VENV = pathlib.Path(os.environ["RINGLET_WHEELS"]) / "venv"
if pathlib.Path(sys.prefix).resolve() != VENV.resolve():  # run by the interpreter that has the package
    os.execv(VENV / "bin/python", [str(VENV / "bin/python"), "-B", *sys.argv])

import ringlet  # noqa: E402

PROGRAM = os.environ["RINGLET_PROGRAM"]
MODEL = ROOT / "tools/demo-model/storyteller.ringlet"
PROMPT = "Once upon a time"
SCHEMA = ROOT / "ports/firmware/pet.json"
LISTS = json.loads((ROOT / "ports/firmware/pet_names.json").read_text())


def program(*arguments, stdin=None):
    done = subprocess.run([PROGRAM, *map(str, arguments)], input=stdin, capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout


class Stories(unittest.TestCase):
    def setUp(self):
        self.model = ringlet.Model(MODEL)

    def test_text_is_the_program_s(self):
        for options, flags in (({}, ()), ({"kv": "int4", "hot_window": 16, "context": 64}, ("--kv", "int4", "--hot-window", 16, "-c", 64)),
                               ({"threads": 3, "temperature": 0}, ("-t", 3, "--temp", 0))):
            told = PROMPT + "".join(self.model.session(seed=1, **options).generate(PROMPT, tokens=80, ignore_end=True))
            self.assertEqual(told + "\n", program("run", MODEL, "-p", PROMPT, "--seed", 1, "-n", 80, "--ignore-eos", *flags))

    def test_digest_plan_and_hash_are_the_program_s(self):
        for kv in ("f32", "f16", "int8", "int4"):
            self.assertEqual(f"{self.model.digest(kv=kv):016x}", program("digest", MODEL, "--kv", kv).strip())
        plan = self.model.plan(context=128, kv="int8", threads=2)
        shown = json.loads(program("plan", MODEL, "-c", 128, "--kv", "int8", "-t", 2, "--json"))
        self.assertIn(plan.total, shown.values())
        longest = self.model.longest_context(plan.total, kv="int8", threads=2)
        self.assertGreaterEqual(longest, 128)
        self.assertLessEqual(self.model.plan(context=longest, kv="int8", threads=2).total, plan.total)
        self.model.verify()

    def test_an_iterator_left_early_continues(self):
        whole = "".join(self.model.session(seed=2).generate(PROMPT, tokens=40))
        session = self.model.session(seed=2)
        first = []
        for text in session.generate(PROMPT, tokens=40):
            first.append(text)
            if len(first) == 10:
                break
        self.assertTrue(whole.startswith("".join(first)))
        rest = "".join(session.generate(tokens=40 - session.position))
        self.assertTrue(whole.startswith("".join(first) + rest))
        self.assertGreater(len(rest), 10)
        stale = session.generate(tokens=5)
        session.append_text(" and")
        with self.assertRaisesRegex(RuntimeError, "begun another text"):
            next(stale)
        with self.assertRaisesRegex(ValueError, "give it a prompt"):
            self.model.session().sample()

    def test_snapshot_is_a_file_of_the_program(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "session"
            session = self.model.session(seed=7)
            text = "".join(session.generate(PROMPT, tokens=20, ignore_end=True))
            snapshot = session.save()
            file.write_bytes(snapshot)
            rest = "".join(session.generate(tokens=30, ignore_end=True))
            self.assertEqual(program("run", MODEL, "--session", file, "-p", "", "-n", 30, "--ignore-eos", "-t", 1).strip(), rest.strip())
            again = self.model.session()
            again.restore(snapshot)
            self.assertEqual("".join(again.generate(tokens=30, ignore_end=True)), rest)
            self.assertGreater(len(text), 20)
            position = again.position
            damaged = bytearray(snapshot)
            damaged[len(damaged) // 2] ^= 1
            for bad in (b"", snapshot[:100], bytes(damaged)):
                with self.assertRaises(ringlet.RingletError):
                    again.restore(bad)
            self.assertEqual(again.position, position)

    def test_tokens_steps_and_logits(self):
        tokens = self.model.encode(PROMPT)
        self.assertEqual(self.model.decode(tokens), PROMPT)
        self.assertEqual(self.model.encode(""), [])
        long = PROMPT * 300  # many rooms of tokens
        self.assertEqual(self.model.decode(self.model.encode(long)), long)
        word = "a" * 5000  # longer than any word of a prompt
        self.assertEqual(self.model.decode(self.model.encode(word)), word)
        by_text, by_token = self.model.session(temperature=0), self.model.session(temperature=0)
        self.assertIsNone(by_token.logits)
        count = by_text.append_text(PROMPT)
        by_token.append(([self.model.bos] if count > len(tokens) else []) + tokens)
        self.assertEqual(by_text.logits.tolist(), by_token.logits.tolist())
        self.assertEqual(by_token.sample(), max(range(len(by_token.logits)), key=by_token.logits.tolist().__getitem__))
        self.assertTrue(by_token.logits.readonly)
        by_token.step(by_token.sample())
        self.assertEqual(by_token.position, count + 1)
        by_token.truncate(count)
        self.assertEqual(by_token.position, count)
        by_token.reset()
        self.assertEqual(by_token.position, 0)

    def test_state_is_one_bytearray(self):
        total = self.model.plan().total
        memory = bytearray(total + 63)
        session = self.model.session(memory=memory, seed=1)
        self.assertIs(session.memory, memory)
        session.append_text(PROMPT)
        logits = session.logits
        with self.assertRaises(BufferError):
            memory.extend(b"x")
        with self.assertRaisesRegex(ValueError, f"needs {total + 63} to hold {total}"):
            self.model.session(memory=bytearray(total - 1))
        values = logits.tolist()
        del session
        gc.collect()
        self.assertEqual(logits.tolist(), values)  # the view keeps the memory

    def test_model_from_bytes_and_without_its_name(self):
        model = ringlet.Model(MODEL.read_bytes())
        self.assertEqual((model.hash, model.architecture), (self.model.hash, self.model.architecture))
        session = model.session(seed=1)
        del model
        gc.collect()
        self.assertGreater(len("".join(session.generate(PROMPT, tokens=20))), 10)

    def test_progress_can_stop_a_prompt(self):
        session, seen = self.model.session(prefill_chunk=4), []
        count = session.append_text(PROMPT, progress=lambda done, total: seen.append((done, total)))
        self.assertEqual(seen[-1][0], count)

        def stop(done, total):
            raise KeyboardInterrupt

        session.reset()
        with self.assertRaises(KeyboardInterrupt):
            session.append([5] * 64, progress=stop)
        self.assertEqual(session.position, 4)

    def test_threads_of_python_take_turns(self):
        session = self.model.session(seed=1)
        session.append_text(PROMPT)
        before, errors = session.position, []

        def work():
            try:
                for _ in range(20):
                    session.append([7])
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((errors, session.position), ([], before + 80))

    def test_errors(self):
        with self.assertRaises(ringlet.RingletError) as caught:
            self.model.plan(context=4096)
        error = caught.exception
        self.assertEqual((error.code, error.where, error.setting, error.suggestion, error.needed, error.actual),
                         (ringlet.ErrorCode.INVALID_ARGUMENT, "allow_longer_context", "context", 512, 512, 4096))
        self.assertIn("storyteller.ringlet: allow_longer_context: ", str(error))
        for wrong, kind in (({"contxt": 3}, TypeError), ({"context": -1}, ValueError), ({"context": 2**32}, ValueError), ({"kv": "int5"}, ValueError),
                            ({"context": "8"}, TypeError), ({"seed": 1.5}, TypeError)):
            with self.assertRaises(kind, msg=wrong):
                self.model.session(**wrong)
        with self.assertRaises(FileNotFoundError):
            ringlet.Model("/nowhere")
        with self.assertRaisesRegex(ringlet.RingletError, "^model: "):
            ringlet.Model(MODEL.read_bytes()[:1000])
        session = self.model.session()
        for wrong in (-1, self.model.architecture.vocab_size, 1 << 32):
            for call in (lambda: session.append([1, wrong]), lambda: session.step(wrong)):
                with self.assertRaisesRegex(ValueError, "token: must be from 0 to"):
                    call()
        with self.assertRaises(ValueError):
            session.digest(-1)
        self.assertEqual(session.position, 0)


class Answers(unittest.TestCase):
    def setUp(self):
        self.model = ringlet.Model(MODEL)

    def asked(self, line, *flags):
        return json.loads(program("run", MODEL, "--each-line", "-", "--json", "--temp", 0, "-q", *flags, stdin=line + "\n"))

    def test_answer_is_the_program_s(self):
        grammar = ringlet.Grammar.from_json_schema(json.loads(SCHEMA.read_text()))
        self.assertEqual(grammar.lists, ["names"])
        line = "the old dog ran home"
        answer = self.model.session(temperature=0).answer(line, grammar, lists=LISTS)
        expected = self.asked(line, "--json-schema", SCHEMA, "--lists", ROOT / "ports/firmware/pet_names.json")
        self.assertEqual((answer.text, answer.complete), (expected["text"], expected["complete"]))
        self.assertIn(json.loads(answer.text)["name"], LISTS["names"])
        choice = self.model.session(temperature=0).answer(line, ringlet.Grammar.from_choices([" and", " but, or"]))
        expected = self.asked(line, "--choice", " and, but\\, or")
        self.assertEqual(choice.text, expected["text"])
        self.assertAlmostEqual(choice.confidence, expected["confidence"], delta=0.001)
        self.assertAlmostEqual(choice.allowed, expected["allowed"], delta=0.001)

    def test_compiled_grammar_is_the_program_s(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "grammar.rglg"
            source = ROOT / "ports/firmware/ending.gbnf"
            for made, arguments in ((ringlet.Grammar.from_json_schema(SCHEMA.read_text()), (SCHEMA, )),
                                    (ringlet.Grammar.from_gbnf(source.read_text()), (source, )),
                                    (ringlet.Grammar.from_regex("[a-c]+|x{2}"), ("--regex", "[a-c]+|x{2}"))):
                subprocess.run([os.environ["RINGLET_GRAMMAR_PROGRAM"], *map(str, arguments), "-o", file], check=True, capture_output=True)
                self.assertEqual(made.to_bytes(), file.read_bytes())
                self.assertEqual(ringlet.Grammar.load(file).to_bytes(), file.read_bytes())

    def test_cut_off_span_and_errors(self):
        session = self.model.session(temperature=0)
        grammar = ringlet.Grammar.from_json_schema({"type": "string", "minLength": 200})
        answer = session.answer(PROMPT, grammar, tokens=3)
        self.assertFalse(answer.complete)
        piece = ringlet.Grammar.from_json_schema({"type": "string", "x-ringlet-span": True})
        answer = session.answer(PROMPT, piece, span="one big red fox")
        self.assertIn(json.loads(answer.text), "one big red fox")
        position = session.position
        with self.assertRaisesRegex(ringlet.RingletError, "schema: "):
            ringlet.Grammar.from_json_schema({"type": "number", "multipleOf": 0.37})
        with self.assertRaises(ringlet.RingletError):
            ringlet.Grammar(b"no grammar")
        names = ringlet.Grammar.from_json_schema(SCHEMA.read_text())
        for lists in ({}, {"nobody": ["x"]}, {"names": ["bad\0word"]}):
            with self.assertRaises(ringlet.RingletError, msg=lists):
                session.answer(PROMPT, names, lists=lists)
        self.assertEqual(session.position, position)


class Fresh(unittest.TestCase):
    def test_a_program_with_a_running_session_ends(self):
        source = (f"import ringlet, sys\nsession = ringlet.Model({str(MODEL)!r}).session(threads=4)\n"
                  "text = session.generate('Once')\nnext(text)\nsys.exit(3)")
        done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (3, ""))


if __name__ == "__main__":
    unittest.main()
