"""The programs in ports/python/examples, with the installed package, give the results of `ringlet`."""

import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTHON = pathlib.Path(os.environ["RINGLET_WHEELS"]) / "venv/bin/python"
MODEL = ROOT / "tools/demo-model/storyteller.ringlet"


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode or done.stderr:
        raise AssertionError(done.stderr)
    return done.stdout


def example(name, *arguments):
    return run(PYTHON, "-B", ROOT / f"ports/python/examples/{name}.py", MODEL, *arguments)


def ringlet(*arguments):
    return run(os.environ["RINGLET_PROGRAM"], *arguments)


class Examples(unittest.TestCase):
    def test_all_are_tested(self):
        names = {path.stem for path in (ROOT / "ports/python/examples").iterdir()}
        self.assertEqual(names, {"story", "check", "answer", "snapshot", "logits"})

    def test_story(self):
        self.assertEqual(example("story", "Once upon a time", 60),
                         ringlet("run", MODEL, "-p", "Once upon a time", "--seed", 1, "-n", 60, "-c", 256, "--kv", "int8", "-q"))

    def test_check(self):
        total, largest, longest, digest, error = example("check").splitlines()
        self.assertEqual(digest, ringlet("digest", MODEL, "--kv", "int8").strip())
        self.assertGreater(int(total), 100_000)
        self.assertRegex(largest, r"^[a-z ]+: \d+$")
        self.assertGreater(int(longest), 0)
        self.assertTrue(error.endswith("context 512 would fit [context: 512]"), error)

    def test_answer(self):
        self.assertRegex(example("answer", "the old dog ran home"), r"^(bird|cat|dog) [01]\.\d{3}\n$")

    def test_snapshot(self):
        with tempfile.TemporaryDirectory() as folder:
            told = "".join(example("snapshot", f"{folder}/tale").rstrip("\n") for _ in range(2))
        expected = ringlet("run", MODEL, "-p", "Once upon a time", "--seed", 1, "-n", 100, "--ignore-eos", "-q").rstrip("\n")
        self.assertEqual(told.replace("\n", ""), expected.replace("\n", ""))

    def test_logits(self):
        with tempfile.TemporaryDirectory() as folder:
            text = pathlib.Path(folder) / "text"
            text.write_text("Once upon a time there was a cat.")
            value, _, count, _ = example("logits", text.read_text()).split()
            shown = ringlet("perplexity", MODEL, "-f", text)
        self.assertTrue(shown.startswith(f"perplexity {value}"), (value, shown))
        self.assertGreater(int(count), 8)


if __name__ == "__main__":
    unittest.main()
