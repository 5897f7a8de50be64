"""The pictures and the figures of the pages are those of the program and of the committed measurements.

Environment: RINGLET_PROGRAM, the program `ringlet`.
"""

import os
import pathlib
import re
import sys
import unittest
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURES = ROOT / "tools/pictures"
sys.path.insert(0, str(PICTURES))

import charts  # noqa: E402
import content  # noqa: E402
import curves  # noqa: E402
import terminal  # noqa: E402

PROGRAM = os.environ["RINGLET_PROGRAM"]
NAMES = ("demo.svg", "speed.svg", "memory.svg", "without_cache.svg", "kept.svg", "ring.svg", "rows.svg")
SVG = "{http://www.w3.org/2000/svg}"
LETTER = 6.2  # of the charts' font, on average
BOARD = [("Flash, library", 60 << 10), ("Flash, model", 800 << 10), ("RAM, all of it", 200 << 10)]


def sample_document(peer=True):
    """Made-up samples. Speeds are in simple proportions."""
    build = {"commit": "abc of 2026-01-02", "compiler": "c++ 1.2", "build_type": "Release", "flags": "-O3"}
    results = [{"shape": shape, "type": kind, "threads": threads, "build": "native" if peer else None,
                "ringlet": [{"speed": speed * threads, "isa": "avx2", "bandwidth": 0.5}],
                "llama.cpp": [{"speed": speed, "own": 30 << 20, "resident": 60 << 20}] if peer else [],
                "ringlet_memory": {"own": 3 << 20, "resident": 40 << 20}}
               for shape, speed in (("llama-15m", 1000), ("llama-1.1b", 10))
               for kind in ("int4", "int8") for threads in (1, 2)]
    return {"measured": "2026-01-02", "machine": "a processor", "options": {"tokens": 64, "repeats": 5, "kv": "f16"},
            "ringlet": build, "llama.cpp": {"native": build} if peer else {}, "results": results}


def text_document():
    """Made-up times: a millisecond for each token, and for each token before it without the cache."""
    return {"measured": "2026-01-02", "machine": "a processor", "ringlet": sample_document()["ringlet"], "model": "m.ringlet",
            "without_cache": {"tokens": 100, "threads": 1, "kv": "int8", "isa": "avx2", "prefill_chunk": 64,
                              "repetitions": 7, "ratio": 50.5, "best_token_seconds": {
                                  "cached": [0.001] * 100, "recomputed": [0.001 * token for token in range(1, 101)]}}}


def elements(picture, tag):
    return list(xml.etree.ElementTree.fromstring(picture).iter(SVG + tag))


def bars(picture, kind):
    """Lengths, without the box of the legend."""
    return [float(box.get("width")) for box in elements(picture, "rect") if box.get("class") == kind][1:]


class Files(unittest.TestCase):
    def test_what_is_committed_is_what_is_drawn(self):
        for path, text in content.files(PROGRAM).items():
            self.assertEqual(path.read_text(encoding="utf-8"), text,
                             f"{path.relative_to(ROOT)} is out of date: run tools/pictures/draw")

    def test_pictures_are_small_and_complete_in_themselves(self):
        for name in NAMES:
            text = (PICTURES / name).read_text(encoding="utf-8")
            self.assertLess(len(text), 16 << 10, name)
            self.assertIn("@media(prefers-color-scheme:dark)", text)
            tags = {element.tag for element in xml.etree.ElementTree.fromstring(text).iter()}
            known = ("svg", "title", "style", "rect", "line", "polyline", "text")
            self.assertLessEqual(tags, {SVG + tag for tag in known}, name)
            self.assertNotRegex(text, r"url\(|href|@import|@font-face")

    def test_every_class_has_a_colour(self):
        for name in NAMES:
            text = (PICTURES / name).read_text(encoding="utf-8")
            for kind in {word for element in xml.etree.ElementTree.fromstring(text).iter()
                         for word in element.get("class", "").split()}:
                self.assertEqual(text.count(f".{kind}{{"), 1 if kind == "bold" else 2, (name, kind))


class Terminal(unittest.TestCase):
    def test_every_word_that_the_program_prints_is_in_the_picture(self):
        printed = []
        for command in terminal.COMMANDS:
            printed += [terminal.PROMPT, command, terminal.ESCAPE.sub("", terminal.capture(command, PROGRAM))]
        shown = [text.text for text in elements((PICTURES / "demo.svg").read_text(encoding="utf-8"), "text")]
        self.assertEqual(" ".join(shown).split(), " ".join(printed).split())
        self.assertGreater(len(" ".join(shown).split()), 100)

    def test_lines_fit(self):
        for line in terminal.screen(PROGRAM):
            self.assertLessEqual(sum(len(text) for _, text in line), terminal.COLUMNS)

    def test_styles_and_wrapping(self):
        written = "\033[1mOnce\033[0m upon " + "x" * (terminal.COLUMNS - 12) + " a time"
        self.assertEqual(terminal.lines_of(terminal.styled(written)),
                         [[("bold", "Once"), ("plain", " upon " + "x" * (terminal.COLUMNS - 12) + " a")],
                          [("plain", "time")]])

    def test_a_command_that_fails_is_named(self):
        with self.assertRaisesRegex(RuntimeError, "ringlet nonsense failed"):
            terminal.capture("ringlet nonsense", PROGRAM)


class Charts(unittest.TestCase):
    def test_bars_are_in_proportion(self):
        picture = charts.speed(sample_document())
        ours, theirs = bars(picture, "ours"), bars(picture, "theirs")
        self.assertEqual((len(ours), len(theirs)), (8, 8))
        for mine, other, threads in zip(ours, theirs, (1, 2) * 4):
            self.assertAlmostEqual(mine / other, threads, delta=0.01)

    def test_axes_begin_at_zero(self):
        for picture, panels in ((charts.speed(sample_document()), 2), (charts.memory(sample_document(), BOARD), 3)):
            self.assertEqual([text.text for text in elements(picture, "text")].count("0"), panels)

    def test_who_when_and_with_what_is_on_the_picture(self):
        for picture in (charts.speed(sample_document()), charts.memory(sample_document(), BOARD)):
            words = " ".join(text.text for text in elements(picture, "text"))
            for expected in ("2026-01-02", "a processor", "avx2", "abc of 2026-01-02", "c++ 1.2", "-O3"):
                self.assertIn(expected, words)
            self.assertNotIn("PROVISIONAL", words)
        self.assertIn("PROVISIONAL: a try.", charts.speed({**sample_document(), "provisional": "a try"}))

    def test_without_a_peer_nothing_is_claimed_about_it(self):
        for picture in (charts.speed(sample_document(peer=False)), charts.memory(sample_document(peer=False), BOARD)):
            self.assertEqual(bars(picture, "theirs"), [])
            self.assertNotIn("llama.cpp", picture)
        self.assertNotIn("llama.cpp", content.summary(sample_document(peer=False)))

    def test_text_is_inside_the_picture(self):
        pictures = [charts.speed(sample_document()), charts.memory(sample_document(), BOARD)]
        pictures += [(PICTURES / name).read_text(encoding="utf-8") for name in NAMES[1:]]
        for picture in pictures:
            height = float(xml.etree.ElementTree.fromstring(picture).get("height"))
            for text in elements(picture, "text"):
                length = LETTER * len(text.text)
                left = float(text.get("x")) - {None: 0, "middle": length / 2, "end": length}[text.get("text-anchor")]
                self.assertGreaterEqual(left, 0, text.text)
                self.assertLessEqual(left + length, charts.WIDTH, text.text)
                self.assertLess(float(text.get("y")), height, text.text)

    def test_steps_of_an_axis(self):
        for largest, step in ((5493, 2000), (313, 100), (47.8, 10), (0.9, 0.2), (5, 1)):
            self.assertAlmostEqual(charts.nice_step(largest, 5), step)


class Curves(unittest.TestCase):
    def points(self, picture):
        return [[tuple(map(float, point.split(","))) for point in curve.get("points").split()]
                for curve in elements(picture, "polyline")]

    def test_curves_are_in_proportion(self):
        recomputed, cached, recomputed_so_far, cached_so_far = self.points(curves.without_cache(text_document()))
        bottom = curves.TOP + curves.PLOT_HEIGHT
        for (x, y), (other_x, other_y) in zip(recomputed, cached):
            token = round((x - curves.LEFT) / curves.PLOT_WIDTH * 100)
            self.assertEqual(x, other_x)
            self.assertAlmostEqual(bottom - y, token * (bottom - other_y), delta=0.06 * token)
        self.assertEqual(len(recomputed), 51)
        # 5.05 s of 6, and 0.1 s.
        self.assertAlmostEqual(bottom - recomputed_so_far[-1][1], curves.PLOT_HEIGHT * 5.05 / 6, delta=0.1)
        self.assertAlmostEqual(bottom - cached_so_far[-1][1], curves.PLOT_HEIGHT * 0.1 / 6, delta=0.1)

    def test_who_when_and_with_what_is_on_the_picture(self):
        words = " ".join(text.text for text in elements(curves.without_cache(text_document()), "text"))
        for expected in ("100 tokens", "50.5 times", "m.ringlet", "1 thread, kv int8, avx2, chunks of 64", "2026-01-02",
                         "a processor", "abc of 2026-01-02", "c++ 1.2", "Release", "the fastest of 7 repetitions"):
            self.assertIn(expected, words)

    def test_each_axis_begins_at_zero(self):
        zeros = [text for text in elements(curves.without_cache(text_document()), "text") if text.text == "0"]
        self.assertEqual(len(zeros), 4)


class Figures(unittest.TestCase):
    def test_summary(self):
        self.assertEqual(content.summary(sample_document()).split("\n"), [
            "Tokens per second on one thread with INT4 weights: 1,000 (llama.cpp 1,000) with 15 million parameters and "
            "10.0 (llama.cpp 10.0) with 1.1 billion parameters.",
            "Over these 8 cases Ringlet is 1.00 to 2.00 times as fast."])

    def test_the_price_of_int4_is_the_converter_s_table(self):
        table = (ROOT / "tools/convert/README.md").read_text(encoding="utf-8")
        readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
        plain, own = (re.search(rf"^\| stories3M, {name}[^|]*\| ([\d.]+) ±", table, re.MULTILINE)[1] for name in ("`none`", "`own`"))
        self.assertIn(f"rises by {plain} % (stories3M, 3 million parameters) with plain rounding, and by {own} % as", readme)


if __name__ == "__main__":
    unittest.main()
