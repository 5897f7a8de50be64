"""Writes the wheel of the Python package: the format of PEP 427, with the platform that its library allows.

The same inputs give the same bytes."""
from __future__ import annotations

import argparse
import base64
import hashlib
import re
import zipfile
from pathlib import Path

from elf_file import ElfFile, platform_tag

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NAME = "ringlet"
OLDEST_PYTHON = "3.9"
TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can say


def metadata(version: str) -> str:
    """The core metadata 2.1."""
    description = (HERE / "README.md").read_text(encoding="utf-8")
    # Links of the page lead to files of the repository, which an installed package has not got.
    description = re.sub(r"\[([^\]]*)\]\((?!https?:)[^)]*\)", r"\1", description)
    return (f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\n"
            "Summary: Runs language models in a fixed amount of memory, with the same bits on every processor\n"
            f"License: Apache-2.0\nRequires-Python: >={OLDEST_PYTHON}\nLicense-File: LICENSE\nLicense-File: NOTICE\n"
            "Classifier: Operating System :: POSIX :: Linux\nClassifier: Typing :: Typed\n"
            f"Description-Content-Type: text/markdown\n\n{description}")


def contents(version: str, library: Path, tag: str) -> dict[str, bytes]:
    """By name in the wheel, each file but RECORD."""
    info = f"{NAME}-{version}.dist-info"
    files = {f"{NAME}/{path.name}": path.read_bytes()
             for path in sorted((HERE / NAME).iterdir()) if path.suffix == ".py" or path.name == "py.typed"}
    files[f"{NAME}/lib{NAME}.so"] = library.read_bytes()
    files[f"{info}/LICENSE"] = (ROOT / "LICENSE").read_bytes()
    files[f"{info}/NOTICE"] = (ROOT / "NOTICE").read_bytes()
    files[f"{info}/METADATA"] = metadata(version).encode()
    files[f"{info}/WHEEL"] = (f"Wheel-Version: 1.0\nGenerator: make_wheel ({version})\nRoot-Is-Purelib: false\n"
                              f"Tag: py3-none-{tag}\n").encode()
    return files


def record(files: dict[str, bytes], name: str) -> bytes:
    """Names, hashes and sizes of all files; itself without a hash."""
    lines = []
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(data)}")
    return "\n".join(lines + [f"{name},,", ""]).encode()


def write_wheel(version: str, library: Path, folder: Path) -> Path:
    tag = platform_tag(ElfFile(library))
    files = contents(version, library, tag)
    name = f"{NAME}-{version}.dist-info/RECORD"
    files[name] = record(files, name)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{NAME}-*.whl"):
        old.unlink()
    wheel = folder / f"{NAME}-{version}-py3-none-{tag}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, TIME)
            entry.external_attr = (0o755 if path.endswith(".so") else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return wheel


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the wheel of the Python package.")
    parser.add_argument("--version", required=True, help="version of the package")
    parser.add_argument("--library", dest="native", required=True, type=Path, help="the shared library of this build")
    parser.add_argument("--folder", required=True, type=Path, help="where the wheel goes; an older one is removed")
    options = parser.parse_args()
    print(write_wheel(options.version, options.native, options.folder))


if __name__ == "__main__":
    main()
