"""Writes the manual pages and the completions of programs, as files of a package.

    write_files.py --version VERSION --folder FOLDER [--emulator COMMAND] PROGRAM...
"""
from __future__ import annotations

import argparse
import gzip
import shutil
from pathlib import Path

from completions import bash, fish
from man_pages import pages
from program_help import read_help


def compress(data: bytes) -> bytes:
    """As `gzip -9n`: the same bytes at any time."""
    return gzip.compress(data, 9, mtime=0)


def main() -> None:
    parser = argparse.ArgumentParser(description="Write manual pages and completions from the help texts of programs.")
    parser.add_argument("--version", required=True, help="what the pages are about, such as 'ringlet 1.0'")
    parser.add_argument("--folder", required=True, type=Path, help="gets man1, bash and fish; older files are removed")
    parser.add_argument("--emulator", default="", help="runs programs of another processor; words with ; between")
    parser.add_argument("programs", nargs="+", type=Path)
    options = parser.parse_args()
    emulator = [word for word in options.emulator.split(";") if word]
    programs = [read_help([*emulator, str(path)], path.name) for path in options.programs]
    files = {f"man1/{name}.gz": compress(text.encode()) for name, text in pages(programs, options.version).items()}
    for program in programs:
        files[f"bash/{program.name}"] = bash(program).encode()
        files[f"fish/{program.name}.fish"] = fish(program).encode()
    for name in ("man1", "bash", "fish"):
        shutil.rmtree(options.folder / name, ignore_errors=True)
        (options.folder / name).mkdir(parents=True)
    for path, data in files.items():
        (options.folder / path).write_bytes(data)


if __name__ == "__main__":
    main()
