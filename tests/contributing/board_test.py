"""CONTRIBUTING.md, "Add a board", by adding a folder to a copy of the sources and to an installed package."""
import os
import pathlib
import shutil
import tempfile
import unittest

from toy import ROOT, Copy, run

BUILD = os.environ["RINGLET_BUILD"]
BOARDS = "ports/cortex-m/boards"
MODEL = "tools/demo-model/storyteller.ringlet"
OPTIONS = ["-G", "Ninja", "-DRINGLET_MCU=cortex-m7", "-DCMAKE_BUILD_TYPE=Release", "-DRINGLET_BOARDS=toy",
           f"-DRINGLET_PROGRAM={os.environ['RINGLET_PROGRAM']}",
           f"-DRINGLET_CONVERT_PROGRAM={os.environ['RINGLET_CONVERT_PROGRAM']}"]


def add_board(ports):
    """Another mps2-an500: with half of its RAM, a smaller stack, and a console of its own."""
    board = ports / "cortex-m/boards/toy"
    shutil.copytree(ports / "cortex-m/boards/mps2-an500", board)
    memory = (board / "memory.ld").read_text()
    assert "LENGTH = 4M" in memory
    (board / "memory.ld").write_text(memory.replace("LENGTH = 4M", "LENGTH = 2M").replace("INCLUDE", "stack_size = 32K;\nINCLUDE"))
    console = (ports / "bare-metal/semihosting.cpp").read_text()
    (board / "console.cpp").write_text(console)
    (board / "board.cmake").write_text("set(processors cortex-m7)\nset(console console.cpp)\n")
    return board


class Board(unittest.TestCase):
    def test_a_folder_is_enough_for_images_and_their_tests(self):
        copy = Copy(self)
        board = add_board(copy.path / "ports")
        tree = copy.path / "tree"
        configure = ["cmake", "-S", copy.path, "-B", tree, "--toolchain", copy.path / "toolchains/cortex-m.cmake",
                     "-DRINGLET_BUILD_TOOLS=OFF", *OPTIONS]
        run(*configure)
        tests = run("ctest", "--test-dir", tree, "-N")
        for test in ("device.ringlet_device_tests", "firmware.storyteller", "firmware.flash", "firmware.prefix",
                     "firmware.symbols-storyteller", "firmware.footprint"):
            self.assertIn(f"{test}-toy\n", tests)
        self.assertEqual(copy.changed(f"{BOARDS}/toy"), [])

        # Without `qemu` nothing is run; what looks at images is done all the same.
        (board / "qemu").unlink()
        run(*configure)
        tests = run("ctest", "--test-dir", tree, "-N")
        self.assertNotIn("device.ringlet_device_tests-toy\n", tests)
        self.assertNotIn("firmware.storyteller-toy\n", tests)
        self.assertIn("firmware.footprint-toy\n", tests)
        self.assertIn("no file 'qemu' in its folder", run(copy.path / "toolchains/run-on-board", "toy", "none", succeeds=False))

        # What is left out of the folder is named.
        (board / "board.cmake").write_text("set(processors cortex-m4)\n")
        self.assertIn("'toy' is not one of the boards of cortex-m7: mps2-an500", run(*configure, succeeds=False))
        (board / "board.cmake").write_text("set(processors cortex-m7)\n")
        memory = (board / "memory.ld").read_text()
        (board / "memory.ld").write_text(memory.replace("MODEL", "FLASH"))
        self.assertIn("memory.ld has no region MODEL", run(*configure, succeeds=False))

    def test_a_folder_in_an_installed_package_is_enough(self):
        folder = tempfile.TemporaryDirectory(prefix="ringlet-")
        self.addCleanup(folder.cleanup)
        prefix, tree = pathlib.Path(folder.name) / "prefix", pathlib.Path(folder.name) / "tree"
        run("cmake", "--install", BUILD, "--prefix", prefix)
        shared = prefix / "share/ringlet"
        add_board(shared / "ports")
        run("cmake", "-S", ROOT / "tests/package/find_package", "-B", tree, "--toolchain", shared / "toolchains/cortex-m.cmake",
            f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_FIND_ROOT_PATH={prefix}", f"-DMODEL={ROOT / MODEL}", *OPTIONS)
        run("cmake", "--build", tree)
        self.assertIn("0x00008000", run("grep", "-m1", "stack_size = ", tree / "consumer-toy.elf.map"))
        run(shared / "toolchains/run-on-board", "toy", tree / "consumer-toy.elf")


if __name__ == "__main__":
    unittest.main()
