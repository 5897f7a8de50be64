"""Scores of the commands' model: intervals, files of scores, and the table of its page."""
import hashlib
import json
import pathlib
import sys
import tempfile
import unittest

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tools/commands-model"
sys.path.insert(0, str(FOLDER))
from scores import Scores, interval, table  # noqa: E402

MODEL, SCORES = FOLDER / "commands.ringlet", FOLDER / "scores.json"


class ScoresTest(unittest.TestCase):
    def test_intervals_are_wilson_s(self):
        self.assertEqual(interval(50, 100), "50.0 % (40.4 to 59.6)")
        self.assertEqual(interval(0, 10), "0.0 % (0.0 to 27.8)")
        self.assertEqual(interval(10, 10), "100.0 % (72.2 to 100.0)")
        self.assertEqual(interval(0, 0), "-")

    def test_a_file_keeps_the_rows_of_its_model_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            model, path = pathlib.Path(folder, "model"), pathlib.Path(folder, "scores.json")
            model.write_bytes(b"one")
            for rows in ([("a", 1, 2), ("b", 1, 3)], [("b", 2, 3), ("c", 1, 4)]):
                scores = Scores()
                for row in rows:
                    scores.add(*row)
                scores.save(path, model)
            saved = json.loads(path.read_text())
            self.assertEqual(saved["rows"], [["a", 1, 2], ["b", 2, 3], ["c", 1, 4]])
            model.write_bytes(b"two")
            scores.save(path, model)
            self.assertEqual(json.loads(path.read_text())["rows"], [["b", 2, 3], ["c", 1, 4]])

    @unittest.skipUnless(MODEL.exists(), "SKIPPED: there is no commands.ringlet")
    def test_the_page_has_the_scores_of_this_model(self):
        saved = json.loads(SCORES.read_text(encoding="utf-8"))
        self.assertEqual(saved["model"], hashlib.sha256(MODEL.read_bytes()).hexdigest())
        self.assertIn(table(saved["rows"]), (FOLDER / "README.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
