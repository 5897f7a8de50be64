"""How the compiler and the linker have hardened the programs against hostile files."""
import os
import re
import subprocess
import unittest

PROGRAMS = [os.environ["RINGLET_PROGRAM"], os.environ["RINGLET_CONVERT_PROGRAM"],
            os.environ["RINGLET_GRAMMAR_PROGRAM"]]
READELF = os.environ["RINGLET_READELF"]
COMPILER = os.environ["RINGLET_C_COMPILER"]
# What marks the targets of indirect jumps, by the machine that readelf names.
MARKS = {"Advanced Micro Devices X86-64": "IBT, SHSTK", "AArch64": "BTI, PAC"}


def readelf(*arguments):
    return subprocess.run([READELF, "-W", *arguments], capture_output=True, text=True, check=True).stdout


def facts(program):
    """The table of tools/ringlet/README.md for one program."""
    segments, dynamic, symbols = readelf("-l", program), readelf("-d", program), readelf("--dyn-syms", program)
    return {
        "random addresses": bool(re.search(r"Elf file type is DYN", segments)),
        "stack not executable": bool(re.search(r"GNU_STACK.* RW +0x", segments)),
        "no segment to write and run": not re.search(r"LOAD.* RWE ", segments),
        "tables read-only": "GNU_RELRO" in segments,
        "all symbols bound at start": "BIND_NOW" in dynamic or re.search(r"FLAGS_1.*NOW", dynamic) is not None,
        "canaries": "__stack_chk_fail" in symbols,
        "checked copies": re.search(r"__\w+_chk\b", symbols.replace("__stack_chk", "")) is not None,
    }


class Hardening(unittest.TestCase):
    def test_programs(self):
        for program in PROGRAMS:
            for fact, holds in facts(program).items():
                with self.subTest(program=program, fact=fact):
                    self.assertTrue(holds)

    def test_marks_are_lost_to_nobody_but_the_c_library(self):
        """The linker marks an image only when all its parts are marked; the start-up files of Debian 12 are not."""
        machine = re.search(r"Machine: +(.*)", readelf("-h", PROGRAMS[0]))[1]
        if machine not in MARKS:
            self.skipTest(f"{machine} has no such marks")
        start = subprocess.run([COMPILER, "-print-file-name=Scrt1.o"], capture_output=True, text=True, check=True)
        possible = MARKS[machine] in readelf("-n", start.stdout.strip())
        for program in PROGRAMS:
            if possible:
                self.assertIn(MARKS[machine], readelf("-n", program))
        for library in os.environ["RINGLET_ARCHIVES"].split():
            notes = readelf("-n", library)
            parts = len(re.findall(r"^File: ", notes, re.MULTILINE))
            self.assertGreater(parts, 5)
            self.assertEqual(notes.count(MARKS[machine]), parts, library)


if __name__ == "__main__":
    unittest.main()
