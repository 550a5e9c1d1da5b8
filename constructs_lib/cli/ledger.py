"""``pipelines ledger``: what the evidence ledger says of a pipeline or of one run token."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from functions.contract.ledger import LedgerEntry


def ledger(
    declaration: Annotated[Path, typer.Argument(help="The pipeline's declaration.", metavar="FILE")],
    *,
    stage: Annotated[str, typer.Option(help="The environment that it is deployed to.")] = "dev",
    platform: Annotated[str, typer.Option(help="Name of the platform that it shares.")] = "pipelines",
    run_token: Annotated[
        str | None, typer.Option(help="One run token; without it the whole table is read, which costs accordingly.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each entry.")] = False,
) -> None:
    """Show ledger entries, oldest first, with the AWS credentials of the shell."""
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.operations.deployed import Deployed

    with aws_faults(declaration):
        found = Deployed.of(declaration, stage=stage, platform=platform).ledger()
        entries = found.of_run_token(run_token) if run_token else found.all()
    if as_json:
        for entry in entries:
            typer.echo(entry.text)
    else:
        _print_table(entries)


def _print_table(entries: tuple[LedgerEntry, ...]) -> None:
    from constructs_lib.cli._demo_view import ledger_table, make_console

    make_console().print(ledger_table(entries))
