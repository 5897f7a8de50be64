"""Manual pages from help texts, in roff with the macros of man(7)."""
from __future__ import annotations

from program_help import Help, Option


def escape(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def _entry(option: Option) -> str:
    names = ", ".join(f"\\fB{escape(name)}\\fR" for name in option.names)
    value = f" \\fI{escape(option.value)}\\fR" if option.value else ""
    return f".TP\n{names}{value}\n{escape(option.text)}\n"


def _footer(lines: list[str]) -> str:
    """Examples are a section of their own, indented lines keep their form."""
    result, literal = ".SH NOTES\n" if lines and lines[0] != "Examples:" else "", False
    for line in lines:
        if line.startswith("  ") != literal and line:
            literal = not literal
            result += ".nf\n" if literal else ".fi\n"
        if line == "Examples:":
            result += ".SH EXAMPLES\n"
        elif line:
            result += escape(line.removeprefix("  ")) + "\n"
        else:
            result += ".PP\n" if not literal else "\n"
    return (result + (".fi\n" if literal else "")).replace(".PP\n.SH", ".SH").removesuffix(".PP\n")


def page(help: Help, title: str, version: str, others: list[str]) -> str:
    """The page of a program or of a command, which is called `title`."""
    summary = help.description.rstrip(".")
    text = f'.TH {escape(title.upper())} 1 "" "{version}" "User Commands"\n.SH NAME\n{escape(title)} \\- {escape(summary)}\n'
    synopsis = help.usage.removeprefix(help.name).strip()
    text += f".SH SYNOPSIS\n\\fB{escape(help.name)}\\fR {escape(synopsis)}\n.SH DESCRIPTION\n{escape(help.description)}\n"
    for heading, options in help.sections.items():
        text += f".SH {escape({'Positionals': 'ARGUMENTS', 'Subcommands': 'COMMANDS'}.get(heading, heading.upper()))}\n"
        text += "".join(map(_entry, options))
    text += _footer(help.footer)
    return text + ".SH SEE ALSO\n" + ", ".join(f"\\fB{escape(other)}\\fR(1)" for other in others if other != title) + "\n"


def pages(programs: list[Help], version: str) -> dict[str, str]:
    """By file name, the pages of programs and of all their commands."""
    titles = [program.name for program in programs]
    titles += [command.name.replace(" ", "-") for program in programs for command in program.commands]
    result = {}
    for program in programs:
        for help in [program, *program.commands]:
            title = help.name.replace(" ", "-")
            near = titles if help is program else [program.name]
            result[f"{title}.1"] = page(help, title, version, near)
    return result
