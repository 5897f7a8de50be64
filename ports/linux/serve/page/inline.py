#!/usr/bin/env python3
"""Writes the page as one file: inline.py OUTPUT

The style and the modules of this folder go into index.html, and their hashes into its content security policy. The modules share
one scope in the result, so two of them cannot declare the same name at their top. Indentation and lines of comments are left out;
so no string spans lines."""

import base64
import hashlib
import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
IMPORT = re.compile(r"^import (?:\{[^}]*\} from )?'\./([\w-]+\.js)';\n", re.MULTILINE)
DECLARED = re.compile(r"^(?:async )?(?:const|let|class|function\*?) (\w+)|^const \{ ([^}]*) \}", re.MULTILINE)


def modules(name, done):
    """The module and those that it imports, each after its own imports."""
    if name in done:
        return
    source = (FOLDER / name).read_text(encoding="utf-8")
    done[name] = None  # a circle of imports ends here, and the browser says what is missing
    for other in IMPORT.findall(source):
        modules(other, done)
    del done[name]
    done[name] = re.sub(r"^export ", "", IMPORT.sub("", source), flags=re.MULTILINE)


def script():
    done = {}
    modules("main.js", done)
    declared = {}
    for name, source in done.items():
        if re.search(r"^\s*(?:import|export)\b", source, re.MULTILINE):
            sys.exit(f"{name}: an import or export of a form that this script does not know")
        for match in DECLARED.finditer(source):
            for word in re.findall(r"\w+", match[1] or match[2]):
                if word in declared:
                    sys.exit(f"{name}: {word} is also declared in {declared[word]}")
                declared[word] = name
    unused = {path.name for path in FOLDER.glob("*.js")} - set(done)
    if unused:
        sys.exit(f"{', '.join(sorted(unused))}: no module imports this")
    return "".join(done.values())


def lean(text):
    """The text without indentation, empty lines and lines that are comments."""
    lines = (line.strip() for line in text.split("\n"))
    return "".join(f"{line}\n" for line in lines if line and not line.startswith(("//", "/*", "* ", "*/")))


def source_hash(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def put(page, old, new):
    if page.count(old) != 1:
        sys.exit(f"index.html: expected once: {old}")
    return page.replace(old, new)


def inlined():
    page = lean((FOLDER / "index.html").read_text(encoding="utf-8"))
    style, code = lean((FOLDER / "style.css").read_text(encoding="utf-8")), lean(script())
    for word in ("</script", "</style", "<!--"):
        if word in style + code:
            sys.exit(f"the sources contain {word}")
    page = put(page, "script-src 'self'", f"script-src {source_hash(code)}")
    page = put(page, "style-src 'self'", f"style-src {source_hash(style)}")
    page = put(page, '<link rel="stylesheet" href="style.css">', f"<style>{style}</style>")
    return put(page, '<script type="module" src="main.js"></script>', f'<script type="module">{code}</script>')


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    pathlib.Path(sys.argv[1]).write_text(inlined(), encoding="utf-8")
