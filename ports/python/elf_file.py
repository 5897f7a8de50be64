"""Reads from a shared library what decides on which systems it can be loaded.

The format is that of the System V ABI, with the GNU extension for versions of symbols (Linux Standard Base, "Symbol
Versioning")."""
from __future__ import annotations

import re
import struct
from pathlib import Path

MACHINES = {62: "x86_64", 183: "aarch64", 40: "armv7l"}
SHT_DYNAMIC, SHT_DYNSYM, SHT_GNU_VERNEED = 6, 11, 0x6FFFFFFE
DT_NEEDED = 1
STB_GLOBAL, STB_WEAK = 1, 2
# What every system of the tags manylinux_* has (PEP 600 and its predecessors).
ALLOWED_LIBRARIES = {"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libgcc_s.so.1",
                     "libstdc++.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "ld-linux-armhf.so.3"}


class ElfFile:
    """A little-endian ELF file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path.read_bytes()
        if self.data[:4] != b"\x7fELF" or self.data[5] != 1:
            raise SystemExit(f"{path}: is not a little-endian ELF file")
        self.wide = self.data[4] == 2
        machine = self._at("H", 18)[0]
        if machine not in MACHINES:
            raise SystemExit(f"{path}: is for a processor without wheels (ELF machine {machine})")
        self.machine = MACHINES[machine]
        self.sections = self._sections()

    def _at(self, form: str, offset: int) -> tuple[int, ...]:
        return struct.unpack_from("<" + form, self.data, offset)

    def _sections(self) -> list[dict[str, int]]:
        start = self._at("Q", 40)[0] if self.wide else self._at("I", 32)[0]
        size, count = self._at("HH", 58 if self.wide else 46)
        names = ("type", "offset", "size", "link", "info")
        form, fields = ("IIQQQQIIQQ", (1, 4, 5, 6, 7)) if self.wide else ("10I", (1, 4, 5, 6, 7))
        rows = (self._at(form, start + i * size) for i in range(count))
        return [dict(zip(names, (row[field] for field in fields))) for row in rows]

    def _section(self, kind: int) -> dict[str, int] | None:
        return next((section for section in self.sections if section["type"] == kind), None)

    def _name(self, table: dict[str, int], offset: int) -> str:
        start = self.sections[table["link"]]["offset"] + offset
        return self.data[start:self.data.index(b"\0", start)].decode()

    def needed_libraries(self) -> list[str]:
        """The libraries that the loader loads with this one."""
        dynamic = self._section(SHT_DYNAMIC)
        if dynamic is None:
            return []
        form, size = ("QQ", 16) if self.wide else ("II", 8)
        entries = (self._at(form, dynamic["offset"] + i) for i in range(0, dynamic["size"], size))
        return [self._name(dynamic, value) for tag, value in entries if tag == DT_NEEDED]

    def needed_versions(self) -> dict[str, list[str]]:
        """By library, the versions of symbols that it must have."""
        table = self._section(SHT_GNU_VERNEED)
        needs: dict[str, list[str]] = {}
        at = table["offset"] if table else 0
        for _ in range(table["info"] if table else 0):
            _, count, file, auxiliary, following = self._at("HHIII", at)
            entry = at + auxiliary
            for _ in range(count):
                _, _, _, name, further = self._at("IHHII", entry)
                needs.setdefault(self._name(table, file), []).append(self._name(table, name))
                entry += further
            at += following
        return needs

    def defined_symbols(self) -> set[str]:
        """The names that a program can look up."""
        table = self._section(SHT_DYNSYM)
        if table is None:
            return set()
        form, size, info, section = ("IBBHQQ", 24, 1, 3) if self.wide else ("IIIBBH", 16, 3, 5)
        rows = (self._at(form, table["offset"] + i) for i in range(0, table["size"], size))
        return {self._name(table, row[0]) for row in rows if row[section] != 0 and row[info] >> 4 in (STB_GLOBAL, STB_WEAK)}


def platform_tag(file: ElfFile) -> str:
    """The tag of PEP 600 for the oldest C library that has every symbol which the file needs."""
    foreign = set(file.needed_libraries()) - ALLOWED_LIBRARIES
    if foreign:
        raise SystemExit(f"{file.path}: needs {', '.join(sorted(foreign))}, which not every system has")
    newest = (2, 5)
    for library, versions in file.needed_versions().items():
        for version in versions:
            glibc = re.fullmatch(r"GLIBC_(\d+)\.(\d+)(\.\d+)?", version)
            if glibc:
                newest = max(newest, (int(glibc[1]), int(glibc[2])))
            elif not re.fullmatch(r"GCC_[34]\.\d+(\.\d+)?", version):
                raise SystemExit(f"{file.path}: needs {version} of {library}, which is no version of the C library")
    return f"manylinux_{newest[0]}_{newest[1]}_{file.machine}"
