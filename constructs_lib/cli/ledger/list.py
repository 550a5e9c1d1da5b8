"""``pipelines ledger list``: what the evidence ledger says of a run token, of a run's successors, or of a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from constructs_lib.cli._options import Catalog, Declaration, Platform, Since, Stage, Until
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from functions.contract.ledger import LedgerEntry


def list(
    declaration: Declaration,
    *,
    stage: Stage = "dev",
    platform: Platform = "pipelines",
    catalog: Catalog = None,
    run_token: Annotated[str | None, typer.Option(help="Entries of one run token: one query of the table.")] = None,
    parent_run: Annotated[
        str | None, typer.Option(help="Entries of runs that continue this run id: one query.")
    ] = None,
    since: Since = None,
    until: Until = None,
    tenant: Annotated[str | None, typer.Option(help="Only entries of this tenant.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only entries of this status.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each entry.")] = False,
) -> None:
    """Show ledger entries, oldest first, with the AWS credentials of the shell.

    Without a run token or a parent run it reads the archive's days of the time asked for, by default the last 24 hours.
    Entries of the last minute may not be archived yet; by run token they are there at once. The table is never scanned.
    """
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.operations.deployed import Deployed
    from constructs_lib.operations.find import Query
    from constructs_lib.operations.window import Window, utc_now

    now = utc_now()
    by_key = run_token is not None or parent_run is not None
    window = None if by_key and not (since or until) else Window.of(since, until, now)
    query = Query(run_token=run_token, parent_run=parent_run, window=window, tenant=tenant, status=status)
    with aws_faults(declaration):
        entries = Deployed.of(declaration, stage=stage, platform=platform, catalog=catalog).finder().find(query, now)
    if as_json:
        for entry in entries:
            typer.echo(entry.text)
    else:
        _print_table(entries)


def _print_table(entries: tuple[LedgerEntry, ...]) -> None:
    from constructs_lib.cli._demo_view import ledger_table, make_console

    make_console().print(ledger_table(entries))
