"""What the tests of the command line share: they start the programs on a small model.

Environment: RINGLET_PROGRAM, RINGLET_CONVERT_PROGRAM, RINGLET_GRAMMAR_PROGRAM; optionally RINGLET_EMULATOR (a command prefix
for them), RINGLET_TEST_DATA (checkpoints), RINGLET_C_COMPILER, RINGLET_CXX_COMPILER.
"""

import array
import atexit
import fcntl
import os
import pty
import random
import shutil
import string
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

EMULATOR = os.environ.get("RINGLET_EMULATOR", "").split()
PROGRAM = EMULATOR + [os.environ.get("RINGLET_PROGRAM", "ringlet")]
CONVERT = EMULATOR + [os.environ.get("RINGLET_CONVERT_PROGRAM", "ringlet-convert")]
GRAMMAR = EMULATOR + [os.environ.get("RINGLET_GRAMMAR_PROGRAM", "ringlet-grammar")]

CHAT_TEMPLATE = ("{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
                 "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
VOCAB_SIZE = 350
CONTEXT = 128
LAYERS = 2

_folder = None


def folder():
    """A folder that is removed at the end."""
    global _folder
    if _folder is None:
        _folder = tempfile.mkdtemp(prefix="ringlet-cli-")
        atexit.register(shutil.rmtree, _folder, True)
    return _folder


def path(name):
    return os.path.join(folder(), name)


def write(name, content):
    with open(path(name), "wb") as file:
        file.write(content)
    return path(name)


def read(file_name):
    with open(file_name, "rb") as file:
        return file.read()


def environment(**extra):
    result = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
    return {**result, "TERM": "xterm", "XDG_DATA_HOME": path("data"), **extra}


def ringlet(*arguments, stdin=b"", env=None, timeout=300):
    """Runs the program to its end; output is bytes."""
    return subprocess.run(PROGRAM + list(arguments), input=stdin, capture_output=True,
                          env=env or environment(), timeout=timeout, check=False)


def _pieces():
    letters = string.ascii_lowercase + string.ascii_uppercase + " .,!?'\n"
    pairs = ["th", "he", "in", "er", "an", " t", " a", " s", " w", "on", "ed", "nd", " the", " and",
             "ing", " to", "ll", "é", " was", "the", "On", "ce", "Once", " Once"]
    pieces = ["<unk>", "\n<s>\n", "\n</s>\n"] + [f"<0x{byte:02X}>" for byte in range(256)]
    pieces += pairs + list(letters)
    return pieces + [f" w{i}" for i in range(VOCAB_SIZE - len(pieces))]


def _tokenizer():
    pieces = [piece.encode() for piece in _pieces()]
    blob = struct.pack("<i", max(map(len, pieces)))
    for rank, piece in enumerate(pieces):
        blob += struct.pack("<fi", -float(rank), len(piece)) + piece
    return blob


def _checkpoint():
    """A llama2.c checkpoint (legacy format) with random weights."""
    dim, hidden, heads, kv_heads = 32, 48, 4, 2
    head_dim = dim // heads
    kv_dim = kv_heads * head_dim
    generator = random.Random(2024)
    ones = [1.0] * dim

    def matrix(rows, columns):
        return [generator.gauss(0, columns ** -0.5) for _ in range(rows * columns)]

    floats = array.array("f", matrix(VOCAB_SIZE, dim))
    floats.extend(ones * LAYERS)
    for rows, columns in ((dim, dim), (kv_dim, dim), (kv_dim, dim), (dim, dim)):
        floats.extend(matrix(LAYERS * rows, columns))
    floats.extend(ones * LAYERS)
    for rows, columns in ((hidden, dim), (dim, hidden), (hidden, dim)):
        floats.extend(matrix(LAYERS * rows, columns))
    floats.extend(ones)
    floats.extend([0.0] * (CONTEXT * head_dim))  # tables of angles, which readers compute themselves
    if sys.byteorder == "big":
        floats.byteswap()
    return struct.pack("<7i", dim, hidden, LAYERS, heads, kv_heads, VOCAB_SIZE, CONTEXT) + floats.tobytes()


def byte_letters():
    """GPT-2's alphabet of bytes."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {byte: chr(256 + i) for i, byte in enumerate(others)}


def convert(source, target, *options):
    """Converts without measuring what its cache should be like and without fitting weights, which take long in an emulator."""
    return run_converter(target, source, "--kv-tokens", "0", "--calibrate", "none", *options)


def on_terminal(command, columns=None, **extra):
    """What a command writes, output and errors together, as a terminal receives it: of so many columns, or of no size."""
    ours, theirs = pty.openpty()
    if columns is not None:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment(**extra))
    os.close(theirs)
    received = b""
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:  # Linux: the other side is closed
            break
        if not block:
            break
        received += block
    os.close(ours)
    process.wait(60)
    return received


def random_model(name, shape):
    """A model file of random weights in a shape of ringlet-convert --random."""
    return run_converter(path(name), "--random", shape)


def run_converter(target, *options):
    command = CONVERT + [*options, "-o", target]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"ringlet-convert failed: {done.stderr.decode()}")
    return target


_models = {}


def model(weights="int8"):
    """A model file of a few tens of kilobytes, with random weights."""
    if weights not in _models:
        checkpoint = write("tiny.bin", _checkpoint())
        tokenizer = write("tiny-tokenizer.bin", _tokenizer())
        _models[weights] = convert(checkpoint, path(f"tiny-{weights}.ringlet"), "--tokenizer", tokenizer,
                                   "--weights", weights)
    return _models[weights]


class TestCase(unittest.TestCase):
    """Assertions about a finished program."""

    def succeeds(self, *arguments, **keywords):
        """Runs the program, expects success, and returns standard output."""
        done = ringlet(*arguments, **keywords)
        self.assertEqual(done.returncode, 0, done.stderr.decode(errors="replace"))
        return done.stdout

    def fails(self, status, *arguments, **keywords):
        """Runs the program, expects that exit status and one line on standard error, which is returned."""
        done = ringlet(*arguments, **keywords)
        error = done.stderr.decode(errors="replace")
        self.assertEqual(done.returncode, status, f"{arguments}: {error}")
        self.assertEqual(error.count("\n"), 1, error)
        self.assertTrue(error.startswith("ringlet: "), error)
        return error
