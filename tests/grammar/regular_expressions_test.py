"""Regular expressions, compared with Python's: the same texts match, as a whole and as a search."""

import json
import random
import re
import unittest

from grammar_oracle import Oracle

PATTERNS = [
    "a", "a*", "a+b?", "(a|b)*abb", "^a", "a$", "^a$", "^$", "^", "$", "(^a|b$)", "(^|a)b", "a(b|$)", "^a|b$",
    "(a|ab)(c|bcd)(d*)", "a{3}", "a{2,4}", "a{2,}", "(ab){1,3}c", "a{0}b", "[abc]", "[^abc]", "[a-c]+x", "[^a-y]",
    "[]a]".replace("[]", "[\\]"), "[a\\-c]", "[-a]", "[a-]", "\\d+", "\\D", "\\w+\\W", "\\s\\S", "[\\d\\s]x", "[^\\w]",
    ".", "..", "a.c", "^.{3}$", "a*?b", "a+?", "a??b", "(?:a|b)c", "x|", "|x", "()", "(a*)*", "(a|a)*", "(a|aa)+$",
    "(a*b*)*c", "((a{1,2}){1,2}){1,2}", "\\.", "\\/", "\\$\\^", "\\(a\\)", "\\u0061", "\\x61", "é", "[à-ü]+", "日本",
    "[\\u65e5-\\u672c]", "^[a-z]{2,5}[0-9]?$", "^(?:[a-c]x?)+\\d$", "😀+", "[😀-😃]", "\\t", "\\[\\]", "a|b|ab|abc",
    "^(a(b(c)?)?)?$", "(a|b|c|d){2}x", "a^", "$a", "^^a$$", "(a^b|c)", "\\u00e9|x", "[^]".replace("[^]", "[^a]"),
    "^\\d{1,3}(\\.\\d{1,3}){3}$", "^[A-Z]{2}-[0-9]{4}$", "b.*a", ".*a.*b.*",
]
ALPHABETS = ["ab", "abc", "abcdx", "aé日😀b", "0a_ \t.\n\u2028", "ab0.-AZ", "$^()[]/"]


LINE_ENDS = "\\n\\r\\u2028\\u2029"
SPACES = "\\t\\v\\f \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000\\ufeff" + LINE_ENDS


def as_python(pattern):
    """What ECMA-262 means, as Python writes it: other line ends, other white space, and no line feed after $."""
    result, in_class, i = "", False, 0
    while i < len(pattern):
        part = pattern[i:i + 2] if pattern[i] == "\\" else pattern[i]
        i += len(part)
        if part == "[":
            in_class = True
        elif part == "]":
            in_class = False
        elif part == "\\s":
            part = SPACES if in_class else "[" + SPACES + "]"
        elif part == "\\S":
            part = "[^" + SPACES + "]"
        elif part == "." and not in_class:
            part = "[^" + LINE_ENDS + "]"
        elif part == "$" and not in_class:
            part = "\\Z"
        result += part
    return re.compile(result, re.ASCII)


def random_text(rng):
    return "".join(rng.choice(rng.choice(ALPHABETS)) for _ in range(rng.randrange(8)))


def random_pattern(rng, depth=3):
    kind = rng.randrange(7 if depth else 3)
    if kind < 2:
        return rng.choice("abcé")
    if kind == 2:
        return rng.choice(["[ab]", "[^a]", ".", "\\d", "[b-c]", "^", "$"])
    inner = random_pattern(rng, depth - 1)
    if kind == 3:
        return inner + random_pattern(rng, depth - 1)
    if kind == 4:
        return "(" + inner + "|" + random_pattern(rng, depth - 1) + ")"
    if kind == 5:
        return "(" + inner + ")" + rng.choice(["*", "+", "?", "{2}", "{1,3}", "{0,2}"])
    return "(?:" + inner + ")" + random_pattern(rng, depth - 1)


class RegularExpressions(unittest.TestCase):
    def setUp(self):
        self.oracle = Oracle()
        self.rng = random.Random(1)
        self.compared = 0

    def tearDown(self):
        self.oracle.close()
        print(f"{self.compared} texts compared")

    def compare(self, pattern, texts):
        expression = as_python(pattern)
        whole = self.oracle.ask(pattern, kind="regex", texts=texts, samples=20)
        schema = {"type": "string", "pattern": pattern}
        quoted = [json.dumps(text, ensure_ascii=False) for text in texts]
        search = self.oracle.ask(schema, texts=quoted, samples=20)
        for answer, match in ((whole, expression.fullmatch), (search, expression.search)):
            if "refused" in answer:
                self.assertIn("no text satisfies it", answer["refused"], pattern)
                answer = {"accepted": [False] * len(texts), "samples": []}
            for text, accepted in zip(texts, answer["accepted"]):
                self.assertEqual(accepted, match(text) is not None, (pattern, text, match))
                self.compared += 1
            for sample in answer["samples"]:
                text = sample if match == expression.fullmatch else json.loads(sample)
                self.assertIsNotNone(match(text), (pattern, text))

    def test_listed(self):
        for pattern in PATTERNS:
            with self.subTest(pattern):
                self.compare(pattern, [random_text(self.rng) for _ in range(300)] + [""])

    def test_random(self):
        for _ in range(400):
            pattern = random_pattern(self.rng)
            self.compare(pattern, [random_text(self.rng) for _ in range(60)] + [""])

    def test_refused_by_name(self):
        for pattern, reason in {
            "(?=a)b": "look-ahead is not supported", "(?!a)": "look-ahead is not supported",
            "(?<=a)b": "look-behind is not supported", "(?<!a)b": "look-behind is not supported",
            "(a)\\1": "references to groups are not supported", "\\k<a>": "references to groups are not supported",
            "\\bword\\b": "borders of words are not supported", "\\p{L}": "properties of Unicode",
            "a**": "a repetition follows a repetition", "*a": "nothing before this to repeat", "(a": "')' is missing",
            "a)": "')' without '('", "[a": "']' is missing", "[z-a]": "ends before it begins", "\\u12": "4 hexadecimal",
            "\\uD83D": "not a character", "a{3,2}": "below its least", "a{99999}": "above the limit of 65535",
            "\\q": "unknown escape", "(?i)a": "this kind of group is not supported", "^*": "cannot be repeated",
            "a{": "a number is missing", "[\\d-z]": "a range needs a character at each end",
        }.items():
            answer = self.oracle.ask({"type": "string", "pattern": pattern})
            self.assertIn(reason, answer.get("refused", "accepted"), pattern)
            self.assertIn("source: #/pattern: the expression, column ", answer["refused"])


if __name__ == "__main__":
    unittest.main()
