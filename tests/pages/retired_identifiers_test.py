"""Identifiers that were replaced do not come back."""

import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIST = ROOT / "tests/pages/retired_identifiers.txt"
KEEPS_THEM = {LIST, ROOT / "CHANGELOG.md", pathlib.Path(__file__).resolve()}


def sources():
    """The tracked files, or, in a copy without history, all that are not built."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True)
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    folders = (folder for folder in os.walk(ROOT) if not folder[0].startswith(str(ROOT / "build")))
    return [pathlib.Path(folder) / name for folder, _, names in folders for name in names]


class RetiredIdentifiers(unittest.TestCase):
    def test_none_occurs(self):
        retired = [line for line in LIST.read_text().splitlines() if line and not line.startswith("#")]
        self.assertGreater(len(retired), 50)
        self.assertEqual(len(retired), len(set(retired)))
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, retired))})(?!\w)")
        self.assertTrue(pattern.search("auto p = output_head(model);"))
        self.assertFalse(pattern.search("output_headers"))
        found, read = [], 0
        for path in sources():
            if path in KEEPS_THEM or not path.is_file():
                continue
            try:
                text = path.read_text()
            except UnicodeDecodeError:
                continue
            read += 1
            found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
        self.assertGreater(read, 500)
        self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main()
