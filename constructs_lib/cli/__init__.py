"""The command line: one module for each command, found by name, and only the asked one is imported.

A package is a group: its modules are the commands below its name, and its ``HELP`` says what they have in common.
"""

from __future__ import annotations

import errno
import importlib
import os
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Annotated

import typer

from constructs_lib.errors import UserError

HELP_OPTIONS = {"help_option_names": ["-h", "--help"]}
USER_ERROR = 1
"""Exit code for faulty input; 2 is a wrong use of the command line."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What the system says when a file takes no more."""


def command_names() -> tuple[str, ...]:
    """Return every command and group; a module whose name begins with an underscore is a part of one."""
    return _names_in(__path__)


def build_app(names: Sequence[str]) -> typer.Typer:
    """Return an app of these commands; the function that runs a command has the name of its module."""
    app = typer.Typer(
        name="pipelines",
        help="Declared data pipelines on AWS Lambda.",
        no_args_is_help=True,
        context_settings=HELP_OPTIONS,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_every_command)
    for name in names:
        module = importlib.import_module(f"{__name__}.{name}")
        if hasattr(module, "__path__"):
            app.add_typer(_group(module), name=name.replace("_", "-"))
        else:
            app.command(name.replace("_", "-"))(getattr(module, name))
    return app


def _group(package: ModuleType) -> typer.Typer:
    group = typer.Typer(help=package.HELP, no_args_is_help=True, context_settings=HELP_OPTIONS)
    for name in _names_in(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{name}")
        group.command(name.replace("_", "-"))(getattr(module, name))
    return group


def _names_in(path: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(module.name for module in pkgutil.iter_modules(path) if not module.name.startswith("_")))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends the process with 0, 1 for faulty input, or 2 for a wrong use."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    asked = [name for name in command_names() if words and name.replace("_", "-") == words[0]]
    try:
        build_app(asked or command_names())(words, prog_name="pipelines")
    except UserError as error:
        from constructs_lib.cli._faults import print_faults

        print_faults(error.faults)
        sys.exit(USER_ERROR)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        _tell_unwritten(error)
        sys.exit(USER_ERROR)


def _tell_unwritten(error: OSError) -> None:
    """Name the file that takes no more; what is left for the output is dropped, as the exit would fail on it again."""
    from constructs_lib.cli._faults import print_faults
    from constructs_lib.errors import Fault

    place = str(error.filename or "standard output")
    found, allowed = f"cannot be written: {error.strerror}", "a file or device that has room"
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    print_faults([Fault("output-unwritable", "", found, allowed, "free some, or write elsewhere", place)])


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"serverless-pipelines {version('serverless-pipelines')}")
        raise typer.Exit


def _every_command(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Declared data pipelines on AWS Lambda."""
