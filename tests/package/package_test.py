"""Small applications use the installed package by CMake and by make, and the sources as a part of their project."""
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
        return tree

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
        tree = self.build_and_run("add_subdirectory", f"-DRINGLET_SOURCE={ROOT}", "-DCMAKE_UNITY_BUILD=ON")
        # The consumer's `all` has the library and what the consumer links, and nothing else of Ringlet's.
        built = {source.relative_to(tree / "ringlet").parts[0] + "/" + source.relative_to(tree / "ringlet").parts[1]
                 for source in (tree / "ringlet").rglob("*.o*") if source.is_file()}
        self.assertIn("runtime/kernels", built)
        self.assertEqual({part for part in built if not part.startswith(("runtime/", "ports/bare-metal"))}, set())

    @unittest.skipIf(TOOLCHAIN, "boards have no ringlet::linux")
    def test_a_program_from_the_installed_headers_tells_the_program_s_story(self):
        source = ROOT / "ports/linux/examples/story.cpp"
        project = pathlib.Path(self.folder.name) / "story"
        project.mkdir()
        (project / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.20)\nproject(story LANGUAGES C CXX)\nfind_package(ringlet REQUIRED)\n"
            f"add_executable(story {source})\ntarget_link_libraries(story PRIVATE ringlet::linux)\n"
            "target_compile_options(story PRIVATE -Wall -Wextra -Wpedantic -Werror)\n")
        run("cmake", "-G", "Ninja", "-S", project, "-B", project / "tree", f"-DCMAKE_PREFIX_PATH={self.prefix}", *OPTIONS)
        run("cmake", "--build", project / "tree")
        prompt = "Once upon a time"
        expected = run(f"{BUILD}/bin/ringlet", "run", MODEL, "-p", prompt, "--seed", "1", "-n", "40")
        self.assertEqual(run(project / "tree/story", MODEL, prompt, 40), expected)
        pkgconfig = next(self.prefix.rglob("ringlet-linux.pc")).parent
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "--static", "ringlet-linux"], check=True, text=True,
                               capture_output=True, env={**os.environ, "PKG_CONFIG_PATH": str(pkgconfig)}).stdout.split()
        run("c++", "-std=c++20", "-O1", source, "-o", project / "by-pkg-config", *flags)
        self.assertEqual(run(project / "by-pkg-config", MODEL, prompt, 40), expected)

    @unittest.skipIf(TOOLCHAIN, "once is enough")
    def test_two_models_of_one_name_are_refused(self):
        project = pathlib.Path(self.folder.name) / "twice"
        project.mkdir()
        (project / "main.c").write_text("int main(void) { return 0; }\n")
        (project / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.20)\nproject(twice LANGUAGES C CXX)\nfind_package(ringlet REQUIRED)\n"
            "add_executable(twice main.c)\n"
            f"ringlet_add_model(twice {MODEL} NAME story)\nringlet_add_model(twice {MODEL} NAME Story)\n")
        done = subprocess.run(["cmake", "-S", project, "-B", project / "tree", f"-DCMAKE_PREFIX_PATH={self.prefix}", *OPTIONS],
                              capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("twice has a model Story already; give this one another NAME", " ".join(done.stderr.split()))

    @unittest.skipIf(TOOLCHAIN, "once is enough")
    def test_cpp17_is_a_sentence(self):
        for header in sorted((ROOT / "runtime/include/ringlet").glob("*.hpp")):
            done = subprocess.run(["c++", "-std=c++17", "-I", ROOT / "runtime/include", "-fsyntax-only", "-x", "c++", "-"],
                                  input=f'#include "ringlet/{header.name}"\nringlet::Config config;\n', text=True, capture_output=True)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("need C++20: compile with -std=c++20", done.stderr, header.name)
            self.assertEqual(done.stderr.count("error:"), 2, done.stderr)

    @unittest.skipUnless(PRESET == "cortex-m55", "of the board whose library clang compiles")
    def test_gcc_applications_find_the_names_that_clang_gave(self):
        application = pathlib.Path(self.folder.name) / "application.o"
        run("arm-none-eabi-g++", "-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard", "-std=c++20", "-O2", "-fno-exceptions",
            "-fno-rtti", "-I", self.prefix / "include", "-c", HERE / "application.cpp", "-o", application)

        def names(option, file):
            lines = run("arm-none-eabi-nm", "-P", option, file).splitlines()
            return {line.split()[0] for line in lines if "ringlet" in line.split(" ")[0]}

        wanted = names("--undefined-only", application)
        self.assertGreater(len(wanted), 12)
        self.assertEqual(wanted - names("--defined-only", next(self.prefix.rglob("libringlet.a"))), set())

    @unittest.skipIf(TOOLCHAIN, "pkg-config is for the machine itself")
    def test_pkg_config(self):
        self.assertTrue(shutil.which("pkg-config"), "pkg-config is missing: run tools/setup --all")
        # The package of the first test made the model's header and source.
        self.build_and_run("find_package", f"-DCMAKE_PREFIX_PATH={self.prefix}")
        models = pathlib.Path(self.folder.name) / "find_package/consumer-models"
        os.environ["PKG_CONFIG_PATH"] = str(next(self.prefix.rglob("pkgconfig")))
        # As `cmake --install --prefix` is used: the prefix that was configured is not where it was put.
        flags = run("pkg-config", "--cflags", "--libs", "ringlet").split()
        self.assertEqual(pathlib.Path(flags[0].removeprefix("-I")).resolve(), (self.prefix / "include").resolve())
        program = pathlib.Path(self.folder.name) / "program"
        run("cc", "-std=c99", "-pedantic", "-Wall", "-Werror", "-I", models, "-c", HERE / "main.c", *flags[:1], "-o",
            program.with_suffix(".o"))
        objects = [program.with_suffix(".o")]
        for model in ("storyteller", "large"):
            objects.append(program.with_suffix(f".{model}.o"))
            run("c++", "-I", models, "-c", models / f"model_{model}.cpp", "-o", objects[-1])
        run("cc", *objects, *flags, "-o", program)
        run(program)

    def make(self, project, **variables):
        """Builds a copy of a project with a Makefile, and runs it."""
        folder = pathlib.Path(self.folder.name) / "makefiles"
        shutil.copytree(HERE, folder, dirs_exist_ok=True)
        variables = {"PROGRAM": f"{BUILD}/bin/ringlet", "MODEL": MODEL, **variables}
        run("make", "-C", folder / project, *(f"{name}={value}" for name, value in variables.items()))
        run(folder / project / "consumer")

    @unittest.skipIf(TOOLCHAIN, "pkg-config is for the machine itself")
    def test_makefile(self):
        os.environ["PKG_CONFIG_PATH"] = str(next(self.prefix.rglob("pkgconfig")))
        self.make("makefile")

    @unittest.skipIf(TOOLCHAIN, "tests/amalgamation has boards")
    def test_amalgamation_in_a_makefile(self):
        release = pathlib.Path(self.folder.name) / "release"
        run(ROOT / "tools/amalgamate", release)
        self.make("amalgamation", RELEASE=release)


if __name__ == "__main__":
    unittest.main()
