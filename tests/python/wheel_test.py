"""The wheel: its tag is what readelf says, its record is true, and a library that few systems can load is refused."""

import base64
import csv
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PORT = ROOT / "ports/python"
sys.path.insert(0, str(PORT))

import elf_file  # noqa: E402

(WHEEL, ) = pathlib.Path(os.environ["RINGLET_WHEELS"]).glob("ringlet-*.whl")
LIBRARY = pathlib.Path(os.environ["RINGLET_LIBRARY"])
COMPILER = os.environ["RINGLET_C_COMPILER"].split()


def readelf(*options):
    return subprocess.run([os.environ["RINGLET_READELF"], "--wide", *options, LIBRARY], check=True, capture_output=True,
                          text=True).stdout


class Wheel(unittest.TestCase):
    def test_tag_is_the_newest_version_that_the_symbols_need(self):
        versions = {(int(a), int(b)) for a, b in re.findall(r"Name: GLIBC_(\d+)\.(\d+)", readelf("--version-info"))}
        self.assertGreater(len(versions), 1)
        newest = "_".join(map(str, max(versions)))
        processor = os.environ["RINGLET_PROCESSOR"]
        self.assertTrue(WHEEL.name.endswith(f"-py3-none-manylinux_{newest}_{processor}.whl"), WHEEL.name)

    def test_reader_agrees_with_readelf(self):
        file = elf_file.ElfFile(LIBRARY)
        self.assertEqual(sorted(file.needed_libraries()), sorted(re.findall(r"NEEDED.*\[(.*)\]", readelf("--dynamic"))))
        needs = [name for names in file.needed_versions().values() for name in names]
        self.assertEqual(sorted(needs), sorted(re.findall(r"Name: (\S+)  Flags", readelf("--version-info"))))

    def test_only_the_c_interface_is_visible(self):
        symbols = elf_file.ElfFile(LIBRARY).defined_symbols()
        names = set(re.findall(r" (?:GLOBAL|WEAK) +DEFAULT +\d+ (\w+)", readelf("--dyn-syms")))
        self.assertEqual(symbols, names)
        self.assertEqual({name for name in symbols if not name.startswith("ringlet_")}, set())
        functions = set(re.findall(r'^    "(ringlet_\w+)": \(', (PORT / "ringlet/_native.py").read_text(), re.M))
        self.assertGreater(len(functions), 60)
        self.assertEqual(functions - symbols, set())

    def test_record(self):
        with zipfile.ZipFile(WHEEL) as wheel:
            self.assertIsNone(wheel.testzip())
            names = wheel.namelist()
            info = next(name for name in names if name.endswith("/RECORD")).rpartition("/")[0]
            rows = list(csv.reader(wheel.read(f"{info}/RECORD").decode().splitlines()))
            self.assertEqual([row[0] for row in rows], names)
            for name, digest, size in rows[:-1]:
                data = wheel.read(name)
                self.assertEqual(digest, "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("="))
                self.assertEqual(int(size), len(data))
            self.assertEqual(rows[-1][1:], ["", ""])
            self.assertEqual({name for name in names if name.startswith("ringlet/")} - {"ringlet/libringlet.so"},
                             {f"ringlet/{path.name}" for path in (PORT / "ringlet").iterdir() if path.is_file()})
            self.assertIn(f"Tag: {'-'.join(WHEEL.stem.split('-')[2:])}\n", wheel.read(f"{info}/WHEEL").decode())
            metadata = wheel.read(f"{info}/METADATA").decode()
            version = "".join(re.findall(r"define RINGLET_VERSION_\w+ (\d+)", (ROOT / "runtime/include/ringlet/version.h").read_text()))
            self.assertIn(f"\nVersion: {'.'.join(version)}\n", metadata)
            self.assertNotIn("](../", metadata)

    def test_same_inputs_give_the_same_bytes(self):
        version = WHEEL.name.split("-")[1]
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-B", PORT / "make_wheel.py", "--version", version, "--library", LIBRARY, "--folder",
                            folder], check=True, capture_output=True)
            (again, ) = pathlib.Path(folder).iterdir()
            self.assertEqual((again.name, again.read_bytes()), (WHEEL.name, WHEEL.read_bytes()))

    def test_a_library_that_few_systems_can_load_is_refused(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "other.c").write_text("int other(void) { return 1; }\n")
            (folder / "mine.c").write_text("int other(void);\nint mine(void) { return other(); }\n")
            for source, *options in (("other.c", ), ("mine.c", f"-L{folder}", "-lother")):
                subprocess.run([*COMPILER, "-shared", "-fPIC", "-o", folder / f"lib{source[:-2]}.so", folder / source, *options], check=True)
            done = subprocess.run([sys.executable, "-B", PORT / "make_wheel.py", "--version", "1", "--library", folder / "libmine.so",
                                   "--folder", folder], capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn("libmine.so: needs libother.so, which not every system has", done.stderr)
            self.assertEqual(list(folder.glob("*.whl")), [])


if __name__ == "__main__":
    unittest.main()
