"""Each call of the page builds the library, and the result has the memory and the bits of this machine's program.

The short form has a processor for each set of kernels, leaves out parts that the model does not need for most of them,
and decodes a part of the golden sequence. RINGLET_AMALGAMATION=all is the long form: every call of the page, complete,
with the whole sequence.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from release_tree import HERE, MODEL, PROGRAM, ROOT, TREE, calls, run

ALL = os.environ.get("RINGLET_AMALGAMATION") == "all"
TOKENS = 128 if ALL else 40  # enough for keys and values in INT4
LEAN = [] if ALL else ["-DRINGLET_FEATURES_ALL=0", "-DRINGLET_FEATURE_INT4_CACHE=1"]
PLAIN = ["-std=c++20", "-O2", "-fno-exceptions", "-fno-rtti", f"-I{TREE}", f"-DDIGEST_TOKENS={TOKENS}"]
of_the_long_form = unittest.skipUnless(ALL, "of the long form")
CPU = pathlib.Path("/proc/cpuinfo").read_text()


def have(name):
    """Fails, or skips loudly, where a program is not there."""
    if not shutil.which(name):
        raise unittest.SkipTest(f"SKIPPED: {name} is missing: run tools/setup --all")


def newest(pattern):
    folders = sorted(pathlib.Path("/").glob(pattern))
    if not folders:
        raise unittest.SkipTest(f"SKIPPED: /{pattern} is missing: run tools/setup --all")
    return folders[-1]


def borrowed_headers():
    """Debian has no C++ library for RISC-V; the headers of that for ARM serve."""
    folder = newest("usr/include/newlib/c++/*")
    return ["--specs=picolibc.specs", "-isystem", folder, "-isystem", folder / "arm-none-eabi"]


def headers_for_clang(*processor):
    """gcc's and newlib's headers, but for what belongs to gcc itself."""
    done = subprocess.run(["arm-none-eabi-g++", *processor, "-E", "-v", "-x", "c++", "/dev/null"], capture_output=True, text=True)
    search = re.search(r"search starts here:\n(.*)\nEnd of search list", done.stderr, re.S)[1].split()
    folders = [os.path.realpath(folder) for folder in search if folder.startswith("/")]
    others = [word for folder in folders if "/lib/gcc/" not in folder for word in ("-isystem", folder)]
    return ["-nostdlibinc", "-fshort-enums", *others]


class Processors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.calls, cls.built = calls(), set()
        cls.expected = {}
        for kv in ("int8", "int4"):
            settings = ["--context", "64", "--sinks", "4", "--kv", kv, "--hot-window", "16"]
            cls.expected[f"{kv} digest"] = run(PROGRAM, "digest", MODEL, *settings, "-n", TOKENS).strip()
            plan = json.loads(run(PROGRAM, "plan", MODEL, *settings, "--threads", "1", "--json"))
            cls.expected[f"{kv} ram"] = str(plan["ram_bytes"])

    def compile(self, name, extra=()):
        """Builds the library by its call, in a folder of its own; (the words of the call, the folder)."""
        words = self.calls[name]
        have(words[0])
        folder = self.folder / re.sub(r"\W+", "-", name)
        folder.mkdir()
        sources = [TREE / word for word in words if word.endswith((".cpp", ".S"))]
        options = [word for word in words[1:] if not word.endswith((".cpp", ".S")) and word != "-I."]
        run(words[0], *options, f"-I{TREE}", *extra, *sources, cwd=folder)
        self.built.add(name)
        return words, folder

    def processor(self, words):
        """The options of a call that say what it compiles for."""
        return [word for word in words if re.match(r"-(m|-target)", word)]

    def judge(self, name, output, kernels, complete):
        found = dict(line.rsplit(" ", 1) for line in output.splitlines())
        print(f"{name}: {', '.join(f'{key} {value}' for key, value in found.items())}")
        self.assertEqual(found.pop("kernels"), kernels)
        golden = (ROOT / "tests/golden/self_test_hash.hpp").read_text()
        hash_of_kernels = found.pop("self_test")
        if complete:  # a part of the kernels has another hash
            self.assertEqual(hash_of_kernels, re.search(r"0x([0-9A-F]+)", golden)[1].lower().lstrip("0"))
        found = {key: value.rjust(16, "0") if "digest" in key else value for key, value in found.items()}
        self.assertEqual(found, self.expected)

    def on_linux(self, name, kernels, emulator=(), extra=()):
        words, folder = self.compile(name, extra)
        program = folder / "digest"
        for source in ("digest", "console_linux"):
            run(words[0], *PLAIN, *self.processor(words), "-c", HERE / f"{source}.cpp", cwd=folder)
        run(words[0].replace("g++", "gcc"), f'-DMODEL_FILE="{MODEL}"', "-c", TREE / "example/model.c", cwd=folder)
        run(words[0], "-static", *sorted(folder.glob("*.o")), "-o", program)
        self.judge(name, run(*emulator, program), kernels, not extra)

    def on_a_board(self, name, board, kernels, extra=(), headers=(), compiler=None):
        have("qemu-system-aarch64")
        if compiler:
            self.calls[name] = [compiler] + self.calls[name][1:]
        words, folder = self.compile(name, [*extra, *headers])
        port = ROOT / "ports/bare-metal"
        sources = [port / f"{part}.cpp" for part in ("start", "memory", "print", "semihosting")]
        sources += [ROOT / "ports/cortex-m" / f"{part}.cpp" for part in ("reset", "clock")]
        sources += [HERE / "digest.cpp", HERE / "console_board.cpp"]
        # As ports/bare-metal/CMakeLists.txt: loops that fill memory are not to become calls of functions.
        quiet = ["-fno-tree-loop-distribute-patterns"] if "clang" not in words[0] else []
        run(words[0], *PLAIN, *self.processor(words), *headers, *quiet, "-fno-threadsafe-statics", "-ffunction-sections", f"-I{port}",
            f"-I{ROOT}/runtime/include", "-c", *sources, cwd=folder)
        # Everything is linked by gcc's driver, which knows newlib's variants.
        link = [word for word in self.processor(words) if word.startswith("-m")]
        link += ["-mthumb", "-mfloat-abi=hard"] if "clang" in words[0] else []
        run("arm-none-eabi-gcc", *link, f'-DMODEL_FILE="{MODEL}"', '-DMODEL_SECTION=".model"', "-c", TREE / "example/model.c",
            cwd=folder)
        image = folder / "digest.elf"
        run("arm-none-eabi-g++", *link, "--specs=nano.specs", "-nostartfiles", f"-L{port}",
            f"-T{ROOT}/ports/cortex-m/boards/{board}/memory.ld", "-Wl,--gc-sections,--fatal-warnings,-z,noexecstack",
            folder / "reset.o", folder / "start.o",  # near each other, for a short jump
            *sorted(path for path in folder.glob("*.o") if path.stem not in ("reset", "start")), "-o", image)
        self.judge(name, run(ROOT / "toolchains/run-on-board", board, image), kernels, not extra)

    def on_riscv(self, name, emulator, extra=(), kernels="portable", compiler=None, cpus=((),)):
        have(emulator)
        headers = borrowed_headers()
        if compiler:
            self.calls[name] = [compiler] + self.calls[name][1:]
            headers = ["-nostdlibinc", *headers[1:], "-isystem", "/usr/lib/picolibc/riscv64-unknown-elf/include"]
        words, folder = self.compile(name, [*extra, *headers])
        target = self.processor(words)
        run(words[0], *PLAIN, *target, *headers, "-ffunction-sections", "-c", HERE / "digest.cpp", HERE / "console_riscv.cpp",
            cwd=folder)
        scripts = ROOT / "tests/package/riscv32"
        gcc = ["riscv64-unknown-elf-gcc", *(word for word in target if word.startswith("-m"))]
        run(*gcc, f'-DMODEL_FILE="{MODEL}"', '-DMODEL_SECTION=".model"', "-c", TREE / "example/model.c", scripts / "start.S",
            cwd=folder)
        image = folder / "digest"
        # gcc links, which knows picolibc's variants. It has none for vectors.
        gcc = [word.replace("gcv", "gc") for word in gcc]
        run(*gcc, "--specs=picolibc.specs", "-nostartfiles", f"-T{scripts}/virt.ld", "-Wl,--gc-sections",
            *sorted(folder.glob("*.o")), "-o", image)
        for cpu in cpus:
            output = run("timeout", "600", emulator, "-M", "virt", *cpu, "-bios", "none", "-display", "none", "-monitor", "none",
                         "-serial", "stdio", "-kernel", image)
            self.judge(name, output, kernels, not extra)

    def test_this_machine(self):
        kernels = {"x86_64": "portable", "aarch64": "neon"}[os.uname().machine]
        self.on_linux("this machine", kernels)
        # And as the page says to try it.
        folder = self.folder / "this-machine"
        run("gcc", "-O2", "-std=c99", "-Wall", "-Wextra", "-Werror", f"-I{TREE}", TREE / "example/main.c", TREE / "example/story.c",
            *(folder / name for name in ("model.o", "ringlet.o")), "-o", folder / "story")
        first, story = run(folder / "story").split("\n", 1)
        settings = ["--context", "128", "--kv", "int8", "--prefill-chunk", "8", "--longest-word", "64"]
        digest = run(PROGRAM, "digest", MODEL, *settings[:4]).strip()
        plan = json.loads(run(PROGRAM, "plan", MODEL, *settings, "--threads", "1", "--json"))
        self.assertEqual(first, f"kernels {kernels}, RAM {plan['ram_bytes']} bytes, digest {digest}")
        self.assertIn(f"`digest {digest}`", (TREE / "README.md").read_text())
        seed = run(PROGRAM, "run", MODEL, *settings, "-p", "Once upon a time", "-n", "60", "--seed", "1")
        self.assertEqual(story.strip(), seed.strip())

    def test_a_plan_s_header_needs_no_other_headers(self):
        run(PROGRAM, "plan", MODEL, "--context", "64", "--header", self.folder / "storyteller_plan.h")
        for language, standard in (("c++", "c++20"), ("c", "c99")):
            run("gcc", f"-std={standard}", "-Wall", "-Werror", f"-I{TREE}", "-fsyntax-only", "-x", language,
                self.folder / "storyteller_plan.h")

    def test_aarch64(self):
        have("qemu-aarch64")
        self.on_linux("AArch64 (Cortex-A53)", "neon", ["qemu-aarch64", "-cpu", "cortex-a53"])

    @of_the_long_form
    def test_armv7(self):
        have("qemu-arm")
        self.on_linux("ARMv7-A with NEON", "neon", ["qemu-arm", "-cpu", "cortex-a7"], LEAN)

    @of_the_long_form
    def test_cortex_m0plus(self):
        self.on_a_board("Cortex-M0+", "mps2-an385", "portable", LEAN)

    @of_the_long_form
    def test_cortex_m3(self):
        self.on_a_board("Cortex-M3", "mps2-an385", "portable", LEAN)

    def test_cortex_m4(self):
        self.on_a_board("Cortex-M4", "mps2-an386", "dsp", LEAN)

    @of_the_long_form
    def test_cortex_m7(self):
        self.on_a_board("Cortex-M7", "mps2-an500", "dsp", LEAN)

    @of_the_long_form
    def test_cortex_m33(self):
        self.on_a_board("Cortex-M33", "mps2-an505", "dsp", LEAN)

    def test_cortex_m55(self):
        have("arm-none-eabi-g++")
        headers = headers_for_clang("-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard")
        # Debian's own clang is too old for Helium.
        self.on_a_board("Cortex-M55, by clang", "mps3-an547", "helium", LEAN, headers, "clang++-19")

    def test_riscv32(self):
        self.on_riscv("32-bit RISC-V", "qemu-system-riscv32", LEAN)

    @of_the_long_form
    def test_riscv64(self):
        self.on_riscv("64-bit RISC-V", "qemu-system-riscv64", LEAN)

    def test_riscv64_with_vectors(self):
        have("clang++-19")
        # Registers of two lengths have the same bits. Debian's own clang is too old for the intrinsics.
        cpus = [("-cpu", f"rv64,v=true,vext_spec=v1.0,vlen={bits}") for bits in (128, 256)]
        self.on_riscv("64-bit RISC-V with vectors, by clang", "qemu-system-riscv64", LEAN, "rvv", "clang++-19", cpus)

    def test_webassembly(self):
        have("node")
        name = "WebAssembly"
        words, folder = self.compile(name, LEAN)
        run(words[0], *PLAIN, *self.processor(words), "-c", HERE / "digest.cpp", HERE / "console_wasm.cpp", cwd=folder)
        exports = [f"-Wl,--export={name}" for name in ("run", "storyteller_model", "storyteller_model_bytes", "printed")]
        run(words[0], "--target=wasm32-wasi", "-nostartfiles", "-Wl,--no-entry,--stack-first,-z,stack-size=262144", *exports,
            *sorted(folder.glob("*.o")), "-o", folder / "digest.wasm")
        self.judge(name, run("node", HERE / "run_wasm.mjs", folder / "digest.wasm", MODEL), "wasm", not LEAN)

    @of_the_long_form
    def test_the_other_calls(self):
        emulator = ["qemu-aarch64", "-cpu", "max"]
        self.on_linux("AArch64 with SDOT (Cortex-A76)", "dotprod", emulator)
        self.on_linux("AArch64 with I8MM", "i8mm", emulator)
        self.on_a_board("Cortex-M55, by gcc", "mps3-an547", "dsp")
        for name, kernels, flag in (("x86-64 with AVX2", "avx2", "avx2"), ("x86-64 with AVX-VNNI", "avxvnni", "avx_vnni"),
                                    ("x86-64 with AVX-512 VNNI", "avx512", "avx512_vnni")):
            if f" {flag} " in CPU:
                self.on_linux(name, kernels)
            else:
                print(f"SKIPPED: this machine cannot run {name}")
                self.compile(name)

    @classmethod
    def tearDownClass(cls):
        left = set(cls.calls) - cls.built
        print(f"calls of the page that this run did not try: {', '.join(sorted(left)) or 'none'}")


if __name__ == "__main__":
    unittest.main()
