"""Puts sources and the headers that they include into one file."""
import collections
import functools
import re

import cpp_text
from sources import ReleaseError

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+["<]([^">]+)[">]')
CONDITION = re.compile(r"^[ \t]*#[ \t]*(if|ifdef|ifndef|endif)\b")


class Headers:
    """Finds what an #include names: in folders, or texts that take the place of files."""

    def __init__(self, folders, replaced):
        self.folders, self.replaced, self.texts = folders, replaced, {}

    def has(self, name):
        return name in self.replaced or any((folder / name).is_file() for folder in self.folders)

    def text(self, name):
        if name in self.replaced:
            return self.replaced[name]
        if name not in self.texts:
            self.texts[name] = next(folder / name for folder in self.folders if (folder / name).is_file()).read_text()
        return self.texts[name]

    @functools.cache
    def included(self, name):
        """(header, whether under a condition) for each header that a file includes, without the system's."""
        text, found_here = self.text(name), []
        depth = -1 if has_guard(text) else 0
        for line in text.splitlines():
            if found := CONDITION.match(line):
                depth += -1 if found[1] == "endif" else 1
            elif (found := INCLUDE.match(line)) and self.has(found[1]):
                found_here.append((found[1], depth > 0))
        return found_here

    @functools.cache
    def all_included(self, name):
        """All that a file needs, each header behind those that it needs itself."""
        order = []

        def visit(current):
            for header, _ in self.included(current):
                if header not in order:
                    visit(header)
                    order.append(header)

        visit(name)
        return order


def has_guard(text):
    """Whether a header begins with #ifndef and #define of one macro."""
    return re.match(r"(?:\s|//.*|/\*(?:.|\n)*?\*/)*#ifndef (\w+)\n#define \1\b", text) is not None


class OneFile:
    """A file of a release: each header once, before the first that needs it."""

    def __init__(self, headers, done=(), change=lambda name, text: text):
        self.headers, self.done, self.change, self.parts = headers, set(done), change, []

    def add(self, name):
        """Adds a source or a header, and before it what it includes and is not there yet."""
        if name in self.done:
            return
        self.done.add(name)
        within = set()
        for header, conditional in self.headers.included(name):
            if header in self.done:
                continue
            if conditional:  # it takes the place of its #include; what it needs itself goes before
                within.add(header)
                self.done.add(header)
                for needed, _ in self.headers.included(header):
                    self.add(needed)
            else:
                self.add(header)
        self.parts.append(f"\n// ---- {name}\n" + self.body(name, within))

    def body(self, name, within):
        lines = []
        for line in self.headers.text(name).splitlines(True):
            found = INCLUDE.match(line)
            if found and found[1] in within:
                lines.append(self.body(found[1], ()))
            elif not (found and self.headers.has(found[1])) and not line.startswith("#pragma once"):
                lines.append(line)
        text = re.sub(r"\n{3,}", "\n\n", "".join(lines)).strip("\n") + "\n"
        return self.change(name, text)

    def add_text(self, text):
        self.parts.append(text)

    def text(self):
        return "".join(self.parts)


def new_private_names(headers, sources, all_files):
    """For each source the new names of those of its private names that another file has too."""
    words = {name: cpp_text.words(headers.text(name)) for name in all_files}
    count = collections.Counter(word for found in words.values() for word in found)
    result = {}
    for source in sources:
        suffix = "_in_" + re.sub(r"\W", "_", source.rsplit(".", 1)[0])
        _, names = cpp_text.names_in_namespaces(headers.text(source))
        public = set().union(*(cpp_text.names_in_namespaces(headers.text(name))[0] for name in headers.all_included(source)
                               if name in words))
        if both := names & public:
            raise ReleaseError(f"{source} has private names that a header has too, so that no tool can tell them apart: "
                               f"{', '.join(sorted(name for _, name in both))}")
        names = {name for _, name in names}
        result[source] = {name: name + suffix for name in names if count[name] > 1}
        for name in result[source].values():
            if count[name]:
                raise ReleaseError(f"{source}: '{name}' would be given to a private name, and is a name already")
    return result
