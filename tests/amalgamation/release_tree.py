"""The tree that the tests look at, and the calls of compilers that its page gives."""
import os
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TREE = pathlib.Path(os.environ["RINGLET_TREE"])
PROGRAM = os.environ["RINGLET_PROGRAM"]
MODEL = TREE / "example/storyteller.ringlet"


def run(*command, cwd=None):
    """What a command prints."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd=cwd)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr[:4000]}")
    return done.stdout


def calls():
    """The words of each call by the processor's name, with FLAGS filled in."""
    page = (TREE / "README.md").read_text()
    flags = re.search(r"`FLAGS` are\n`([^`]*)`", page)[1]
    rows = re.findall(r"^\| ([^|]*) \| `([^`]*)` \|$", page[page.index("## Compile"):page.index("**One kernel set.**")], re.M)
    return {name: call.replace("FLAGS", flags).split() for name, call in rows}
