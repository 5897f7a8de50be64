"""Writes the folder of a release."""
import pathlib
import shutil
import tempfile

import amalgamation
from sources import ROOT, ReleaseError

HERE = pathlib.Path(__file__).resolve().parent


def notice():
    """What NOTICE says of the library, without the programs."""
    text = (ROOT / "NOTICE").read_text()
    entry = next(part for part in text.split("\n\n") if part.startswith("2. FlatBuffers"))
    opening = ("Ringlet is distributed under the Apache Licence 2.0 (LICENSE). ringlet.cpp contains FlatBuffers, changed: its\n"
               "headers are in one file, in a namespace of another name.\n\n")
    return opening + entry.removeprefix("2. ").replace("\n   ", "\n") + "\n"


def write_tree(folder, flatc, flatbuffers):
    """Writes headers, sources, licences, page and example into a folder that is empty or not there."""
    if folder.exists() and any(folder.iterdir()):
        raise ReleaseError(f"{folder} is not empty")
    if not (flatbuffers / "flatbuffers/flatbuffers.h").is_file():
        raise ReleaseError(f"{flatbuffers}/flatbuffers/flatbuffers.h is missing: run tools/setup")
    with tempfile.TemporaryDirectory() as generated:
        amalgamation.generated_code(pathlib.Path(generated), flatc)
        library = amalgamation.Amalgamation(pathlib.Path(generated), flatbuffers)
        files = library.files()
    files["NOTICE"] = notice()
    files["README.md"] = amalgamation.template("README.md.in")
    for path in sorted((HERE / "example").iterdir()):
        files[f"example/{path.name}"] = path.read_text()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
    shutil.copyfile(ROOT / "tools/demo-model/storyteller.ringlet", folder / "example/storyteller.ringlet")
