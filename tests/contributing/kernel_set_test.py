"""CONTRIBUTING.md, "Add a kernel set", by adding one to a copy of the sources, and by leaving out each of its steps."""
import unittest

from toy import ROOT, Copy, run

LIST = "runtime/include/ringlet/kernel_sets.h"
CHOOSER = "ports/linux/kernels.cpp"
ROWS = "#define RINGLET_ROW"


class KernelSet(unittest.TestCase):
    """One build of few sources; the steps are left out in the order that compiles the least."""

    def setUp(self):
        self.copy = Copy(self)
        self.project = self.copy.path / "tests/contributing/kernel_set"
        self.tree = self.copy.path / "tree"

    def configure(self, succeeds=True):
        return run("cmake", "-G", "Ninja", "-S", self.project, "-B", self.tree, f"-DRINGLET_SOURCE={self.copy.path}",
                   "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O0", succeeds=succeeds)

    def build(self, succeeds=True):
        return run("cmake", "--build", self.tree, "--target", "kernel_sets", succeeds=succeeds)

    def test_takes_a_folder_and_two_files(self):
        scalar = (ROOT / "runtime/kernels/scalar/kernels.cpp").read_text()
        toy = scalar.replace("scalar_kernels()", "toy_kernels()").replace('.name = "scalar"', '.name = "toy"')
        description = (self.project / "set.cmake").read_text()
        self.copy.write("runtime/kernels/toy/kernels.cpp", toy)
        self.copy.write("runtime/kernels/toy/set.cmake", description)
        self.assertIn("runtime/kernels/toy is not in the list of ringlet/kernel_sets.h", self.configure(succeeds=False))

        # First in the list of every processor, because it is the same test on each.
        self.copy.replace(LIST, "#define RINGLET_KERNEL_SETS(SET)", "#define RINGLET_KERNEL_SETS(SET) SET(toy)", every=True)
        self.configure()
        self.assertRegex(self.build(succeeds=False), "runs_toy.* was not declared|undeclared identifier 'runs_toy'")

        self.copy.replace(CHOOSER, ROWS, "bool runs_toy() noexcept { return true; }\n\n" + ROWS)
        (self.copy.path / "runtime/kernels/toy/set.cmake").unlink()
        self.assertRegex(self.build(succeeds=False), "the kernel set 'toy', *which the build left out")

        self.copy.write("runtime/kernels/toy/set.cmake", description)
        self.build()
        lines = run(self.tree / "kernel_sets").splitlines()
        self.assertEqual(lines[0], "toy equals scalar")
        self.assertEqual(lines[-2:], ["scalar equals scalar", "C: toy"])
        self.assertEqual(self.copy.changed("runtime/kernels/toy"), [CHOOSER, LIST])

        self.copy.replace("runtime/kernels/toy/kernels.cpp", ".add = scalar::add", ".add = [](const float*, float*, std::size_t) {}")
        self.build()
        self.assertEqual(run(self.tree / "kernel_sets").splitlines()[0], "toy differs from scalar")


if __name__ == "__main__":
    unittest.main()
