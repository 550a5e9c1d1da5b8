"""``pipelines types``: what a declaration says of a run, for mypy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from constructs_lib.cli._typed_run import module_name, typed_run
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration import load_pipeline
from constructs_lib.errors import Fault, UserError


def types(
    files: Annotated[list[Path], typer.Argument(help="Declarations, YAML or JSON.", metavar="FILE")],
    *,
    output: Annotated[
        Path | None, typer.Option(help="File to write, for one declaration; beside the handler when absent.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; name every file that is stale.")] = False,
) -> None:
    """Write a module beside the handler with a run that has just the declared outputs and stores, for mypy.

    It is <pipeline>_run.py in the folder of the handlers, with the class of the run in it: for shop-orders
    that is ShopOrdersRun in shop_orders_run.py. Each step of a workflow and each worker has a class of its own, such
    as ShopOrdersChargeRun and, for its undo, ShopOrdersChargeUndoRun.
    """
    if output and len(files) > 1:
        raise typer.BadParameter("names one file, and there are several declarations", param_hint="--output")
    texts = dict(_module(file, output) for file in files)
    stale = {file: text for file, text in texts.items() if _text_of(file) != text}
    for file, text in stale.items():
        if not check:
            _write(file, text)
        typer.echo(f"{'stale' if check else 'written'}: {file}")
    if check and stale:
        typer.echo("run: pipelines types with the same files", err=True)
        raise typer.Exit(1)


def _module(file: Path, output: Path | None) -> tuple[Path, str]:
    """Return where the module of a declaration lies, as seen from here, and its text."""
    declaration = load_pipeline(file)
    user = declaration.runner or declaration.workflow or declaration.fan_out or declaration.taker
    beside = file.parent / user.code / f"{module_name(declaration.pipeline)}.py"
    return output or beside, typed_run(declaration, plan_pipeline(declaration))


def _text_of(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        found = f"cannot be written: {error.strerror}"
        fault = Fault("output-unwritable", "", found, "a file in a folder that exists", "correct the path", str(file))
        raise UserError([fault]) from None
