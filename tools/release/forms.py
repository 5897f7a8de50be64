"""The tree of a release in the forms of build systems and package managers."""
import datetime
import os
import pathlib
import re
import shutil
import subprocess
import zipfile

import sources
from sources import ROOT, ReleaseError

HERE = pathlib.Path(__file__).resolve().parent
FORMS = tuple(sorted(path.name for path in (HERE / "forms").iterdir()))
NEED_URL = ("arduino", "cmsis-pack")

# Arduino's folder of a core's {build.mcu}, and below it the float unit and how floats are passed, where the core's command
# line has both. Options are those with which the core compiles.
ARCHIVES = {
    "cortex-m0plus": "-mcpu=cortex-m0plus",
    "cortex-m3": "-mcpu=cortex-m3",
    "cortex-m4": "-mcpu=cortex-m4 -mfloat-abi=soft",
    "cortex-m4/fpv4-sp-d16-hard": "-mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16",
    "cortex-m4/fpv4-sp-d16-softfp": "-mcpu=cortex-m4 -mfloat-abi=softfp -mfpu=fpv4-sp-d16",
    "cortex-m7/fpv5-d16-hard": "-mcpu=cortex-m7 -mfloat-abi=hard -mfpu=fpv5-d16",
    "cortex-m7/fpv5-d16-softfp": "-mcpu=cortex-m7 -mfloat-abi=softfp -mfpu=fpv5-d16",
    "cortex-m33/fpv5-sp-d16-hard": "-mcpu=cortex-m33 -mfloat-abi=hard -mfpu=fpv5-sp-d16",
    "cortex-m33/fpv5-sp-d16-softfp": "-mcpu=cortex-m33 -mfloat-abi=softfp -mfpu=fpv5-sp-d16",
}
# Cores for these processors: SAMD (M0+, M4), SAM (M3), mbed OS, Renesas (M4), STM32.
ARCHITECTURES = ("samd", "sam", "mbed", "mbed_nano", "mbed_rp2040", "mbed_portenta", "mbed_giga", "renesas_uno",
                 "renesas_portenta", "stm32")


def description():
    """What the project says of itself in CMakeLists.txt."""
    return re.search(r'DESCRIPTION "([^"]*)"', (ROOT / "CMakeLists.txt").read_text())[1]


def kconfig():
    """Kconfig's options for the parts of the library."""
    options = [f'config RINGLET_FEATURE_{name.upper()}\n\tbool "{name}" if !RINGLET_ALL_FEATURES\n'
               "\tdefault y if RINGLET_ALL_FEATURES\n" for name in sources.features()]
    return "\n".join(options)


def values(url):
    """What the templates name between @."""
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", datetime.datetime.now().timestamp()))
    return {"version": sources.version(), "description": description(), "url": url or "",
            "url_line": f'url: "{url}"' if url else "# url: the address of the project's page",
            "url_json": f'  "homepage": "{url}",\n' if url else "",
            "date": datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d"),
            "digest": re.search(r"`digest ([0-9a-f]{16})`", (HERE / "README.md.in").read_text())[1],
            "features": " ".join(name.upper() for name in sources.features()), "kconfig": kconfig(),
            "architectures": ",".join(ARCHITECTURES)}


def fill(text, known):
    return re.sub(r"@(\w+)@", lambda found: known[found[1]], text)


def write_templates(form, folder, url):
    known = values(url)
    root = HERE / "forms" / form
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        target = folder / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(fill(path.read_text(), known))


def write_archives(tree, folder, names):
    """Arduino's cores compile as C++11 to C++17 and not this library, so that it comes compiled."""
    options = ["-mthumb", "-O2", "-ffunction-sections", "-fdata-sections", f"-I{tree}"]
    for name in names:
        target = folder / "src" / name
        target.mkdir(parents=True)
        processor = ARCHIVES[name].split()

        def run(*words, target=target):
            subprocess.run(words, check=True, cwd=target)

        run("arm-none-eabi-g++", *processor, *options, "-std=c++20", "-fno-exceptions", "-fno-rtti", "-fno-math-errno",
            "-Wno-psabi", "-c", tree / "ringlet.cpp")
        run("arm-none-eabi-gcc", *processor, *options, f'-DMODEL_FILE="{tree}/example/storyteller.ringlet"', "-c",
            tree / "example/model.c")
        run("arm-none-eabi-ar", "rcsD", "libringlet.a", "ringlet.o", "model.o")
        for unneeded in ("ringlet.o", "model.o"):
            (target / unneeded).unlink()


def write_arduino(tree, folder, archives):
    for name in ("LICENSE", "NOTICE"):
        shutil.copyfile(tree / name, folder / name)
    (folder / "src/ringlet").mkdir()
    shutil.copyfile(tree / "ringlet/ringlet.h", folder / "src/ringlet/ringlet.h")
    for name in ("story.c", "story.h"):
        shutil.copyfile(tree / "example" / name, folder / "examples/Story" / name)
    write_archives(tree, folder, archives)


def zip_pack(folder):
    """The file that pack managers install: every file of the folder, in a name of Open-CMSIS-Pack."""
    name = folder / f"Ringlet.Ringlet.{sources.version()}.pack"
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as pack:
        for path in files:
            pack.write(path, path.relative_to(folder))


def write_form(form, tree, folder, url=None, archives=None):
    """Writes a form into a folder that is not there, from a tree that tools/amalgamate wrote."""
    if folder.exists() and any(folder.iterdir()):
        raise ReleaseError(f"{folder} is not empty")
    if form in NEED_URL and not url:
        raise ReleaseError(f"{form} needs --url, the address of the project's page")
    if unknown := set(archives or ()) - set(ARCHIVES):
        raise ReleaseError(f"--archive: {', '.join(sorted(unknown))} is not one of {', '.join(ARCHIVES)}")
    folder.mkdir(parents=True, exist_ok=True)
    write_templates(form, folder, url)
    if form == "arduino":
        write_arduino(tree, folder, archives or ARCHIVES)
    else:
        shutil.copytree(tree, folder, dirs_exist_ok=True)
    if form == "cmsis-pack":
        zip_pack(folder)
