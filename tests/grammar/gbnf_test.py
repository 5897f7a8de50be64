"""GBNF, compared with a recognizer of its own that tries everything, on the texts of each grammar and on changes of
them. RINGLET_TEST_DATA/grammars can hold more grammars, for example llama.cpp's."""

import os
import pathlib
import random
import re
import unittest

from grammar_oracle import Oracle

GRAMMARS = {
    "choice": 'root ::= "yes" | "no" | "maybe"',
    "lines": 'root ::= line{1,}\nline ::= "* " [^\\n\\u2028]+ "\\n"',
    "sums": 'root ::= sum ("=" gap number)? gap\nsum ::= number ([-+*/] gap number)*\n'
            'number ::= [0-9]+ gap | "(" gap sum ")" gap | name\nname ::= [a-z] [a-z0-9_]* gap\ngap ::= [ \\t]*',
    "values": 'root ::= gap any\nany ::= ( map | list | text | count | "on" | "off" ) gap\n'
              'map ::= "{" gap ( pair ( ";" gap pair )* )? "}"\npair ::= text gap "=" gap any\n'
              'list ::=\n  "[" gap (\n    any\n    ("," gap any)*\n  )? "]"\n'
              'text ::= ["] ( [^"\\\\\\x00-\\x1F\\x7F] | "\\\\" ( [nt"\\\\] | "x" [0-9a-f]{2} ) )* ["]\n'
              'count ::= [-]? ( "0" | [1-9] [0-9]{0,5} ) ( "." [0-9]{1,3} )?\ngap ::= | " " | "\\n" " "{0,4}',
    "times": 'root ::= time (", " time)+ "."  # at least two\ntime ::= (day " ")? hour ":" [0-5] [0-9] half?\n'
             'hour ::= [01]? [0-9] | "2" [0-3]\nday ::= [MTWFS] [a-z]{2} | "today"\nhalf ::= " "? [ap] "m"',
    "letters": 'root ::= word+ ([ \\t\\n] word+)*\nword ::= greek | cyrillic | sign | han\ngreek ::= [Α-Ωα-ω]\n'
               'cyrillic ::= [а-я]\nsign ::= [·–—]\nhan ::= [一-龠]',
    "counts": 'root ::= ("ab" | "a"){2,3} x{2} y{1,}  z{0,2}\nx ::= "x" | "xx"\ny ::= [yY]\nz ::= "z" {2}',
    "empty": 'root ::= "" | ("a" | ) "b"? ( # nothing\n ) c\nc ::=\n  "c" |\n  "d"',
    "escapes": 'root ::= "\\t\\n\\r\\\\\\"\\[\\]" [\\]\\-a-c\\u00e9] [^\\U0001F600] .',
    "loops": 'root ::= (("a"* "b"*)* "c")* "d"\n',
    "right": 'root ::= item | item "," root\nitem ::= "a" | "b" item',
    "factors": 'root ::= a | b\na ::= "(" a ")" | "x"\nb ::= "(" b "]" | "x" "y"',
    "pairs": 'root ::= "(" root ")" root | "[" root "]" root | ""',
    "dashes": 'root ::= my-rule my_rule Rule3\nmy-rule ::= "-"\nmy_rule ::= "_"\nRule3 ::= "3"+',
}


class Recognizer:
    """Finds all ends of a rule from each place of a text. It knows nothing of the compiler."""

    def __init__(self, source):
        self.source, self.at, self.rules = source, 0, {}
        self.space(True)
        while self.at < len(source):
            name = self.match(r"[A-Za-z0-9_-]+")
            self.space(False)
            assert self.match("::=") == "::="
            self.space(True)
            self.rules[name] = self.choice(False)
            self.space(True)

    def match(self, pattern):
        found = re.compile(pattern).match(self.source, self.at)
        if not found:
            return None
        self.at = found.end()
        return found.group()

    def space(self, lines):
        self.match(r"([ \t\r\n]|#[^\n]*)*" if lines else r"([ \t]|#[^\n]*)*")

    def choice(self, nested):
        choices = [self.sequence(nested)]
        while self.match(r"\|"):
            self.space(True)
            choices.append(self.sequence(nested))
        return ("choice", choices)

    def sequence(self, nested):
        parts = []
        while (part := self.part()) is not None:
            self.space(nested)
            while (repeat := self.match(r"[*+?]|\{[^}]*\}")) is not None:
                numbers = re.findall(r"\d+", repeat)
                least, most = {"*": (0, 99), "+": (1, 99), "?": (0, 1)}.get(repeat) or (
                    int(numbers[0]), int(numbers[-1]) if not repeat.endswith(",}") else 99)
                part = ("repeat", part, least, most)
                self.space(nested)
            parts.append(part)
        return ("sequence", parts)

    def part(self):
        if self.match(r"\("):
            self.space(True)
            inner = self.choice(True)
            assert self.match(r"\)")
            return inner
        if (name := self.match(r"[A-Za-z0-9_-]+")) is not None:
            return ("rule", name)
        if (literal := self.match(r'"(\\.|[^"\\])*"')) is not None:
            return ("sequence", [("set", [(c, c)], False) for c in self.characters(literal[1:-1])])
        if (ranges := self.match(r"\[(\\.|[^\]\\])*\]")) is not None:
            return self.ranges(ranges[1:-1])
        return ("set", [], True) if self.match(r"\.") else None

    @staticmethod
    def characters(text):
        found = re.findall(r"\\x(..)|\\u(....)|\\U(.{8})|\\(.)|([^\\])", text, re.DOTALL)
        escapes = {"n": "\n", "t": "\t", "r": "\r"}
        return [chr(int(x or u or w, 16)) if x or u or w else escapes.get(e, e) if e else c for x, u, w, e, c in found]

    def ranges(self, text):
        negated = text.startswith("^")
        # An escaped dash is a character; put another in its place while ranges are found.
        marked = [c for c in self.characters(re.sub(r"\\-", "\\\\uFFF0", text[negated:]))]
        ranges, i = [], 0
        while i < len(marked):
            is_range = i + 2 < len(marked) and marked[i + 1] == "-"
            ends = (marked[i], marked[i + 2 if is_range else i])
            ranges.append(tuple(end.replace("\uFFF0", "-") for end in ends))
            i += 3 if is_range else 1
        return ("set", ranges, negated)

    def accepts(self, text):
        self.text, self.known = text, {}
        return len(text) in self.ends(("rule", "root"), 0)

    def ends(self, node, at):
        key = (id(node) if node[0] != "rule" else node[1], at)
        if key not in self.known:
            self.known[key] = self.find(node, at)
        return self.known[key]

    def find(self, node, at):
        if node[0] == "rule":
            return self.ends(self.rules[node[1]], at)
        if node[0] == "choice":
            return set().union(*(self.ends(part, at) for part in node[1]))
        if node[0] == "set":
            inside = at < len(self.text) and any(a <= self.text[at] <= b for a, b in node[1]) != node[2]
            return {at + 1} if inside and at < len(self.text) else set()
        places = {at}
        if node[0] == "sequence":
            for part in node[1]:
                places = set().union(*(self.ends(part, place) for place in places)) if places else places
            return places
        found = set(places) if node[2] == 0 else set()
        for count in range(1, node[3] + 1):
            places = set().union(*(self.ends(node[1], place) for place in places)) if places else set()
            if not places - found and count > node[2]:
                break
            if count >= node[2]:
                found |= places
        return found


def changed(rng, text):
    letters = list(text)
    for _ in range(rng.randrange(1, 3)):
        at = rng.randrange(len(letters) + 1)
        kind = rng.randrange(3)
        if kind == 0:
            letters.insert(at, rng.choice(letters) if letters else "a")
        elif letters and kind == 1:
            letters.pop(min(at, len(letters) - 1))
        elif letters:
            letters[min(at, len(letters) - 1)] = rng.choice(letters)
    return "".join(letters)


class Gbnf(unittest.TestCase):
    def setUp(self):
        self.oracle = Oracle()
        self.rng = random.Random(1)

    def tearDown(self):
        self.oracle.close()

    def compare(self, name, source, count):
        recognizer = Recognizer(source)
        made = self.oracle.ask(source, kind="gbnf", samples=count, length=25)
        self.assertIn("samples", made, name)
        for text in made["samples"]:
            self.assertTrue(recognizer.accepts(text), (name, text))
        # No change can nest deeper than a text has brackets, so depth does not matter.
        texts = [changed(self.rng, text) for text in made["samples"] if len(text) < 60] + [""]
        accepted = self.oracle.ask(source, kind="gbnf", texts=texts, depth=12)["accepted"]
        for text, is_accepted in zip(texts, accepted):
            self.assertEqual(is_accepted, recognizer.accepts(text), (name, text))
        print(f"  {name}: {made['states']} states, {sum(accepted)} of {len(texts)} changed texts accepted")

    def test_grammars(self):
        for name, source in GRAMMARS.items():
            self.compare(name, source, 200)

    def test_collected(self):
        folder = pathlib.Path(os.environ.get("RINGLET_TEST_DATA") or "/nonexistent") / "grammars"
        if not folder.is_dir():
            print("SKIPPED: RINGLET_TEST_DATA has no folder grammars")
            self.skipTest("no grammars")
        for file in sorted(folder.glob("*.gbnf")):
            answer = self.oracle.ask(file.read_text(), kind="gbnf", samples=1)
            if "refused" in answer:
                self.assertIn("too large", answer["refused"], file)
                print(f"  {file.name}: {answer['refused']}")
            else:
                self.compare(file.name, file.read_text(), 100)

    def test_refused_by_name(self):
        for source, reason in {
            'start ::= "a"': "there is no rule 'root'", "root ::= missing": "the rule 'missing' is not defined",
            'root ::= "a"\nroot ::= "b"': "line 2, column 1: the rule 'root' is defined a second time",
            "root ::= <think>": "tokens are not supported", "root ::= !<[12]> .": "tokens are not supported",
            'root ::= "a': "is not closed", "root ::= [a": "is not closed", 'root ::= ("a"': "')' is missing",
            "root = a": "'::=' is missing", "root ::= *": "nothing before this to repeat",
            "root ::= \"\\q\"": "unknown escape",
            'root ::= "a"{2': "'}' is missing", 'root ::= "a"{3,2}': "below its least", "root ::= [b-a]": "ends before it begins",
            'root ::= "a" )': "cannot stand here", "root ::= [\\ud800]": "not a character", "": "there is no rule 'root'",
        }.items():
            self.assertIn(reason, self.oracle.ask(source, kind="gbnf").get("refused", "accepted"), source)


if __name__ == "__main__":
    unittest.main()
