"""Code in a page that names its source occurs in that source."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# A comment before a block of code: <!-- from path/of/source.cpp -->
SNIPPET = re.compile(r"<!-- from (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)


def lines(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


class Snippets(unittest.TestCase):
    def test_each_is_in_its_source(self):
        found = 0
        for page in sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("[prt]*/**/*.md")):
            for name, code in SNIPPET.findall(page.read_text()):
                source = lines((ROOT / name).read_text())
                wanted = lines(code)
                places = [i for i in range(len(source)) if source[i:i + len(wanted)] == wanted]
                self.assertEqual(len(places), 1, f"{page.name}: not, or not once, in {name}:\n{code}")
                found += 1
        self.assertGreater(found, 0)


if __name__ == "__main__":
    unittest.main()
