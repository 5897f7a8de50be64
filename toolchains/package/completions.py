"""Completion for bash and fish from help texts."""
from __future__ import annotations

import shlex

from program_help import Help, Option


def _words(words: list[str]) -> str:
    return shlex.quote(" ".join(words))


def _fish_quoted(text: str) -> str:
    """fish knows two escapes between single quotes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _names(help: Help) -> list[str]:
    return [name for option in help.options() for name in option.names]


def _command_word(help: Help) -> str:
    return help.name.split()[-1]


def _names_commands(help: Help) -> bool:
    """Whether it takes the name of another command, as `ringlet help` does."""
    return any(argument.names == ["COMMAND"] for argument in help.arguments())


def _bash_body(help: Help, commands: list[str], depth: int) -> str:
    text = ""
    chosen = [option for option in help.options() if option.choices]
    if chosen:
        cases = "".join(f"    {'|'.join(option.names)}) words={_words(option.choices)} ;;\n" for option in chosen)
        text += f"  case $previous in\n{cases}  esac\n"
    text += f"  [[ $current != -* ]] || words={_words(_names(help))}\n"
    if _names_commands(help):
        text += f"  [[ -n $words ]] || words={_words(commands)}\n"
    return text if depth == 0 else "".join("    " + line + "\n" for line in text.splitlines())


def bash(program: Help) -> str:
    """A function for `complete`. Where it has no word to offer, bash offers files."""
    function = "_" + program.name.replace("-", "_")
    commands = [_command_word(command) for command in program.commands]
    text = (f"# bash completion for {program.name}, made from its help texts\n{function}() {{\n"
            "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words=\n")
    if not commands:
        text += _bash_body(program, [], 0)
    else:
        text += f"  if [[ $COMP_CWORD -eq 1 ]]; then\n    words={_words(commands + _names(program))}\n  else\n  case ${{COMP_WORDS[1]}} in\n"
        for command in program.commands:
            text += f"  {_command_word(command)})\n{_bash_body(command, commands, 1)}    ;;\n"
        text += "  esac\n  fi\n"
    return text + f'  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")\n}}\ncomplete -o default -F {function} {program.name}\n'


def _fish_option(program: str, condition: str, option: Option) -> str:
    names = "".join(f" -l {name[2:]}" if name.startswith("--") else f" -s {name[1:]}" for name in option.names)
    value = f" -x -a {_fish_quoted(' '.join(option.choices))}" if option.choices else " -r" if option.takes_value else ""
    summary = option.text.split(". ")[0].rstrip(".")
    return f"complete -c {program}{condition}{names}{value} -d {_fish_quoted(summary)}\n"


def fish(program: Help) -> str:
    text = f"# fish completion for {program.name}, made from its help texts\n"
    top = " -n __fish_use_subcommand" if program.commands else ""
    text += "".join(_fish_option(program.name, top, option) for option in program.options())
    for command in program.commands:
        word = _command_word(command)
        text += f"complete -c {program.name}{top} -f -a {word} -d {_fish_quoted(command.description)}\n"
        condition = f" -n '__fish_seen_subcommand_from {word}'"
        text += "".join(_fish_option(program.name, condition, option) for option in command.options())
        if _names_commands(command):
            text += f"complete -c {program.name}{condition} -f -a {_fish_quoted(' '.join(map(_command_word, program.commands)))}\n"
    return text
