"""CONTRIBUTING.md, "Add a model family", by adding one that is Llama under another name to the importers."""
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import unittest

from toy import ROOT, run

sys.path.insert(0, str(ROOT / "tests/cli"))
import fault_sources  # noqa: E402

BUILD = pathlib.Path(os.environ["RINGLET_BUILD"])
PROGRAM, CONVERT = os.environ["RINGLET_PROGRAM"], os.environ["RINGLET_CONVERT_PROGRAM"]
SOURCES = "tools/convert/source"
# The family has as many letters as the one it is like, so that a GGUF file needs no other lengths.
ROWS = {f"{SOURCES}/huggingface/hf_families_llama.cpp": ('{"llama", read_llama},', '{"tulip", read_llama},'),
        f"{SOURCES}/gguf/gguf_config.cpp": ('GgufFamily{"llama", read_llama},', 'GgufFamily{"tulip", read_llama},'),
        f"{SOURCES}/families.cpp": ('{"llama", "llama",', '{"tulip", "tulip", "a flower", "RG"},')}


def table_of_page(families):
    """The table of families on the converter's page, from what --families --json prints."""
    def code(names):
        return ", ".join(f"`{name}`" for name in names) or "none"

    rows = ["| `model_type` | GGUF | beyond Llama 2 | proved |", "|---|---|---|---|"]
    rows += [f"| {code(family['model_types'])} | {code(family['architectures'])} | {family['beyond_llama2']} | "
             f"{' '.join(family['proofs'])} |" for family in families]
    return "\n".join(rows)


def command_of(output):
    """The command by which the build made a file."""
    return run("ninja", "-C", BUILD, "-t", "commands", "-s", output).splitlines()[-1]


def changed_unit(source, changed):
    """Return the text that compiles a source, with the changed file in its place, and the path of the object."""
    objects = BUILD / source.parent / f"CMakeFiles/ringlet_convert_{source.parent.name}.dir"
    for unit in sorted(objects.glob("Unity/*.cxx")):
        if f'"{ROOT / source}"' in unit.read_text():
            return unit.read_text().replace(f'"{ROOT / source}"', f'"{changed}"'), objects / f"Unity/{unit.name}.o"
    return f'#include "{changed}"\n', objects / f"{source.name}.o"


class Family(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="ringlet-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.path = pathlib.Path(cls.folder.name)
        cls.converter = cls.converter_with_rows()

    @classmethod
    def converter_with_rows(cls):
        """The build's converter, of which the changed sources are compiled anew."""
        link = command_of("bin/ringlet-convert")
        objects = []
        for name, (row, new_row) in ROWS.items():
            text = (ROOT / name).read_text()
            if text.count(row) != 1:
                raise AssertionError(f"{name} does not have the row {row} once")
            source = cls.path / pathlib.Path(name).name
            source.write_text(text.replace(row, f"{new_row} {row}"))
            text, made = changed_unit(pathlib.Path(name), source)
            unit = source.with_suffix(".unit.cpp")
            unit.write_text(text)
            words = shlex.split(command_of(str(made.relative_to(BUILD))))
            words[words.index("-o") + 1] = str(source.with_suffix(".o"))
            words[words.index("-c") + 1] = str(unit)
            words[words.index("-MF") + 1] = str(source.with_suffix(".d"))
            run(*words, cwd=BUILD)
            objects.append(str(source.with_suffix(".o")))
        converter = cls.path / "ringlet-convert"
        # The linker takes no other definition from the libraries behind them.
        link = link.replace("-o bin/ringlet-convert", f"{' '.join(objects)} -o {converter}")
        subprocess.run(link, shell=True, check=True, cwd=BUILD)
        return converter

    def digest(self, converter, source):
        model = self.path / "model.ringlet"
        run(converter, "--quiet", source, "--calibrate", "none", "-o", model)
        return run(PROGRAM, "digest", model)

    def test_a_row_of_the_importer_is_enough_for_a_folder(self):
        folder = pathlib.Path(fault_sources.huggingface("folder"))
        expected = self.digest(CONVERT, folder)
        config = folder / "config.json"
        config.write_text(config.read_text().replace('"model_type": "llama"', '"model_type": "tulip"'))
        self.assertEqual(self.digest(self.converter, folder), expected)
        self.assertIn("the family 'tulip' is not supported; ringlet-convert --families lists what is",
                      run(CONVERT, "--quiet", folder, "-o", self.path / "none", succeeds=False))

    def test_a_row_of_the_importer_is_enough_for_a_gguf_file(self):
        file = pathlib.Path(fault_sources.gguf("model.gguf"))
        expected = self.digest(CONVERT, file)
        file.write_bytes(file.read_bytes().replace(b"llama", b"tulip"))
        self.assertEqual(self.digest(self.converter, file), expected)
        self.assertIn("general.architecture = 'tulip' is not supported; ringlet-convert --families lists what is",
                      run(CONVERT, "--quiet", file, "-o", self.path / "none", succeeds=False))

    def test_the_converter_lists_the_family(self):
        self.assertIn("a flower", run(self.converter, "--families"))
        self.assertNotIn("a flower", run(CONVERT, "--families"))

    def test_the_converter_s_page_has_the_list_of_the_converter(self):
        page = (ROOT / "tools/convert/README.md").read_text()
        document = json.loads(run(CONVERT, "--families", "--json"))
        begin = page.index("| `model_type` |")
        self.assertEqual(page[begin:page.index("\n\n", begin)], table_of_page(document["families"]))
        for letter, meaning in document["proofs"].items():
            self.assertIn(f"| {letter} | {meaning} |\n", page)


if __name__ == "__main__":
    unittest.main()
