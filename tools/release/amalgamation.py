"""The library in few files: two headers, a source, and assembly for AArch64."""
import pathlib
import re
import subprocess

import cpp_text
import sources
from one_file import Headers, OneFile, new_private_names
from sources import ROOT, RUNTIME, ReleaseError

HERE = pathlib.Path(__file__).resolve().parent


def template(name):
    """A file of this folder, with what depends on the release filled in."""
    return (HERE / name).read_text().replace("@version@", sources.version()).replace("@chain@", set_chain())


def macro_of(name):
    return "RINGLET_SET_" + name.upper()


def set_chain():
    """Directives that choose the best set for which the compiler's options have the instructions."""
    lines, sets = [], sources.kernel_sets()
    for condition, names in sources.set_branches():
        for name in names:
            needed = [condition] + [f"defined({macro})" for macro in sets[name].macros]
            lines += [f"#{'elif' if lines else 'if'} " + " && ".join(needed), f"#define {macro_of(name)} 1",
                      f"#define RINGLET_KERNEL_SETS(SET) SET({name})", f"#define RINGLET_BASELINE_SET(SET) SET({name})",
                      f'#define RINGLET_BUILT_SETS ",{name},"']
    lines += ["#else", "#define RINGLET_KERNEL_SETS(SET)", "#define RINGLET_BASELINE_SET(SET) SET(scalar)",
              '#define RINGLET_BUILT_SETS ","', "#endif"]
    return re.sub(r"(?m)^(#(?:el)?if .{80}.*?) && ", r"\1 && \\\n    ", "\n".join(lines)) + "\n"


def features_header():
    """base/features.hpp, with macros where CMake has the option RINGLET_FEATURES."""
    features = sources.features()
    lines = [f"#ifndef RINGLET_FEATURE_{name.upper()}\n#define RINGLET_FEATURE_{name.upper()} RINGLET_FEATURES_ALL\n#endif\n"
             for name in features]
    text = (RUNTIME / "base/features.hpp.in").read_text()
    text = text.replace("#pragma once\n", template("features.hpp.in") + "".join(lines), 1)
    text = text.replace("@RINGLET_HAS_all@", " && ".join(f"RINGLET_FEATURE_{name.upper()}" for name in features))
    text = text.replace("@RINGLET_FOR_SIZE@", "RINGLET_FOR_SIZE")
    return re.sub(r"@RINGLET_HAS_(\w+)@", lambda found: "RINGLET_FEATURE_" + found[1].upper(), text)


def generated_code(folder, flatc):
    """The code for the tables, as schema/CMakeLists.txt has it made."""
    text = (ROOT / "schema/CMakeLists.txt").read_text()
    options = re.search(r"COMMAND \$\{RINGLET_FLATC\} (.*) -o \$\{folder\}", text)[1].split()
    schemas = next(words[1:] for words in sources.commands(ROOT / "schema/CMakeLists.txt", "set") if words[0] == "schemas")
    subprocess.run([flatc, *options, "-o", folder / "schema", *(ROOT / "schema" / name for name in schemas)], check=True)
    for path in (folder / "schema").glob("*.h"):  # a schema that includes another's
        path.write_text(re.sub(r'#include "(\w+_generated[.]h)"', r'#include "schema/\1"', path.read_text()))


class Amalgamation:
    """Makes the files from a folder with generated code and one with FlatBuffers' headers."""

    def __init__(self, generated, flatbuffers):
        replaced = {"ringlet/kernel_sets.h": template("kernel_sets.h.in"), "base/features.hpp": features_header()}
        folders = [RUNTIME / "include", RUNTIME, generated]
        self.headers = Headers(folders, replaced)
        for path in sorted((flatbuffers / "flatbuffers").glob("*.h")):
            replaced[f"flatbuffers/{path.name}"] = path.read_text()
        self.sets = sources.kernel_sets()
        self.sources = [source for layer in sources.layers() for source in sources.layer_sources(layer)]

    def files(self):
        """The text of each file by its name."""
        c, cpp = OneFile(self.headers), OneFile(self.headers)
        c.add("ringlet/ringlet.h")
        cpp.add("ringlet/ringlet.hpp")
        result = {"ringlet/ringlet.h": re.sub(r"(?m)^// ---- (.*)$", r"/* ---- \1 */", c.text()).lstrip("\n"),
                  "ringlet/ringlet.hpp": "#pragma once\n" + cpp.text(), "ringlet.cpp": self.source(c.done | cpp.done)}
        for name, found in self.sets.items():
            if found.assembly:
                result[f"ringlet_{name}.S"] = self.assembly(name)
        return result

    def set_sources(self):
        return [self.sets[name].source for name in self.sets]

    def sets_that_need(self, name):
        return [found for found, folder in self.sets.items()
                if name == folder.source or name in self.headers.all_included(folder.source)]

    def change(self, name, text):
        """Private names that are there twice get others, FlatBuffers a namespace of this library's own."""
        text = re.sub(r"\b(namespace |::)?flatbuffers\b(?=::|;| \{|\s*$)", r"\1ringlet_flatbuffers", text)
        return cpp_text.rename(text, self.new_names.get(name, {}))

    def source(self, public):
        every = self.sources + self.set_sources()
        files = {header for source in every for header in self.headers.all_included(source)}
        files = {name for name in files if not name.startswith("flatbuffers/")}
        self.new_names = new_private_names(self.headers, every, files | set(every))
        file = OneFile(self.headers, public, self.change)
        for source in self.sources:
            file.add(source)
            if source.startswith("kernels/") and not self.later_kernels(source):
                self.add_sets(file)
        return template("opening.cpp.in") + file.text()

    def later_kernels(self, source):
        return any(later.startswith("kernels/") for later in self.sources[self.sources.index(source) + 1:])

    def is_of_a_set(self, name):
        return name.startswith("kernels/") and name.split("/")[1] in self.sets

    def add_sets(self, file):
        """The sets, each file under the condition that a set is chosen that needs it."""
        for source in self.set_sources():
            for header in self.headers.all_included(source):
                if not self.is_of_a_set(header):
                    file.add(header)
        files = {name for source in self.set_sources() for name in [*self.headers.all_included(source), source]}
        # These take the place of their #include.
        conditional = {header for name in files for header, condition in self.headers.included(name) if condition}
        for source in self.set_sources():
            for name in [*self.headers.all_included(source), source]:
                if self.is_of_a_set(name) and name not in conditional and name not in file.done:
                    needed = " || ".join(f"defined({macro_of(found)})" for found in self.sets_that_need(name))
                    file.add_text(f"\n#if {needed}\n")
                    file.add(name)
                    file.add_text("#endif\n")

    def assembly(self, name):
        """The assembly of a set as one file, which is empty where no set that needs it is chosen."""
        file = OneFile(self.headers)
        symbols = set()
        for source in self.sets[name].assembly:
            symbols |= set(re.findall(r"\bringlet_\w+", self.headers.text(source)))
            file.add(source)
            # The next source has others of these names.
            for pattern, forget in ((r"(?m)^\s*(\w+)\s+\.req\b", ".unreq"), (r"(?m)^\s*\.macro (\w+)", ".purgem")):
                names = re.findall(pattern, self.headers.text(source))
                file.add_text("".join(f"  {forget} {alias}\n" for alias in names))
        users = [found for found in self.sets if any(
            symbols & cpp_text.words(self.headers.text(header))
            for header in self.headers.all_included(self.sets[found].source))]
        if not users:
            raise ReleaseError(f"no kernel set uses the assembly of runtime/kernels/{name}")
        condition = " || ".join(f"defined({macro_of(found)})" for found in users)
        return (f"// Assembly of the kernel set '{name}', which is empty on processors that do not need it.\n"
                f"{set_chain()}\n#if {condition}\n{file.text()}\n#endif\n")
