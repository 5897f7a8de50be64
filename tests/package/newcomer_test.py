"""A project with a board and start-up code of its own, for 32-bit RISC-V without a float unit. It builds Ringlet
from the sources and from an installed package, and gives the bits of this machine."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MODEL = ROOT / "tools/demo-model/storyteller.ringlet"
PROGRAM = os.environ["RINGLET_PROGRAM"]
NEEDED = ("riscv64-unknown-elf-g++", "qemu-system-riscv32")


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


@unittest.skipUnless(all(map(shutil.which, NEEDED)), f"SKIPPED: {' or '.join(NEEDED)} is missing: run tools/setup --all")
class Newcomer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.digest = run(PROGRAM, "digest", MODEL, "--kv", "int8", "-n", "16").strip()

    def build_and_run(self, name, *options):
        tree = pathlib.Path(self.folder.name) / name
        run("cmake", "-G", "Ninja", "-S", HERE / "riscv32", "-B", tree, "--toolchain", HERE / "riscv32/toolchain.cmake",
            "-DCMAKE_BUILD_TYPE=Release", f"-DMODEL={MODEL}", f"-DRINGLET_PROGRAM={PROGRAM}", *options)
        run("cmake", "--build", tree)
        output = run("timeout", "100", "qemu-system-riscv32", "-M", "virt", "-bios", "none", "-display", "none", "-monitor",
                     "none", "-serial", "stdio", "-kernel", tree / "newcomer")
        self.assertEqual(output, f"digest {self.digest}\n")
        return tree

    def test_from_sources_and_from_a_package(self):
        tree = self.build_and_run("sources", f"-DRINGLET_SOURCE={ROOT}", "-DRINGLET_FEATURES=none", "-DRINGLET_INSTALL=ON")
        prefix = pathlib.Path(self.folder.name) / "prefix"
        run("cmake", "--install", tree, "--prefix", prefix)
        self.build_and_run("package", f"-DCMAKE_PREFIX_PATH={prefix}")


if __name__ == "__main__":
    unittest.main()
