"""``pipelines check``: is a declaration valid? Starts no Node and imports no CDK."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from constructs_lib.catalog import load_catalog
from constructs_lib.declaration import load_pipeline
from constructs_lib.declaration.sharing import sharing_faults
from constructs_lib.errors import DeclarationError

if TYPE_CHECKING:
    from constructs_lib.declaration import PipelineDeclaration
    from constructs_lib.errors import Fault


class Format(StrEnum):
    """How the result is printed."""

    TEXT = "text"
    JSON = "json"


def check(
    files: Annotated[list[Path], typer.Argument(help="Declarations, YAML or JSON.", metavar="FILE")],
    output: Annotated[Format, typer.Option("--format", help="Text for people, JSON for programs.")] = Format.TEXT,
    catalog: Annotated[
        Path | None, typer.Option(help="Catalogue of sizes and limits instead of the pinned one.")
    ] = None,
) -> None:
    """Check declarations and print every fault with its place, what is allowed and what to do."""
    known = load_catalog(path=catalog) if catalog else None
    valid: dict[Path, PipelineDeclaration] = {}
    faults: list[Fault] = []
    for file in files:
        try:
            valid[file] = load_pipeline(file, catalog=known)
        except DeclarationError as error:
            faults += error.faults
    faults += sharing_faults(valid)
    _print_json(valid, faults) if output is Format.JSON else _print_text(valid, faults)
    if faults:
        raise typer.Exit(1)


def _print_json(valid: dict[Path, PipelineDeclaration], faults: list[Fault]) -> None:
    result = {
        "valid": not faults,
        "pipelines": [{"file": str(file), "pipeline": declaration.pipeline} for file, declaration in valid.items()],
        "faults": [asdict(fault) for fault in faults],
    }
    typer.echo(json.dumps(result, indent=2))


def _print_text(valid: dict[Path, PipelineDeclaration], faults: list[Fault]) -> None:
    for file, declaration in valid.items():
        typer.echo(f"{file}: {declaration.pipeline} is valid")
    if faults:
        from constructs_lib.cli._faults import print_faults

        print_faults(faults)
