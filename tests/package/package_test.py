"""The installed package and the sources as a part of another project, as two small applications use them."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = os.environ["RINGLET_BUILD"]
TOOLCHAIN = os.environ.get("RINGLET_TOOLCHAIN")  # of a build for a board
OPTIONS = os.environ["RINGLET_OPTIONS"].split()
BOARD = os.environ.get("RINGLET_BOARD")
PRESET = os.environ["RINGLET_PRESET"]  # by which a user would make such a build
MODEL = ROOT / "tools/demo-model/storyteller.ringlet"


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.prefix = pathlib.Path(cls.folder.name) / "prefix"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)

    def build_and_run(self, consumer, *options):
        tree = pathlib.Path(self.folder.name) / consumer
        toolchain = ["--toolchain", TOOLCHAIN] if TOOLCHAIN else []
        run("cmake", "-G", "Ninja", "-S", HERE / consumer, "-B", tree, "-DCMAKE_BUILD_TYPE=Release", f"-DMODEL={MODEL}",
            *OPTIONS, *toolchain, *options)
        self.assertNotIn("-Werror", (tree / "build.ninja").read_text())
        run("cmake", "--build", tree)
        if BOARD:
            run(ROOT / "toolchains/run-on-board", BOARD, tree / f"consumer-{BOARD}.elf")
        else:
            run(tree / "consumer")

    def test_a_user_s_build_has_no_warnings_for_errors(self):
        trees = {}
        for name, *options in (("user", ), ("ci", "-DRINGLET_WARNINGS_AS_ERRORS=ON")):
            trees[name] = pathlib.Path(self.folder.name) / name
            run("cmake", "-S", ROOT, "--preset", PRESET, "-B", trees[name], *OPTIONS, *options)
        self.assertNotIn("-Werror", (trees["user"] / "build.ninja").read_text())
        self.assertIn("-Werror", (trees["ci"] / "build.ninja").read_text())

    def test_bill_of_materials(self):
        bill = json.loads(next(self.prefix.rglob("ringlet.spdx.json")).read_text())
        for field in ("spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo"):
            self.assertTrue(bill[field], field)
        packages = {package["SPDXID"]: package for package in bill["packages"]}
        self.assertEqual(len(packages), len(bill["packages"]))
        for package in packages.values():
            self.assertRegex(package["SPDXID"], r"^SPDXRef-[A-Za-z0-9.-]+$")
            self.assertRegex(package["versionInfo"], r"^(\d+(\.\d+)+|NOASSERTION)$")
        related = {(line["spdxElementId"], line["relatedSpdxElement"]) for line in bill["relationships"]}
        others = set(packages) - {"SPDXRef-ringlet"}
        self.assertEqual(related, {("SPDXRef-ringlet", other) for other in others} |
                         {("SPDXRef-DOCUMENT", "SPDXRef-ringlet")})
        flatc = re.search(r"[\d.]+", run("flatc", "--version"))[0]
        self.assertEqual(packages["SPDXRef-FlatBuffers"]["versionInfo"], flatc)
        # Whoever gives copies away owes these texts.
        notice = next(self.prefix.rglob("NOTICE")).read_text()
        for other in others:
            self.assertIn(packages[other]["name"].split()[0], notice)

    @unittest.skipIf(TOOLCHAIN, "images of boards load nothing")
    def test_bill_of_materials_has_what_the_program_loads(self):
        bill = next(self.prefix.rglob("ringlet.spdx.json")).read_text()
        loads = re.findall(r"NEEDED.*\[lib(\w+)", run("readelf", "-d", f"{BUILD}/bin/ringlet"))
        self.assertIn("c", loads)
        for library in set(loads) - {"c", "m", "stdc", "gcc_s", "pthread"}:
            self.assertRegex(bill, rf'"name": "(lib)?{library}"')

    def test_find_package(self):
        self.build_and_run("find_package", f"-DCMAKE_PREFIX_PATH={self.prefix}",
                           f"-DCMAKE_FIND_ROOT_PATH={self.prefix}")

    def test_add_subdirectory(self):
        self.build_and_run("add_subdirectory", f"-DRINGLET_SOURCE={ROOT}")

    @unittest.skipIf(TOOLCHAIN, "pkg-config is for the machine itself")
    def test_pkg_config(self):
        self.assertTrue(shutil.which("pkg-config"), "pkg-config is missing: run tools/setup --all")
        # The package of the first test made the model's header and source.
        self.build_and_run("find_package", f"-DCMAKE_PREFIX_PATH={self.prefix}")
        models = pathlib.Path(self.folder.name) / "find_package/consumer-models"
        os.environ["PKG_CONFIG_PATH"] = str(next(self.prefix.rglob("pkgconfig")))
        # As `make install` would be used: the prefix that was configured is not where it was put.
        flags = run("pkg-config", f"--define-variable=prefix={self.prefix}", "--cflags", "--libs", "ringlet").split()
        program = pathlib.Path(self.folder.name) / "program"
        run("cc", "-std=c99", "-pedantic", "-Wall", "-Werror", "-I", models, "-c", HERE / "main.c", *flags[:1], "-o",
            program.with_suffix(".o"))
        run("c++", "-I", models, "-c", models / "model_storyteller.cpp", "-o", program.with_suffix(".model.o"))
        run("cc", program.with_suffix(".o"), program.with_suffix(".model.o"), *flags, "-o", program)
        run(program)


if __name__ == "__main__":
    unittest.main()
