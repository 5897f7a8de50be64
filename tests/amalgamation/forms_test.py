"""Each form that tools/package writes keeps the rules of its build system, and what it names is there.

The rules are Zephyr's (scripts/zephyr_module.py), PlatformIO's (package/manifest/schema.py), arduino-lint's, Open-CMSIS-Pack's
(PACK.xsd) and those of Espressif's component manager, in our words. RINGLET_PACK_XSD can name PACK.xsd itself.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree
import zipfile

from release_tree import ROOT, TREE, run

URL = "https://ringlet.example/"
SEMVER = r"\d+\.\d+\.\d+"
CATEGORIES = {"Display", "Communication", "Signal Input/Output", "Sensors", "Device Control", "Timing", "Data Storage",
              "Data Processing", "Other"}
ARCHIVE = "cortex-m4/fpv4-sp-d16-hard"
STUBS = {
    # What Zephyr, ESP-IDF and the Pico SDK define: enough to see what a form gives them.
    "zephyr": """project(stub C CXX ASM)
add_library(found STATIC)
function(zephyr_include_directories)
  target_include_directories(found PUBLIC ${ARGN})
endfunction()
function(zephyr_library_named)
endfunction()
function(zephyr_library_sources)
  target_sources(found PRIVATE ${ARGN})
endfunction()
function(zephyr_library_compile_options)
  target_compile_options(found PRIVATE ${ARGN})
endfunction()
function(zephyr_library_compile_definitions)
  target_compile_definitions(found PRIVATE ${ARGN})
endfunction()
set(CONFIG_RINGLET y)
set(CONFIG_ARM64 y)
set(CONFIG_RINGLET_FEATURE_POOL y)
add_subdirectory(${FORM}/zephyr zephyr)
""",
    "esp-idf": """project(stub C CXX)
function(idf_component_register)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "SRCS;INCLUDE_DIRS")
  add_library(found STATIC ${arg_SRCS})
  target_include_directories(found PUBLIC ${arg_INCLUDE_DIRS})
endfunction()
set(COMPONENT_LIB found)
add_subdirectory(${FORM} form)
""",
    "pico": """project(stub C CXX)
include(${FORM}/ringlet.cmake)
""",
}


def yaml_of(path):
    """A file of YAML, as far as the forms use it: maps, lists of words, and strings."""
    root, stack = {}, []
    stack.append((-1, root, None))
    for line in path.read_text().splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).rstrip()
        if not line:
            continue
        indent, word = len(line) - len(line.lstrip()), line.strip()
        while indent <= stack[-1][0]:
            stack.pop()
        _, parent, key = stack[-1]
        if word.startswith("- "):
            if not isinstance(stack[-2][1].get(key) if key else parent, list):
                stack[-2][1][key] = []
            stack[-2][1][key].append(word[2:].strip('"'))
            continue
        name, _, value = word.partition(":")
        parent[name] = value.strip().strip('"') if value.strip() else {}
        if not value.strip():
            stack.append((indent, parent[name], name))
    return root


class Forms(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.version = re.search(r"# Ringlet (\S+), amalgamated", (TREE / "README.md").read_text())[1]

    def write(self, form, *options):
        path = self.folder / form
        run(ROOT / "tools/package", form, path, "--tree", TREE, "--url", URL, *options)
        for file in filter(lambda file: file.is_file() and file.suffix not in (".a", ".ringlet", ".pack"), path.rglob("*")):
            if not (TREE / file.relative_to(path)).exists():
                self.assertNotRegex(file.read_text(), r"@[a-z_]+@", file)
        if form != "arduino":
            self.assertEqual((path / "ringlet.cpp").read_bytes(), (TREE / "ringlet.cpp").read_bytes())
        for licence in ("LICENSE", "NOTICE"):
            self.assertTrue((path / licence).is_file())
        return path

    def configure(self, form, path):
        """What a build system would compile: its entries of compile_commands.json."""
        project = self.folder / f"{form}-stub"
        project.mkdir()
        (project / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.20)\n" + STUBS[form])
        run("cmake", "-G", "Ninja", "-S", project, "-B", project / "tree", f"-DFORM={path}", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
        return json.loads((project / "tree/compile_commands.json").read_text())

    def test_zephyr(self):
        path = self.write("zephyr")
        module = yaml_of(path / "zephyr/module.yml")
        self.assertLessEqual(set(module), {"name", "build", "tests", "samples", "boards", "blobs"})
        self.assertLessEqual(set(module["build"]), {"cmake", "kconfig", "depends", "settings"})
        self.assertTrue((path / module["build"]["cmake"] / "CMakeLists.txt").is_file())
        kconfig = (path / module["build"]["kconfig"]).read_text()
        self.assertEqual(kconfig.count("\nif "), kconfig.count("\nendif"))
        options = re.findall(r"^(?:menu)?config (\w+)$", kconfig, re.M)
        features = re.findall(r"#define RINGLET_FEATURE_(\w+) RINGLET_FEATURES_ALL", (TREE / "ringlet.cpp").read_text())
        self.assertEqual(options, ["RINGLET", "RINGLET_ALL_FEATURES"] + [f"RINGLET_FEATURE_{name}" for name in features])
        sample = path / module["samples"][0] / "story"
        self.assertIn("find_package(Zephyr REQUIRED", (sample / "CMakeLists.txt").read_text())
        for option in re.findall(r"^CONFIG_(RINGLET\w*)=", (sample / "prj.conf").read_text(), re.M):
            self.assertIn(option, options)
        commands = self.configure("zephyr", path)
        compiled = {pathlib.Path(command["file"]).name for command in commands}
        self.assertEqual(compiled, {"ringlet.cpp", "ringlet_neon.S", "ringlet_i8mm.S"})
        library = next(command["command"] for command in commands if command["file"].endswith(".cpp"))
        for word in ("-DRINGLET_FEATURES_ALL=0", "-DRINGLET_FEATURE_POOL=1", "-std=c++20"):
            self.assertIn(word, library)
        self.assertNotIn("RINGLET_FEATURE_GRAMMAR", library)

    def test_esp_idf(self):
        path = self.write("esp-idf")
        manifest = yaml_of(path / "idf_component.yml")
        self.assertLessEqual(set(manifest), {"version", "description", "license", "url", "targets", "dependencies", "maintainers",
                                             "repository", "documentation", "issues", "tags", "files", "examples"})
        self.assertEqual((manifest["version"], manifest["license"], manifest["url"]), (self.version, "Apache-2.0", URL))
        self.assertRegex(manifest["version"], SEMVER)
        for target in manifest["targets"]:  # RISC-V
            self.assertRegex(target, r"^esp32(c|h|p)\d+$")
        self.assertRegex(manifest["dependencies"]["idf"], r"^>=\d")
        [command] = self.configure("esp-idf", path)
        self.assertIn("-std=gnu++20", command["command"])
        main = (path / "examples/story/main/CMakeLists.txt").read_text()
        for name in re.findall(r"\$\{ringlet\}/(example/[\w.]+)", main):
            self.assertTrue((path / name).is_file(), name)

    def test_pico(self):
        path = self.write("pico")
        [command] = self.configure("pico", path)
        self.assertIn("-std=gnu++20", command["command"])
        example = (path / "examples/story/CMakeLists.txt").read_text()
        self.assertTrue((path / "examples/story" / re.search(r"include\((\S*ringlet.cmake)\)", example)[1]).is_file())
        self.assertIn("pico_set_float_implementation(story compiler)", example)

    def test_platformio(self):
        path = self.write("platformio")
        library = json.loads((path / "library.json").read_text())
        self.assertRegex(library["name"], r"^[^:;/,@<>]{1,100}$")
        self.assertEqual(library["version"], self.version)
        self.assertLessEqual(len(library["description"]), 1000)
        self.assertEqual((library["license"], library["homepage"]), ("Apache-2.0", URL))
        for keyword in library["keywords"]:
            self.assertRegex(keyword, r"^[a-z\d\-+. ]{1,50}$")
        for name in library["headers"] + [word[2:-1] for word in library["build"]["srcFilter"][1:]]:
            self.assertTrue((path / name).is_file(), name)
        for example in library["examples"]:
            self.assertRegex(example["name"], r"^[a-zA-Z\d\-_/]+$")
            for name in example["files"]:
                self.assertTrue((path / example["base"] / name).is_file(), name)

    def test_cmsis_pack(self):
        path = self.write("cmsis-pack")
        [description] = path.glob("*.pdsc")
        if schema := os.environ.get("RINGLET_PACK_XSD"):
            run("xmllint", "--noout", "--schema", schema, description)
        package = xml.etree.ElementTree.parse(description).getroot()
        self.assertEqual(package.tag, "package")
        self.assertRegex(package.get("schemaVersion"), SEMVER)
        self.assertEqual([child.tag for child in package],
                         ["vendor", "name", "description", "url", "license", "releases", "keywords", "conditions", "components"])
        vendor, name = package.findtext("vendor"), package.findtext("name")
        self.assertEqual(description.name, f"{vendor}.{name}.pdsc")
        release = package.find("releases/release")
        self.assertEqual(release.get("version"), self.version)
        self.assertRegex(release.get("date"), r"^\d{4}-\d\d-\d\d$")
        conditions = {condition.get("id") for condition in package.iter("condition")}
        for component in package.iter("component"):
            self.assertIn(component.get("condition"), conditions)
            self.assertEqual(component.get("Cversion"), self.version)
        named = [file.get("name") for file in package.iter("file")] + [package.findtext("license")]
        with zipfile.ZipFile(path / f"{vendor}.{name}.{self.version}.pack") as pack:
            self.assertIsNone(pack.testzip())
            self.assertIn(description.name, pack.namelist())
            for file in named:
                self.assertTrue(file == "./" or file in pack.namelist(), file)

    def test_forms_that_need_an_address_say_so(self):
        with self.assertRaisesRegex(AssertionError, "arduino needs --url, the address of the project's page"):
            run(ROOT / "tools/package", "arduino", self.folder / "without", "--tree", TREE)

    def test_arduino(self):
        for needed in ("arm-none-eabi-g++", "qemu-system-aarch64"):
            if not shutil.which(needed):
                self.skipTest(f"SKIPPED: {needed} is missing: run tools/setup --all")
        path = self.write("arduino", "--archive", ARCHIVE)
        properties = dict(line.split("=", 1) for line in (path / "library.properties").read_text().splitlines())
        self.assertEqual(set(properties), {"name", "version", "author", "maintainer", "sentence", "paragraph", "category", "url",
                                           "architectures", "includes", "precompiled", "ldflags"})
        self.assertRegex(properties["name"], r"^[A-Za-z0-9][\w. -]{0,62}$")
        self.assertEqual((properties["version"], properties["url"]), (self.version, URL))
        self.assertIn(properties["category"], CATEGORIES)
        self.assertNotIn("arduino", properties["name"].lower())
        self.assertFalse(properties["paragraph"].startswith(properties["sentence"]))
        self.assertTrue((path / "src" / properties["includes"]).is_file())
        sketch = path / "examples/Story/Story.ino"
        self.assertEqual(sketch.stem, sketch.parent.name)
        # A core compiles the sketch as C++14, and its loop calls setup().
        core = self.folder / "core"
        core.mkdir()
        (core / "Arduino.h").write_text("""#pragma once
struct Port {
  void begin(long) {}
  explicit operator bool() const { return true; }
  void print(const char* text);
};
extern Port Serial;
""")
        (core / "core.cpp").write_text('#include "Arduino.h"\nvoid console(const char* text);\nPort Serial;\n'
                                       "void Port::print(const char* text) { console(text); }\n"
                                       "void setup();\nint main() { setup(); return 0; }\n")
        (core / "console.cpp").write_text('#include "board.hpp"\nvoid console(const char* text) { ringlet::port::write(text); }\n')
        (core / "sketch.cpp").write_text('#include "Arduino.h"\n' + sketch.read_text())
        target = ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16", "-O2", "-ffunction-sections"]
        includes = [f"-I{path}/src", f"-I{sketch.parent}", f"-I{core}"]
        lean = ["-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics"]
        run("arm-none-eabi-g++", *target, *lean, "-std=gnu++14", "-Wall", "-Werror", *includes, "-c", core / "core.cpp",
            core / "sketch.cpp", cwd=core)
        run("arm-none-eabi-gcc", *target, "-Wall", "-Werror", *includes, "-c", sketch.parent / "story.c", cwd=core)
        port = ROOT / "ports/bare-metal"
        sources = [port / f"{part}.cpp" for part in ("start", "memory", "print", "semihosting")]
        sources += [ROOT / f"ports/cortex-m/{part}.cpp" for part in ("reset", "clock")]
        run("arm-none-eabi-g++", *target, *lean, "-std=c++20", "-fno-tree-loop-distribute-patterns", f"-I{port}",
            f"-I{ROOT}/runtime/include", "-c", *sources, core / "console.cpp", cwd=core)
        # The board's flash for code has no room for the model, which the archive has in .rodata.
        script = (ROOT / "ports/cortex-m/boards/mps2-an386/memory.ld").read_text()
        script = script.replace("LENGTH = 1M", "LENGTH = 2M").replace("0x00100000, LENGTH = 3M", "0x00200000, LENGTH = 2M")
        (core / "memory.ld").write_text(script)
        image = core / "story.elf"
        first = [core / "reset.o", core / "start.o"]
        run("arm-none-eabi-g++", *target, "--specs=nano.specs", "-nostartfiles", f"-L{port}", f"-T{core}/memory.ld", "-Wl,--gc-sections",
            *first, *sorted(set(core.glob("*.o")) - set(first)), f"-L{path}/src/{ARCHIVE}", properties["ldflags"], "-o", image)
        output = run(ROOT / "toolchains/run-on-board", "mps2-an386", image)
        print(output)
        digest = re.search(r"`digest ([0-9a-f]{16})`", (TREE / "README.md").read_text())[1]
        self.assertIn(f"digest {digest}\nOnce upon a time", output)


if __name__ == "__main__":
    unittest.main()
