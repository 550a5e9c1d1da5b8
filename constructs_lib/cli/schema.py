"""``pipelines schema``: the JSON Schema of a declaration, for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from constructs_lib.declaration.schema import schema_text
from constructs_lib.errors import Fault, UserError


def schema(
    output: Annotated[Path | None, typer.Option(help="File to write instead of printing.")] = None,
) -> None:
    """Print the JSON Schema of a declaration, which editors read to complete fields."""
    if output is None:
        typer.echo(schema_text(), nl=False)
    else:
        _write(output)


def _write(file: Path) -> None:
    try:
        file.write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        found = f"cannot be written: {error.strerror}"
        fault = Fault("output-unwritable", "", found, "a file in a folder that exists", "correct the path", str(file))
        raise UserError([fault]) from None
