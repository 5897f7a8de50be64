#!/usr/bin/env python3
"""Counts the cycles of the ARM kernels' inner loops with llvm-mca.

    tests/bench/arm_cycles.py                        every existing build folder
    tests/bench/arm_cycles.py build/aarch64 --check  fails if a figure exceeds its limit
tests/bench/arm_cycles.py --json

The script finds the loops in the compiled objects; README.md in this folder says how. A figure is the cycles
for 32 weights of a row and one token, with all data in the first-level cache. Exit status: 0 success, 1 a limit
is exceeded, 2 error, 77 with --check if llvm is not installed.
"""
import argparse
import dataclasses
import functools
import json
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
OBJDUMP, MCA = "llvm-objdump-19", "llvm-mca-19"
DEFAULT_BUILDS = ("aarch64", "armv7", "cortex-m55")
ITERATIONS = 200


@dataclasses.dataclass(frozen=True)
class Processor:
    """What the objects for a kind of processor are: e_machine of ELF, LLVM's triple."""
    machine: int
    triple: str
    # Options of the disassembler for what the objects do not say of themselves.
    disassembler: tuple[str, ...] = ()


PROCESSORS = {
    "aarch64": Processor(183, "aarch64-linux-gnu"),
    "armv7": Processor(40, "armv7-linux-gnueabihf"),
    "armv8.1-m": Processor(40, "thumbv8.1m.main-none-eabi", ("--triple=thumbv8.1m.main-none-eabi", "--mcpu=cortex-m55")),
}


@dataclasses.dataclass(frozen=True)
class Case:
    """A kernel set on a core, by a line of its folder's cycles.txt. A limit of None means none."""
    kernel_set: str
    processor: str
    core: str
    tokens: int
    int4_limit: float | None
    int8_limit: float | None


def all_cases():
    """The lines of every runtime/kernels/SET/cycles.txt."""
    for path in sorted(ROOT.glob("runtime/kernels/*/cycles.txt")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            words = line.split("#")[0].split()
            if not words:
                continue
            try:
                processor, core, tokens, *limits = words
                int4, int8 = (None if limit == "-" else float(limit) for limit in limits)
                if processor not in PROCESSORS:
                    raise ValueError(processor)
                yield Case(path.parent.name, processor, core, int(tokens), int4, int8)
            except ValueError:
                raise Failure(f"{path.relative_to(ROOT)}:{number}: expected PROCESSOR CORE TOKENS INT4 INT8, with a processor "
                              f"of {', '.join(PROCESSORS)} and limits or -") from None


# Multiplications of 8-bit numbers in one instruction.
PRODUCTS = (
    (r"sm(?:ul|la)l2?\s+v\d+\.8h", 8),
    (r"sdot\s+v\d+\.4s", 16),
    (r"smmla\s", 32),
    (r"vm(?:ul|la)l\.s8\s+q", 8),
    (r"vml(?:ad)?ava?\.s8\s", 16),
)
# What turns four packed scales into floats: tells how many rows an iteration covers.
ROW_SCALES = re.compile(r"fcvtl2?\s.*v(\d+)|vcvt\.f32\.f16\s+q|vcvt[bt]\.f32\.f16\s+q")
# What separates high from low codes: only INT4 has it.
UNPACKING = re.compile(r"(v?u?shr(\.u8)?)\s.*#(0x)?4$")
BRANCH = re.compile(r"(?:b|b\.?[a-z]{2}(?:\.w)?|b\.[nw]|cbn?z|tbn?z|le)\s.*?0x([0-9a-f]+) <")
# Functions that multiply matrices; attention has loops with the same instructions.
FUNCTIONS = re.compile(r"multiply|_panel\b")


class Failure(Exception):
    """One line for the user."""


@dataclasses.dataclass
class Loop:
    function: str
    body: list[str]
    products: int
    rows: int

    @property
    def int4(self):
        return any(UNPACKING.search(line) for line in self.body)

    @property
    def ends_with_le(self):
        return self.body[-1].startswith("le\t")

    @property
    def tokens(self):
        return self.products // (32 * self.rows)


def run(command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        lines = (done.stderr.strip() or "no message").splitlines()
        raise Failure(f"{command[0]} failed: {lines[0]}")
    return done.stdout


def objects_of(build, case):
    """The set's object files in a build folder, if they are for the case's kind of processor."""
    found = sorted(p for p in build.rglob(f"ringlet_kernels.dir/{case.kernel_set}/*") if p.suffix in (".o", ".obj"))
    return [p for p in found if int.from_bytes(p.read_bytes()[18:20], "little") == PROCESSORS[case.processor].machine]


@functools.cache
def functions_of(path, *options):
    """Name and (address, instruction) list of every function."""
    functions, code = [], None
    for line in run([OBJDUMP, "-d", "-C", "--no-show-raw-insn", *options, str(path)]).splitlines():
        if header := re.match(r"[0-9a-f]+ <(.*)>:$", line):
            code = []
            functions.append((header[1], code))
        elif code is not None and (found := re.match(r"\s*([0-9a-f]+):\s+(.*)", line)):
            code.append((int(found[1], 16), re.sub(r"\s*(//|@).*", "", found[2]).strip()))
    return functions


def rows_of(body):
    """Rows of an iteration: four for each conversion of scales, two if LDR loaded an S register for it."""
    rows = 0
    for i, text in enumerate(body):
        if not (conversion := ROW_SCALES.match(text)):
            continue
        loads = (re.match(rf"ldr\s+([sdq]){conversion[1]},", line) for line in reversed(body[i:] + body[:i]))
        load = next(filter(None, loads), None)
        rows += 2 if load and load[1] == "s" else 4
    return rows


def loops_of(name, code):
    """Innermost loops that multiply: from the target of a backward branch to the branch."""
    index = {address: i for i, (address, _) in enumerate(code)}
    ranges = []
    for i, (_, text) in enumerate(code):
        target = BRANCH.match(text)
        first = index.get(int(target[1], 16)) if target else None
        if first is not None and first <= i:
            ranges.append((first, i))
    for first, last in ranges:
        if any(first <= a and b <= last and (a, b) != (first, last) for a, b in ranges):
            continue
        body = [re.sub(r"0x[0-9a-f]+ <.*", ".Lloop", text) for _, text in code[first:last + 1]]
        products = sum(n for text in body for pattern, n in PRODUCTS if re.match(pattern, text))
        if not products:
            continue
        rows = rows_of(body)
        if not rows or products % (32 * rows):
            raise Failure(f"loop of {len(body)} instructions in {name[:60]}: {products} products do not "
                          f"fit {rows} rows; the patterns of this script need an update")
        yield Loop(name, body, products, rows)


def cycles(loop, case):
    """Cycles for 32 weights of a row and one token."""
    command = [MCA, f"-mtriple={PROCESSORS[case.processor].triple}", f"-mcpu={case.core}",
               f"-iterations={ITERATIONS}"]
    body = loop.body[:-1] if loop.ends_with_le else loop.body  # LE costs nothing and has no model
    out = run(command, ".Lloop:\n" + "\n".join(body) + "\n")
    total = int(re.search(r"Total Cycles:\s+(\d+)", out)[1])
    return total / ITERATIONS / (loop.products / 32)


def measure(case, paths):
    """Cycles for INT4 and INT8: of the slowest loop where the compiler made several."""
    loops = [loop for path in paths for name, code in functions_of(path, *PROCESSORS[case.processor].disassembler)
             if FUNCTIONS.search(name) for loop in loops_of(name, code)]
    if any(loop.ends_with_le for loop in loops):  # other branches back belong to loops around these
        loops = [loop for loop in loops if loop.ends_with_le]
    figures = []
    for int4 in (True, False):
        chosen = [loop for loop in loops if loop.int4 == int4 and loop.tokens == case.tokens]
        if not chosen:
            raise Failure(f"no {'INT4' if int4 else 'INT8'} loop for {case.tokens} token(s) in {paths[0]}; "
                          "the patterns of this script need an update")
        figures.append(max(cycles(loop, case) for loop in chosen))
    return figures


def survey(builds):
    """One dictionary for each case: figures, or the reason why there are none."""
    results = []
    for case in all_cases():
        result = {"set": case.kernel_set, "processor": case.processor, "core": case.core, "tokens": case.tokens,
                  "int4_limit": case.int4_limit, "int8_limit": case.int8_limit}
        found = [(build, paths) for build in builds if (paths := objects_of(build, case))]
        if not found:
            result["missing"] = "no object in " + ", ".join(str(build) for build in builds)
            results.append(result)
        for build, paths in found:
            int4, int8 = measure(case, paths)
            shown = build.resolve()
            shown = shown.relative_to(ROOT) if shown.is_relative_to(ROOT) else shown
            results.append({**result, "build": str(shown), "int4": round(int4, 2), "int8": round(int8, 2)})
    return results


def excess(result):
    """Which limits a result exceeds."""
    return [f"{result['set']} on {result['core']}: {form.upper()} takes {result[form]:.2f} cycles, "
            f"limit {result[form + '_limit']:.2f}"
            for form in ("int4", "int8")
            if form in result and result[form + "_limit"] and result[form] > result[form + "_limit"]]


def table(results):
    """Lines of text."""
    row = "{:<8} {:<16} {:<12} {:>6} {:>7} {:>7}   {}"
    yield row.format("set", "for", "core", "tokens", "INT4", "INT8", "build")
    for r in results:
        if "missing" not in r:
            figures = f"{r['int4']:.2f}", f"{r['int8']:.2f}"
            yield row.format(r["set"], r["processor"], r["core"], r["tokens"], *figures, r["build"])
    for missing in dict.fromkeys(f"{r['set']} for {r['processor']}: {r['missing']}"
                                 for r in results if "missing" in r):
        yield missing


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("builds", nargs="*", type=pathlib.Path,
                        help="build folders (default: those of the presets, if they exist)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--check", action="store_true", help="fail if a figure exceeds its limit")
    arguments = parser.parse_args()
    for tool in (OBJDUMP, MCA):
        if not shutil.which(tool):
            print(f"{'SKIPPED' if arguments.check else 'arm_cycles'}: {tool} is not installed; tools/setup --all "
                  "installs it", file=sys.stderr)
            return 77 if arguments.check else 2
    builds = arguments.builds or [p for name in DEFAULT_BUILDS if (p := ROOT / "build" / name).is_dir()]
    absent = [build for build in builds if not build.is_dir()]
    if absent or not builds:
        raise Failure(f"no build folder {absent[0]}" if absent else "no ARM build; cmake --preset aarch64 and "
                      "cmake --build --preset aarch64 make one")
    results = survey(builds)
    measured = [r for r in results if "missing" not in r]
    print(json.dumps(results, indent=2) if arguments.json else "\n".join(table(results)))
    if not measured:
        raise Failure("no ARM kernels in " + ", ".join(str(build) for build in builds) + "; build it first")
    too_slow = [line for r in measured for line in excess(r)] if arguments.check else []
    for line in too_slow:
        print(line, file=sys.stderr)
    if arguments.check:
        processors = {r["processor"] for r in measured}
        unchecked = [r for r in results if "missing" in r and r["int4_limit"] and r["processor"] in processors]
        for r in unchecked:
            raise Failure(f"{r['set']} has limits but {r['missing']}")
        if not any(r["int4_limit"] for r in measured):
            raise Failure("no limit is stated for what was found")
    return 1 if too_slow else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"arm_cycles: {failure}", file=sys.stderr)
        sys.exit(2)
