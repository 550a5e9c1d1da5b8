"""``pipelines schema``: the JSON Schema of a declaration, for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from constructs_lib.declaration.schema import schema_text


def schema(
    output: Annotated[Path | None, typer.Option(help="File to write instead of printing.")] = None,
) -> None:
    """Print the JSON Schema of a declaration, which editors read to complete fields."""
    if output is None:
        typer.echo(schema_text(), nl=False)
    else:
        output.write_text(schema_text(), encoding="utf-8")
