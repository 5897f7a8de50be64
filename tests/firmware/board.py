"""Runs images on emulated boards, and the workstation's program to compare them with."""
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOARD = os.environ["RINGLET_BOARD"]
PROCESSOR = os.environ["RINGLET_PROCESSOR"]
IMAGES = pathlib.Path(os.environ["RINGLET_IMAGES"])
PROGRAM = os.environ["RINGLET_PROGRAM"]
MODEL = ROOT / "tools/demo-model/storyteller.ringlet"
MODEL_ADDRESS = os.environ.get("RINGLET_MODEL_ADDRESS")
PREFIX_ADDRESS = os.environ.get("RINGLET_PREFIX_ADDRESS")
SETTINGS = ["--context", "128", "--kv", "int8", "--prefill-chunk", "8", "--longest-word", "64", "--threads", "1"]
PROMPT = "Once upon a time"


def run_image(name, model=None, prefix=None):
    """Runs an image, with files where its model and its prefix are expected; (status, what it printed)."""
    load = ["--load", f"{model}@{MODEL_ADDRESS}"] if model else []
    load += ["--load", f"{prefix}@{PREFIX_ADDRESS}"] if prefix else []
    done = subprocess.run([ROOT / "toolchains/run-on-board", *load, BOARD, IMAGES / f"{name}-{BOARD}.elf"],
                          capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def ringlet(*arguments):
    """What the program of this machine prints."""
    return subprocess.run([PROGRAM, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def figures_of_the_page(heading, path=ROOT / "ports/firmware/README.md"):
    """The numbers in this processor's row of the table that a page, by default the firmware's, has under a heading."""
    page = path.read_text()
    rows = page[page.index(f"## {heading}\n"):].splitlines()
    row = next(row for row in rows if row.startswith("|") and re.search(rf"\b{PROCESSOR}\b", row.split("|")[1]))
    return [int(cell.replace(",", "")) for cell in row.split("|")[2:] if re.fullmatch(r" [\d,]+ ", cell)]


def flipped(content, offset):
    """The content with one bit changed."""
    changed = bytearray(content)
    changed[offset] ^= 0x10
    return bytes(changed)


def assert_refused(test, result, status, *words):
    """A run of an image ended with that status and said why, without a fault."""
    actual, output = result
    print(output.strip().splitlines()[-1])
    test.assertEqual(actual, status, output)
    for word in words:
        test.assertIn(word, output)
    test.assertNotIn("fault", output)


def number(output, pattern):
    """The number, perhaps with commas, in the group of a pattern."""
    found = re.search(pattern, output)
    assert found, f"{pattern!r} is not in:\n{output}"
    return int(found.group(1).replace(",", ""))
