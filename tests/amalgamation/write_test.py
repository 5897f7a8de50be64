"""Writes the tree that the other tests look at, and compares what is in it with CMake's build."""
import json
import os
import pathlib
import re
import shutil
import unittest

from release_tree import ROOT, TREE, run


class Write(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(TREE, ignore_errors=True)
        run(ROOT / "tools/amalgamate", TREE)

    def test_every_source_of_the_library_is_in_it(self):
        text = (TREE / "ringlet.cpp").read_text()
        assembly = "".join(path.read_text() for path in TREE.glob("*.S"))
        commands = json.loads(pathlib.Path(os.environ["RINGLET_COMPILE_COMMANDS"]).read_text())
        runtime = str(ROOT / "runtime") + "/"
        built = {command["file"].removeprefix(runtime) for command in commands if command["file"].startswith(runtime)}
        self.assertGreater(len(built), 100)
        here = re.findall(r"^// ---- (.*)$", text + assembly, re.M)
        self.assertEqual(built - set(here), set())
        # And those of other processors.
        others = {str(path.relative_to(ROOT / "runtime")) for path in (ROOT / "runtime").glob("kernels/*/*.[cS]*")}
        self.assertEqual({name for name in others if name.endswith((".cpp", ".S"))} - set(here), set())
        self.assertEqual(len(here), len(set(here)))

    def test_it_needs_nothing_but_the_compiler_s_headers(self):
        for path in (*TREE.glob("*.cpp"), *TREE.glob("*.S"), *TREE.glob("ringlet/*")):
            # FlatBuffers would ask absl for what the standard library lacked before C++17.
            allowed = {"ringlet/ringlet.h", "ringlet/ringlet.hpp", "ringlet/needs C++20", "absl/strings/string_view.h"}
            included = set(re.findall(r'^\s*#\s*include\s*"([^"]*)"', path.read_text(), re.M))
            self.assertLessEqual(included, allowed, path)

    def test_no_path_or_date_makes_two_trees_differ(self):
        other = TREE.with_name("tree-again")
        shutil.rmtree(other, ignore_errors=True)
        run(ROOT / "tools/amalgamate", other)
        for path in filter(lambda path: path.is_file(), TREE.rglob("*")):
            self.assertEqual(path.read_bytes(), (other / path.relative_to(TREE)).read_bytes(), path)
        shutil.rmtree(other)

    def test_licences_are_there(self):
        self.assertIn("Apache License", (TREE / "LICENSE").read_text())
        self.assertIn("Copyright 2014-2021 Google Inc.", (TREE / "NOTICE").read_text())
        self.assertIn("Copyright 2021 Google Inc. All rights reserved.", (TREE / "ringlet.cpp").read_text())

    def test_a_folder_with_files_is_left_alone(self):
        with self.assertRaisesRegex(AssertionError, "is not empty"):
            run(ROOT / "tools/amalgamate", TREE)


if __name__ == "__main__":
    unittest.main()
