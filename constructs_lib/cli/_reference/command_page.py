"""The page of every command, as the command line itself explains them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from constructs_lib.cli import build_app, command_names
from constructs_lib.cli._reference.markdown import code, page, table

_ABOUT = """\
Exit code 0: all is well; 1: faulty input, or something that the command looks for was found, which is named; 2: a wrong
use of the command line; 130: interrupted by Ctrl-C. On a terminal, `pipelines COMMAND --help` prints the same."""


def command_page() -> str:
    """Return the page, in the order of the alphabet."""
    group: Any = typer.main.get_command(build_app(command_names()))
    return page("Commands", _ABOUT, *_commands(group))


def _commands(group: Any, above: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        whole = f"{above}{name}"
        if hasattr(command, "commands"):
            yield f"## {whole}"
            yield command.help
            yield from _commands(command, f"{whole} ")
        else:
            yield from _command(whole, command)


def _command(name: str, command: Any) -> Iterator[str]:
    arguments = [parameter for parameter in command.params if not parameter.opts[0].startswith("-")]
    options = [parameter for parameter in command.params if parameter not in arguments]
    words = ["pipelines", name, *(_shown(parameter) for parameter in arguments)]
    yield f"## {name}"
    yield f"```\n{' '.join([*words, *(['[OPTIONS]'] if options else [])])}\n```"
    yield "\n\n".join(" ".join(part.split()) for part in command.help.split("\n\n"))
    context = typer.Context(command)
    rows = [(code(_shown(parameter)), parameter.help or "") for parameter in arguments]
    rows += [(code(shown), text) for shown, text in (parameter.get_help_record(context) for parameter in options)]
    yield table(("argument", "meaning"), rows)


def _shown(argument: Any) -> str:
    """Return an argument as a usage line writes it, with dots where it may stand several times."""
    return f"{argument.metavar or argument.name.upper()}{'...' if argument.nargs == -1 else ''}"
