"""tools/commands-model/makers/child.py: a program that answers lines, and each way in which it can fail."""

import json
import os
import sys
import unittest
from pathlib import Path

from fake_ringlet import FAULTS, ON

ROOT = Path(__file__).resolve().parents[2]
FAKE = str(Path(__file__).with_name("fake_ringlet.py"))
sys.path.insert(0, str(ROOT / "tools/commands-model/makers"))
from child import Child, Fault  # noqa: E402


class Children(unittest.TestCase):
    def child(self):
        child = Child([FAKE], timeout=2)
        self.addCleanup(child.stop)
        return child

    def test_a_child_answers_until_a_fault_and_again_after_it(self):
        child = self.child()
        for said, why in FAULTS.items():
            self.assertEqual(json.loads(child.ask("lamp on")["text"]), [ON])
            with self.assertRaises(Fault) as fault:
                child.ask(said)
            self.assertEqual(str(fault.exception), why)
            child.start()

    def test_a_child_that_does_not_start(self):
        for command, why in ((["/nowhere/ringlet"], "start: /nowhere/ringlet: No such file or directory"),
                             ([FAKE, "--lists", "/nowhere"], "exit 1: ringlet: /nowhere: does not exist")):
            with self.assertRaises(Fault) as fault:
                Child(command, timeout=10)
            self.assertEqual(str(fault.exception), why)

    @unittest.skipUnless(os.environ.get("RINGLET_PROGRAM"), "SKIPPED: RINGLET_PROGRAM does not name the program")
    def test_the_program_answers_as_the_child_expects(self):
        model = ROOT / "tools/demo-model/storyteller.ringlet"
        child = Child([os.environ["RINGLET_PROGRAM"], "run", model, "-p", "{}", "--choice", "on,off", "--each-line", "--json",
                       "-q"])
        self.addCleanup(child.stop)
        for _ in range(2):
            report = child.ask("Tom and Lily")
            self.assertIn(report["text"], ("on", "off"))
            self.assertLessEqual({"complete", "confidence", "allowed"}, set(report))


if __name__ == "__main__":
    unittest.main()
