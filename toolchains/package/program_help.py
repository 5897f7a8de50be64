"""Reads the help texts of a program: what a manual page and the completion of a shell are made from."""
from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field


@dataclass
class Option:
    """An option or a positional argument."""

    names: list[str]  # "-c", "--context"; of an argument its name alone
    value: str  # what follows it in the help, "N"; empty for a flag
    text: str

    @property
    def choices(self) -> list[str]:
        listed = re.search(r"One of ([^.]*)\.$", self.text) or re.search(r"\{([^}]*)\}", self.value)
        return re.split(r",\s*", listed[1]) if listed else []

    @property
    def takes_value(self) -> bool:
        return bool(self.value) and not self.value.startswith(("Excludes:", "Needs:"))


@dataclass
class Help:
    """The help of a program or of one of its commands."""

    name: str
    description: str = ""
    usage: str = ""
    sections: dict[str, list[Option]] = field(default_factory=dict)
    footer: list[str] = field(default_factory=list)
    commands: list[Help] = field(default_factory=list)

    def options(self) -> list[Option]:
        return [option for title, options in self.sections.items() if title not in ("Positionals", "Subcommands")
                for option in options]

    def arguments(self) -> list[Option]:
        return self.sections.get("Positionals", [])


_HEADING = re.compile(r"(\S.*):$")
_ENTRY = re.compile(r"  (\S.*)$")
_CONTINUATION = re.compile(r" {20,}(\S.*)$")


def _option(line: str) -> Option:
    # Names and value reach to the column of the texts, or to two spaces.
    left, _, text = line.partition("  ") if "  " in line else (line, "", "")
    names, _, value = left.partition(" ")
    return Option(names.split(","), value.strip(), text.strip())


def parse(name: str, text: str) -> Help:
    """The help that CLI11 prints: description, usage, sections of entries, and a footer."""
    result = Help(name)
    options: list[Option] | None = None
    for line in text.splitlines():
        heading, entry, continuation = _HEADING.match(line), _ENTRY.match(line), _CONTINUATION.match(line)
        if result.footer or (line and options is not None and not (heading or entry or continuation)):
            result.footer.append(line)
        elif line.startswith("Usage: "):
            result.usage = line.removeprefix("Usage: ")
        elif not result.usage:
            result.description += line
        elif continuation and options:
            options[-1].text = f"{options[-1].text} {continuation[1]}".strip()
        elif heading and heading[1] == "Examples":
            result.footer.append(line)
        elif heading:
            options = result.sections.setdefault(heading[1], [])
        elif entry and options is not None:
            options.append(_option(entry[1]))
    return result


def read_help(command: list[str], name: str) -> Help:
    """The help of a program, run by `command`, with that of all its commands."""
    def run(*arguments: str) -> str:
        return subprocess.run([*command, *arguments], check=True, capture_output=True, text=True).stdout

    top = parse(name, run("--help"))
    for entry in top.sections.get("Subcommands", []):
        top.commands.append(parse(f"{name} {entry.names[0]}", run(entry.names[0], "--help")))
    return top
