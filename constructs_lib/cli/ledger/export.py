"""``pipelines ledger export``: the entries of a time in a file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from constructs_lib.cli._options import Catalog, Declaration, Platform, Since, Stage, Until

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.operations.export import EntryWriter


class Format(StrEnum):
    """How entries are written."""

    JSONL = "jsonl"
    PARQUET = "parquet"


def export(
    declaration: Declaration,
    *,
    output: Annotated[Path, typer.Option(help="The file to write.", metavar="FILE")],
    output_format: Annotated[
        Format, typer.Option("--format", help="One JSON text a line, as archived; or Parquet.")
    ] = Format.JSONL,
    stage: Stage = "dev",
    platform: Platform = "pipelines",
    catalog: Catalog = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Write ledger entries to a file, in the order in which they were archived; memory stays small.

    Entries of the last minute may not be archived yet. Parquet has a column for each field, the hash and the archived
    text; it needs the extra serverless-pipelines[parquet].
    """
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.operations.deployed import Deployed
    from constructs_lib.operations.export import export as write
    from constructs_lib.operations.window import Window, utc_now

    now = utc_now()
    window, writer = Window.of(since, until, now), _writer(output_format)
    _require_place(output)
    with aws_faults(declaration):
        archive = Deployed.of(declaration, stage=stage, platform=platform, catalog=catalog).archive()
        count = write(archive, window, now, output, writer)
    typer.echo(f"{count} entries in {output}")


def _require_place(output: Path) -> None:
    """Say before anything is asked of AWS that the file cannot be written."""
    from constructs_lib.errors import UserError

    if output.is_dir() or not output.parent.is_dir():
        found = "is a directory" if output.is_dir() else f"no folder {output.parent}"
        allowed, fix = "a file in a folder that can be written", "name another file with --output"
        raise UserError.of("output-unwritable", str(output), found, allowed, fix)


def _writer(output_format: Format) -> Callable[[Path], EntryWriter]:
    from constructs_lib.errors import UserError
    from constructs_lib.operations.export import JsonLines

    if output_format is Format.JSONL:
        return JsonLines
    try:
        from constructs_lib.operations.parquet import Parquet
    except ModuleNotFoundError as error:
        found, fix = f"{error.name} is not installed", "pip install 'serverless-pipelines[parquet]', or --format jsonl"
        raise UserError.of("parquet-not-installed", "--format", found, "the extra parquet", fix) from None
    return Parquet
