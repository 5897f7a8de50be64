"""tools/commands-model/makers/recogniser_text.py: what recognisers write, in the form that the model reads."""

import re
import subprocess
import sys
import unittest
from pathlib import Path

MODEL = Path(__file__).resolve().parents[2] / "tools/commands-model"
PROGRAM = MODEL / "makers/recogniser_text.py"
sys.path[:0] = [str(MODEL), str(PROGRAM.parent)]
import form  # noqa: E402
from recogniser_text import after, plain  # noqa: E402

WHISPER = (  # whisper.cpp, faster-whisper: capitals, punctuation, digits, signs
    (" Turn on the kitchen lights.", "turn on the kitchen lights"),
    (" Turn off the lamp. And close the blinds!", "turn off the lamp, and close the blinds"),
    (" Dim the desk lamp to 30%.", "dim the desk lamp to 30 percent"),
    (" Set the temperature to 21.5 degrees.", "set the temperature to 21.5 degrees"),
    (" Set it to 21.5°C, please.", "set it to 21.5 degrees, please"),
    (" 72 °F in the bedroom.", "72 degrees in the bedroom"),
    (" Minus 5? No, -5 degrees.", "minus 5, no, minus 5 degrees"),
    (" Wake me up at 7:30 p.m. tomorrow.", "wake me up at 7:30 pm tomorrow"),
    (" Wake me up at 7.30pm.", "wake me up at 7:30 pm"),
    (" Set a 10-minute timer.", "set a 10 minute timer"),
    (" What\u2019s the weather in St. Louis?", "what's the weather in st louis"),
    (" Add 1,500 grams of flour & salt to the list.", "add 1500 grams of flour and salt to the list"),
    (" Turn the T.V. off; lights, too...", "turn the tv off, lights, too"),
    (" Turn on the... the lamp \u2014 the desk lamp.", "turn on the the lamp, the desk lamp"),
    (" - Put 2½ hours on the timer.", "put 2 and a half hours on the timer"),
    (' Say "dinner\'s ready" to everyone.', "say dinner's ready to everyone"),
    (" Put 'em back on, 'cause it's dark.", "put 'em back on, 'cause it's dark"),
    (" Say 'hello' in the kids' room.", "say hello in the kids' room"),
    ("[00:00:00.000 --> 00:00:03.480]   Lights off.", "lights off"),
    ("\x1b[2K\r Lights on.", "lights on"),
    (" [BLANK_AUDIO]", ""), (" (upbeat music)", ""), (" *sighs*", ""), (" \u266a La la \u266a", ""), (" .", ""),
    ("### Transcription 0 START | t0 = 0 ms | t1 = 4000 ms", ""), ("[Start speaking]", ""),
    (" Caf\u00e9 lights and Stra\u00dfe gate on.", "cafe lights and strasse gate on"),
    (" The Wi-Fi plug - on!", "the wi-fi plug, on"), (" 20-30%, well-", "20 30 percent, well"))
OTHERS = (
    ("turn on the kitchen lights", "turn on the kitchen lights"),                      # Vosk: words alone
    ("set it to twenty one and a half degrees", "set it to twenty one and a half degrees"),
    ("turn on the [unk]", "turn on the"), ("<unk> lights", "lights"),
    ("Turn on the Kitchen Lights", "turn on the kitchen lights"),                      # Speech-to-Phrase: names as in the home
    ("Turn off the lights, and then lock the door.", "turn off the lights, and then lock the door"),  # Moonshine
    ("", ""), ("\n", ""))


class Text(unittest.TestCase):
    def test_of_recognisers(self):
        for written, read in WHISPER + OTHERS:
            self.assertEqual(plain(written), read, repr(written))

    def test_of_the_page(self):
        page = (PROGRAM.parent / "README.md").read_text()
        rows = page[page.index("| written | read |"):].partition("\n\n")[0].splitlines()[2:]
        for row in rows:
            written, read = row.strip("| ").split(" | ")
            for text in re.findall(r"`([^`]*)`", written):
                self.assertEqual(plain(text), read.strip("`").replace("no line", ""), text)
        self.assertEqual(len(rows), 5)

    def test_a_plain_text_stays_as_it_is(self):
        for written, _ in WHISPER + OTHERS:
            self.assertEqual(plain(plain(written)), plain(written), repr(written))

    def test_what_voices_say_stays_as_it_is(self):
        """The sentences of the training are in this form; a few voices write otherwise."""
        lines = [line for path in sorted((MODEL / "voices").glob("*.txt")) for line in form.read(path)]
        texts = [form.SLOT.sub("lamp", line.text) for line in lines]
        changed = [text for text in texts if plain(text) != text]
        self.assertGreater(len(texts), 5000)
        self.assertLess(len(changed), len(texts) / 100, changed[:20])

    def test_nothing_is_left_that_the_model_does_not_read(self):
        text = plain("".join(map(chr, range(1, 0x2500))) + " x.y:z_ 1.5 7:30")
        self.assertRegex(text, r"^[\w', .:-]*$")
        self.assertNotRegex(text, r"[A-Z_\n\u00e4]|(?<!\d)[.:]|[.:](?!\d)|(?<!\w)'(?!\w)|  | ,|,,|^ | $")

    def test_what_follows_a_wake_word(self):
        for said, rest in (("Hey House, lights on.", "lights on"), ("Um, hey house. Stop.", "stop"), ("Hey house.", ""),
                           ("They house two.", ""), ("Lights on.", ""), ("Hey house, hey house.", "hey house")):
            self.assertEqual(after("Hey house", plain(said)), rest, said)


class Filter(unittest.TestCase):
    def run_filter(self, text, *options):
        done = subprocess.run([sys.executable, "-B", PROGRAM, *options], input=text, capture_output=True, check=True)
        return done.stdout.decode().splitlines()

    def test_lines_without_words_are_left_out(self):
        self.assertEqual(self.run_filter(" Lights on.\n [BLANK_AUDIO]\n\n Lights off.".encode()), ["lights on", "lights off"])

    def test_bytes_that_are_no_utf_8_are_left_out(self):
        self.assertEqual(self.run_filter(b"Lights \xff on.\n"), ["lights on"])

    def test_only_what_follows_the_wake_word(self):
        self.assertEqual(self.run_filter(b"Hey house lights on.\nNice day.\n", "--after", "Hey House"), ["lights on"])

    def test_each_line_comes_at_once(self):
        with subprocess.Popen([sys.executable, "-B", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            for said in (b"One.\n", b"Two.\n"):
                process.stdin.write(said)
                process.stdin.flush()
                self.assertTrue(re.match(rb"(one|two)\n", process.stdout.readline()))
            process.stdin.close()


if __name__ == "__main__":
    unittest.main()
