"""What the package says of the C interface is what the headers say, as the compiler of the target reads them."""

import ctypes
import importlib.util
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import types
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "ports/python/ringlet"
INCLUDE = (ROOT / "runtime/include", ROOT / "ports/linux/include", ROOT / "ports/python")
COMPILER = os.environ["RINGLET_C_COMPILER"].split()
HEADERS = "".join(f'#include "{name}"\n' for name in ("ringlet/ringlet.h", "ringlet/linux/kernels.h", "ringlet/linux/threads.h",
                                                      "ringlet/linux/token_trie.h", "compile_grammar.h"))


def load(name):
    """A module of the package, without what loads the library of the target."""
    package = sys.modules.setdefault("package", types.ModuleType("package"))
    spec = importlib.util.spec_from_file_location(f"package.{name}", PACKAGE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    setattr(package, name, module)
    source = (PACKAGE / f"{name}.py").read_text().replace("\nlib = _load()\n", "\n")
    exec(compile(source, spec.origin, "exec"), module.__dict__)
    return module


structs = load("_structs")
native = load("_native")


def c_name(struct):
    return "ringlet_" + re.sub(r"(?<!^)([A-Z])", r"_\1", struct.__name__).lower()


def structures():
    return [value for value in vars(structs).values()
            if isinstance(value, type) and issubclass(value, ctypes.Structure) and value is not ctypes.Structure]


def assembly(source):
    """What the target's compiler makes of constants."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "layout.c"
        file.write_text(source)
        done = subprocess.run([*COMPILER, "-std=c99", "-Wall", "-Werror", *(f"-I{path}" for path in INCLUDE), "-S", "-o", "-", file],
                              capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout


def prototypes():
    """By name, the result and the types of the arguments that the headers declare, without const. Enums are numbers."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "all.c"
        file.write_text(HEADERS)
        text = subprocess.run([*COMPILER, "-std=c99", "-E", "-P", *(f"-I{path}" for path in INCLUDE), file], check=True,
                              capture_output=True, text=True).stdout
    enums = set(re.findall(r"typedef enum (ringlet_\w+)", text))
    text = re.sub(r"\bconst\b", " ", text)

    def normal(declaration, has_name):
        words = re.findall(r"\w+|\*", declaration)
        if has_name and len(words) > 1 and words[-1] != "*":
            words.pop()
        kind = {"_Bool": "bool", "ringlet_token": "uint32_t"}.get(words[0], words[0])
        return "".join(["uint32_t" if kind in enums else kind, *words[1:]])

    found = {}
    for result, name, arguments in re.findall(r"([\w][\w\s*]*?)\b(ringlet_\w+)\s*\(((?:[^()]|\([^()]*\)\s*\([^()]*\))*)\)\s*;", text):
        parts = re.split(r",(?![^()]*\))", arguments)
        kinds = ["function" if "(" in part else normal(part, True) for part in parts] if arguments.strip() != "void" else []
        found[name] = (normal(result, False), kinds)
    return found


SCALARS = {None: "void", ctypes.c_bool: "bool", ctypes.c_uint32: "uint32_t", ctypes.c_uint64: "uint64_t", ctypes.c_size_t: "size_t",
           ctypes.c_float: "float", ctypes.c_char_p: "char*"}


def fits(kind, declared):
    """Whether ctypes passes a value of this type as C declares it."""
    if kind is ctypes.c_void_p:  # bytes, handles and callbacks that are not given
        return declared in ("void*", "char*", "float*", "ringlet_kernels*", "ringlet_threads*", "ringlet_compiled*", "function")
    if kind in SCALARS:
        # c_uint64 and c_size_t are one type of ctypes on 64-bit machines.
        return declared == SCALARS[kind] or (ctypes.c_size_t is ctypes.c_uint64 and {declared, SCALARS[kind]} == {"size_t", "uint64_t"})
    if hasattr(kind, "contents"):
        return declared.endswith("*") and fits(kind._type_, declared[:-1])
    return declared == c_name(kind)


class Headers(unittest.TestCase):
    @unittest.skipUnless(ctypes.sizeof(ctypes.c_void_p) == 8 and "arm-" not in COMPILER[0], "ctypes has the layout of this machine")
    def test_layout(self):
        expected = {}
        source = HEADERS + "#include <stddef.h>\n"
        for struct in structures():
            of = {"size": (ctypes.sizeof(struct), f"sizeof({c_name(struct)})")}
            for name, _ in struct._fields_:
                field = getattr(struct, name)
                of[f"{name} at"] = (field.offset, f"offsetof({c_name(struct)}, {name})")
                of[f"{name} has"] = (field.size, f"sizeof((({c_name(struct)}*)0)->{name})")
            for what, (value, expression) in of.items():
                expected[f"{struct.__name__}: {what}"] = value
                source += f"const unsigned long value_{len(expected)} = {expression};\n"
        source += "const unsigned long sections = RINGLET_SECTION_COUNT, alignment = RINGLET_MEMORY_ALIGNMENT;\n"
        directives = re.findall(r"^(?:value_\d+|sections|alignment):\s+\.(\w+)\s+(\d+)", assembly(source), re.M)
        found = [0 if word == "zero" else int(value) for word, value in directives]
        self.assertEqual(found[-2:], [structs.SECTION_COUNT, native.ALIGNMENT])
        self.assertEqual(dict(zip(expected, found)), expected)
        self.assertEqual(len(found), len(expected) + 2)
        # Every field of the struct is there: its last one reaches the end but for padding.
        for struct in structures():
            last = max(getattr(struct, name).offset + getattr(struct, name).size for name, _ in struct._fields_)
            self.assertLess(ctypes.sizeof(struct) - last, 8, struct.__name__)

    def test_functions(self):
        declared = prototypes()
        self.assertGreater(len(declared), 150)
        for name, (result, *arguments) in native.FUNCTIONS.items():
            self.assertIn(name, declared)
            c_result, c_arguments = declared[name]
            self.assertTrue(fits(result, c_result), f"{name} returns {c_result}, not {result}")
            self.assertEqual(len(arguments), len(c_arguments), name)
            for kind, c_kind in zip(arguments, c_arguments):
                self.assertTrue(fits(kind, c_kind), f"{name}: {c_kind}, not {kind}")

    def test_error_codes(self):
        text = (ROOT / "runtime/include/ringlet/c/status.h").read_text()
        names = re.findall(r"RINGLET_(\w+)", re.search(r"enum ringlet_error \{(.*?)\}", text, re.S)[1])
        package = (PACKAGE / "_errors.py").read_text()
        self.assertEqual(re.findall(r"^    ([A-Z_]+) = (\d+)$", package, re.M), [(name, str(i)) for i, name in enumerate(names)][1:])


if __name__ == "__main__":
    unittest.main()
