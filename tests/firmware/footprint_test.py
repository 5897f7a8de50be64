"""tools/footprint counts everything in an image once, whichever linker wrote the map."""
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The same 0x100 bytes of strings in both: of the application 0x20, of the library 0xe0, 0x30 bytes of which two of its
# objects have in common.
HEAD = """
Linker script and memory map

.text           0x00001000       0x40
 .text.plan     0x00001000       0x40 runtime/libringlet.a(plan.cpp.obj)

.rodata         0x00001040      0x108
"""
OLD = """ .rodata.main.str1.4
                0x00001040       0x20 application.cpp.obj
                                 0x22 (size before relaxing)
 .rodata.plan.str1.4
                0x00001060       0x90 runtime/libringlet.a(plan.cpp.obj)
 .rodata.table  0x000010f0        0x8 runtime/libringlet.a(plan.cpp.obj)
 .rodata.ring.str1.4
                0x000010f8       0x50 runtime/libringlet.a(ring.cpp.obj)
                                 0x80 (size before relaxing)
"""
YOUNG = """ .rodata.main.str1.4
                0x00001040      0x100 application.cpp.obj
                                 0x20 (size before relaxing)
 .rodata.plan.str1.4
                0x00001140       0x90 runtime/libringlet.a(plan.cpp.obj)
 .rodata.table  0x00001140        0x8 runtime/libringlet.a(plan.cpp.obj)
 .rodata.ring.str1.4
                0x00001148       0x80 runtime/libringlet.a(ring.cpp.obj)
"""


def footprint(text, *options):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "image.elf.map"
        path.write_text(text)
        return subprocess.run([ROOT / "tools/footprint", *options, path], capture_output=True, text=True)


class Footprint(unittest.TestCase):
    def test_merged_strings_are_counted_once(self):
        for name, sections in (("2.40", OLD), ("younger", YOUNG)):
            with self.subTest(linker=name):
                done = footprint(HEAD + sections, "--parts")
                self.assertEqual(done.returncode, 0, done.stderr)
                lines = [line.split() for line in done.stdout.splitlines()]
                self.assertEqual(lines[0][:3], ["image", "flash", str(0x40 + 0x90 + 8 + 0x50)])
                self.assertEqual(lines[1], ["flash", str(0x40 + 0x90 + 8), "plan.cpp.obj"])
                self.assertEqual(lines[2], ["flash", str(0x50), "ring.cpp.obj"])

    def test_an_image_is_counted_whole(self):
        placed = "\n.model          0x00010000       0x80\n .model         0x00010000       0x80 model.cpp.obj\n"
        zeroed = "\n.bss            0x20000000       0x18\n .bss.ram       0x20000000       0x10 application.cpp.obj\n"
        done = footprint(HEAD + OLD + placed + zeroed, "--image", "--parts")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [line.split() for line in done.stdout.splitlines()]
        self.assertEqual(lines[0], ["image", "flash", str(0x40 + 0x108 + 0x80), "static", "RAM", str(0x18)])
        self.assertEqual(sorted(lines[1:]), sorted([["flash", str(0x40), ".text"], ["flash", str(0x108), ".rodata"],
                                                    ["flash", str(0x80), ".model"], ["ram", str(0x18), ".bss"]]))

    def test_a_map_whose_parts_exceed_the_whole_is_refused(self):
        done = footprint((HEAD + OLD).replace("0x40 runtime", "0x41 runtime"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(".text are larger than the whole", done.stderr)


if __name__ == "__main__":
    unittest.main()
