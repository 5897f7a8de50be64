"""What the tests of the checklists share: a copy of the sources, to which something is added."""
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*command, succeeds=True, **options):
    """What a command prints; it has to succeed, or not to."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if (done.returncode == 0) != succeeds:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout if succeeds else " ".join((done.stdout + done.stderr).split())


class Copy:
    """The files of the repository in a folder that is removed after the test."""

    def __init__(self, test):
        folder = tempfile.TemporaryDirectory(prefix="ringlet-")
        test.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name).resolve() / "copy"
        shutil.copytree(ROOT, self.path, symlinks=True, ignore=self._ignored)

    @staticmethod
    def _ignored(folder, names):
        """What is no source: the history and the builds."""
        return {".git", "build"} & set(names) if pathlib.Path(folder) == ROOT else {"__pycache__"} & set(names)

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def replace(self, name, old, new, every=False):
        """Replaces a text that the file has once, or wherever it is."""
        text = (self.path / name).read_text()
        if text.count(old) == 0 or (text.count(old) > 1 and not every):
            raise AssertionError(f"{name} has {old!r} {text.count(old)} times")
        (self.path / name).write_text(text.replace(old, new))

    def changed(self, folder, besides=("tree", )):
        """The files outside a folder that differ from the repository's."""
        found = []
        for path in self.path.rglob("*"):
            name = path.relative_to(self.path)
            if path.is_symlink() or not path.is_file() or name.is_relative_to(folder) or name.parts[0] in besides:
                continue
            original = ROOT / name
            if not original.is_file() or path.read_bytes() != original.read_bytes():
                found.append(str(name))
        return sorted(found)
