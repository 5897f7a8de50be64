"""The packages of Debian: lintian has no complaint, and what they contain works where it is extracted.

Environment: RINGLET_BUILD, the build tree; RINGLET_EMULATOR, which runs its programs.
"""

import gzip
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["RINGLET_BUILD"])
EMULATOR = os.environ.get("RINGLET_EMULATOR", "").split()
UNITS = list(ROOT.glob("ports/linux/serve/systemd/*.service"))


def run(*command, status=0, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode != status:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


class Debian(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        run("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", cls.folder)
        cls.packages = {path.name.split("_")[0]: path for path in cls.folder.glob("*.deb")}
        cls.root = cls.folder / "root"
        for package in cls.packages.values():
            run("dpkg-deb", "--extract", package, cls.root)

    def program(self, name, *arguments):
        return run(*EMULATOR, self.root / "usr/bin" / name, *arguments)

    def commands(self):
        listed = self.program("ringlet", "--help").split("Subcommands:\n")[1].split("\n\n")[0]
        return re.findall(r"^  (\w+)", listed, re.M)

    def test_lintian_has_no_complaint(self):
        self.assertTrue(shutil.which("lintian"), "lintian is missing: run tools/setup --all")
        self.assertEqual(set(self.packages), {"ringlet", "libringlet-dev"})
        shown = run("lintian", "--allow-root", "--fail-on", "error,warning", *self.packages.values())
        self.assertEqual(shown, "")

    def test_fields(self):
        def field(package, name):
            return run("dpkg-deb", "--field", self.packages[package], name).strip()

        version = ".".join(re.findall(r"define RINGLET_VERSION_\w+ (\d+)", (ROOT / "runtime/include/ringlet/version.h").read_text()))
        for package in self.packages:
            self.assertEqual(field(package, "Version"), f"{version}-1")
            if not EMULATOR:
                self.assertEqual(field(package, "Architecture"), run("dpkg", "--print-architecture").strip())
        self.assertIn("libc6 (>=", field("ringlet", "Depends"))
        self.assertIn("libcurl4", field("ringlet", "Recommends"))

    def test_programs_run_and_find_the_model(self):
        expected = run(*EMULATOR, BUILD / "bin/ringlet", "digest")
        self.assertEqual(self.program("ringlet", "digest"), expected)
        self.assertRegex(expected, r"^[0-9a-f]{16}\n$")
        for name in ("ringlet-convert", "ringlet-grammar"):
            self.assertIn("Usage: " + name, self.program(name, "--help"))

    def test_every_command_has_a_page(self):
        commands = self.commands()
        self.assertGreater(len(commands), 12)
        folder = self.root / "usr/share/man/man1"
        self.assertEqual({path.name for path in folder.iterdir()},
                         {f"ringlet{suffix}.1.gz" for suffix in ["", "-convert", "-grammar", *("-" + name for name in commands)]})
        page = gzip.decompress((folder / "ringlet-run.1.gz").read_bytes()).decode()
        text = self.program("ringlet", "run", "--help")
        for option in re.findall(r"^  (?:-\w,)?(--[\w-]+)", text, re.M):
            self.assertIn("\\fB" + option.replace("-", "\\-") + "\\fR", page)
        self.assertIn(".SH EXAMPLES\n.nf\nringlet run stories.ringlet \"Once upon a time\"\n", page)
        self.assertIn("\nPrompt; \\- reads it from standard input.\n", page)
        self.assertIn(text.strip().splitlines()[-1].strip().replace("-", "\\-"), page)

    def complete(self, *words):
        script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ringlet; printf "%s\\n" "${COMPREPLY[@]}"'
        return run("bash", "-c", script, "bash", self.root / "usr/share/bash-completion/completions/ringlet", *words).split()

    def test_bash_completes(self):
        self.assertEqual(set(self.complete("ringlet", "")) - {"-h", "--help", "--version"}, set(self.commands()))
        self.assertEqual(self.complete("ringlet", "pe"), ["perplexity"])
        self.assertEqual(self.complete("ringlet", "run", "--kv", "int"), ["int8", "int4"])
        self.assertEqual(self.complete("ringlet", "run", "--hot"), ["--hot-window"])
        self.assertEqual(self.complete("ringlet", "help", "verif"), ["verify"])
        self.assertEqual(self.complete("ringlet", "run", "story"), [])  # bash offers files

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_completes(self):
        file = self.root / "usr/share/fish/vendor_completions.d/ringlet.fish"
        run("fish", "--no-execute", file)
        shown = run("fish", "--no-config", "-c", f"source {file}; complete -C 'ringlet run --kv '", env={"HOME": str(self.folder), **os.environ})
        self.assertEqual({line.split("\t")[0] for line in shown.splitlines()}, {"f32", "f16", "int8", "k8v4", "int4"})

    def test_documents(self):
        for package in self.packages:
            folder = self.root / "usr/share/doc" / package
            self.assertIn("/usr/share/common-licenses/Apache-2.0", (folder / "copyright").read_text())
            self.assertIn((ROOT / "NOTICE").read_text().strip(), (folder / "copyright").read_text())
            self.assertEqual(gzip.decompress((folder / "changelog.gz").read_bytes()), (ROOT / "CHANGELOG.md").read_bytes())
            self.assertTrue(gzip.decompress((folder / "changelog.Debian.gz").read_bytes()).startswith(package.encode() + b" ("))
        self.assertTrue((self.root / "usr/share/doc/ringlet/ringlet.spdx.json").exists())

    def test_units_start_the_program_of_the_package(self):
        folder = self.root / "usr/lib/systemd/system"
        self.assertEqual({path.name for path in folder.glob("*")}, {path.name for path in UNITS})
        for unit in folder.glob("*"):
            self.assertRegex(unit.read_text(), r"\nExecStart=/usr/bin/ringlet ")
            self.assertNotIn("/usr/local", unit.read_text())

    @unittest.skipIf(EMULATOR, "pkg-config is for the machine itself")
    def test_an_application_links_the_library(self):
        source = ROOT / "ports/linux/examples/story_c.c"
        (pkgconfig, ) = self.root.glob("usr/lib/*/pkgconfig")
        flags = run("pkg-config", "--cflags", "--libs", "--static", "ringlet-linux", env={**os.environ, "PKG_CONFIG_PATH": str(pkgconfig)})
        run("cc", "-std=c99", "-c", source, "-o", self.folder / "story.o", *re.findall(r"-I\S+", flags))
        run("c++", self.folder / "story.o", "-o", self.folder / "story", *flags.split())
        self.assertTrue(run(self.folder / "story", self.root / "usr/share/ringlet/storyteller.ringlet", "Once", 5).startswith("Once"))


if __name__ == "__main__":
    unittest.main()
