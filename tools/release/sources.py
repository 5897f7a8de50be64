"""The sources of the library, from the lists by which CMake builds it."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNTIME = ROOT / "runtime"


class ReleaseError(Exception):
    """What was found in the tree is not understood, so that nothing is written."""


def commands(path, name):
    """The arguments of each call of a CMake command in a file, without comments."""
    text = re.sub(r"#.*", "", path.read_text())
    return [found[1].split() for found in re.finditer(rf"\b{name}\(([^()]*)\)", text)]


def layers():
    """The folders of the library, lowest first."""
    for words in commands(RUNTIME / "CMakeLists.txt", "set"):
        if words[0] == "layers":
            return words[1:]
    raise ReleaseError("runtime/CMakeLists.txt does not set the list 'layers'")


def layer_sources(layer):
    """The sources of a layer, relative to runtime/, without those of kernel sets."""
    folder = RUNTIME / layer
    calls = commands(folder / "CMakeLists.txt", "ringlet_layer")
    if len(calls) != 1:
        raise ReleaseError(f"runtime/{layer}/CMakeLists.txt has {len(calls)} calls of ringlet_layer, not one")
    part, sources = None, []
    for word in calls[0][1:]:
        if word in ("SOURCES", "FOR_SIZE", "USES"):
            part = word
        elif part in ("SOURCES", "FOR_SIZE") and word != "${set_sources}":
            if not (folder / word).is_file():
                raise ReleaseError(f"runtime/{layer}/CMakeLists.txt: the source '{word}' is not a file")
            sources.append(f"{layer}/{word}")
    return sources


def features():
    """The optional parts of the library."""
    for words in commands(RUNTIME / "base/CMakeLists.txt", "set"):
        if words[0] == "features":
            return words[1:]
    raise ReleaseError("runtime/base/CMakeLists.txt does not set the list 'features'")


class KernelSet:
    """A folder of runtime/kernels with a set.cmake."""

    def __init__(self, folder):
        self.name = folder.name
        self.macros, self.sources, part = [], [], None
        for words in commands(folder / "set.cmake", "ringlet_kernel_set"):
            for word in words:
                if re.fullmatch(r"[A-Z_]+", word) and not word.startswith("__"):
                    part = word
                elif part == "MACROS":
                    self.macros.append(word)
        self.source = f"kernels/{self.name}/kernels.cpp"
        self.assembly = sorted(str(path.relative_to(RUNTIME)) for path in folder.glob("*.S"))
        if sorted(path.name for path in folder.glob("*.cpp")) != ["kernels.cpp"]:
            raise ReleaseError(f"runtime/kernels/{self.name} has other sources than kernels.cpp and *.S")


def kernel_sets():
    """The sets by name."""
    return {path.parent.name: KernelSet(path.parent) for path in sorted(RUNTIME.glob("kernels/*/set.cmake"))}


def set_branches():
    """(condition, names) for each processor of ringlet/kernel_sets.h, in its order."""
    text = re.sub(r"/\*.*?\*/", "", (RUNTIME / "include/ringlet/kernel_sets.h").read_text(), flags=re.S)
    text = text.replace("\\\n", " ")
    pattern = r"#(?:el)?if (.*)\n#define RINGLET_KERNEL_SETS\(SET\)(.*)"
    branches = [(found[1].strip(), re.findall(r"SET\((\w+)\)", found[2])) for found in re.finditer(pattern, text)]
    named = {name for _, names in branches for name in names}
    if named != set(kernel_sets()):
        raise ReleaseError(f"ringlet/kernel_sets.h lists {sorted(named)}, the folders are {sorted(kernel_sets())}")
    return branches


def version():
    """"1.2.3", from ringlet/version.h."""
    text = (RUNTIME / "include/ringlet/version.h").read_text()
    return ".".join(re.findall(r"#define RINGLET_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", text))
