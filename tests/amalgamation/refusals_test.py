"""Options that would change results are refused: by the compiler, or when a session is created."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from release_tree import HERE, MODEL, TREE, run

SOURCE = TREE / "ringlet.cpp"


class Refusals(unittest.TestCase):
    def assert_refused(self, sentence, compiler, *options, standard="c++20"):
        if not shutil.which(compiler):
            self.skipTest(f"SKIPPED: {compiler} is missing: run tools/setup --all")
        done = subprocess.run([compiler, f"-std={standard}", f"-I{TREE}", *options, "-E", "-o", os.devnull, SOURCE],
                              capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0, options)
        self.assertIn(sentence, done.stderr)

    def test_fast_math_and_its_parts(self):
        for options in (["-ffast-math"], ["-Ofast"], ["-ffinite-math-only"], ["-fno-signed-zeros"], ["-freciprocal-math"],
                        ["-funsafe-math-optimizations"]):
            self.assert_refused("their parts change results", "g++", *options)
        for option in ("-ffast-math", "-Ofast", "-ffinite-math-only"):
            self.assert_refused("their parts change results", "clang++", option)

    def test_c_plus_plus_17(self):
        self.assert_refused("need C++20: compile with -std=c++20", "g++", standard="c++17")

    def test_x87(self):
        self.assert_refused("floats must be computed as floats", "g++", "-mfpmath=387")

    def test_helium_by_gcc(self):
        self.assert_refused("gcc miscompiles Helium", "arm-none-eabi-g++", "-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard")

    def test_neon_without_half_floats(self):
        self.assert_refused("-mfp16-format=ieee", "arm-linux-gnueabihf-g++", "-mcpu=cortex-a7", "-mfpu=neon-vfpv4")

    def test_what_no_macro_reveals_is_found_when_a_session_is_created(self):
        if " fma " not in pathlib.Path("/proc/cpuinfo").read_text() or not shutil.which("clang++"):
            self.skipTest("SKIPPED: needs a processor with FMA, and clang")
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            # clang does not heed the source where it is told to fuse.
            options = ["-std=c++20", "-O1", "-mfma", f"-I{TREE}", "-DRINGLET_FEATURES_ALL=0", "-DDIGEST_TOKENS=1"]
            run("clang++", *options, "-ffp-contract=fast", "-c", SOURCE, HERE / "digest.cpp", HERE / "console_linux.cpp", cwd=folder)
            run("gcc", f'-DMODEL_FILE="{MODEL}"', "-c", TREE / "example/model.c", cwd=folder)
            run("clang++", "-no-pie", *folder.glob("*.o"), "-o", folder / "digest")
            done = subprocess.run([folder / "digest"], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout),
                             (3, "compiler options: fuse products and sums; compile the library with -ffp-contract=off\n"))


if __name__ == "__main__":
    unittest.main()
