"""The demonstration in a terminal: what the program writes to one, drawn as a still picture.

The commands are those that tools/demo ends with, and `ringlet digest`, with a seed and an end. They run on a
pseudo-terminal, so that colours are in the picture. The same bits on every machine give the same picture.
"""

import os
import pty
import re
import subprocess
import textwrap

import svg

COLUMNS = 96
SEED, TOKENS, CONTEXT = 1, 230, 128
# Of the plan the last lines: the sections before them are a page of their own.
COMMANDS = (f"ringlet plan --context {CONTEXT} | tail -n 4",
            f'ringlet run -p "Once upon a time" --context {CONTEXT} --ignore-eos -n {TOKENS} --seed {SEED} --quiet',
            "ringlet digest")
PROMPT = "$ "
ADVANCE, LEADING, MARGIN = 7.8, 18, 16
# What the program says with its escape sequences: bold, dim, neither.
STYLES = {"\033[1m": "bold", "\033[2m": "dim", "\033[0m": "plain"}
ESCAPE = re.compile("(\033\\[[0-9;]*[A-Za-z])")


def capture(command, program):
    """What a shell's command writes to a terminal."""
    ours, theirs = pty.openpty()
    folder = os.path.dirname(os.path.abspath(program))
    environment = {**os.environ, "TERM": "xterm-256color", "PATH": f"{folder}:{os.environ['PATH']}"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(["sh", "-c", command], stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    written = b""
    try:
        while block := os.read(ours, 65536):
            written += block
    except OSError:  # how a pseudo-terminal says that nobody writes any more
        pass
    os.close(ours)
    if process.wait() != 0:
        raise RuntimeError(f"{command} failed: {written.decode(errors='replace')}")
    return written.decode().replace("\r\n", "\n")


def styled(written):
    """(style, text) for each stretch between escape sequences."""
    style, stretches = "plain", []
    for part in ESCAPE.split(written):
        if part.startswith("\033"):
            style = STYLES[part]
        elif part:
            stretches.append((style, part))
    return stretches


def lines_of(stretches):
    """Lines of (style, text), wrapped between words where a terminal would cut words in two."""
    text = "".join(part for _, part in stretches)
    styles = [style for style, part in stretches for _ in part]
    lines, at = [], 0
    for paragraph in text.splitlines():
        for words in textwrap.wrap(paragraph, COLUMNS, drop_whitespace=True) or [""]:
            at = text.index(words, at)
            runs = []
            for letter, style in zip(words, styles[at:at + len(words)]):
                if runs and runs[-1][0] == style:
                    runs[-1][1] += letter
                else:
                    runs.append([style, letter])
            lines.append([tuple(run) for run in runs])
            at += len(words)
    return lines


def screen(program):
    """Every line of the picture, commands too."""
    lines = []
    for command in COMMANDS:
        lines += [[("dim", PROMPT), ("accent", command)]] if not lines else [[], [("dim", PROMPT), ("accent", command)]]
        lines += lines_of(styled(capture(command, program)))
    return lines


def draw(program):
    lines = screen(program)
    width = 2 * MARGIN + COLUMNS * ADVANCE
    height = 2 * MARGIN + len(lines) * LEADING
    page = svg.Page(width, height, "Ringlet in a terminal: its plan of the memory, a story, and a digest", "mono")
    page.rectangle("frame", 4, 4, width - 8, height - 8, 6)
    for row, runs in enumerate(lines):
        x = MARGIN
        for style, text in runs:
            kind, bold = ("plain", True) if style == "bold" else (style, False)
            page.text(x, MARGIN + 13 + row * LEADING, text, kind, bold=bold, length=len(text) * ADVANCE)
            x += len(text) * ADVANCE
    return str(page)
