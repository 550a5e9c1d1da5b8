"""``pipelines checkpoint set``: the next run begins elsewhere."""

from __future__ import annotations

from typing import Annotated

import typer

from constructs_lib.cli._options import Catalog, Declaration, Platform, Stage


def set(
    declaration: Declaration,
    value: Annotated[str, typer.Argument(help="Where the next run is to begin.", metavar="VALUE")],
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="Set it; without, old and new are shown and nothing is set.")
    ] = False,
    stage: Stage = "dev",
    platform: Platform = "pipelines",
    catalog: Catalog = None,
) -> None:
    """Put the cursor to a value, from which the next run begins; a run that is going on leaves it there.

    An entry of the ledger says who did it. Where a run moves the cursor at that moment, nothing is set. Without --yes
    the command ends with 1.
    """
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.cli.checkpoint._view import lines
    from constructs_lib.operations.deployed import Deployed
    from constructs_lib.operations.window import utc_now

    with aws_faults(declaration):
        control = Deployed.of(declaration, stage=stage, platform=platform, catalog=catalog).checkpoint()
        control.require_fitting(value)
        before = control.put(value, utc_now())[0] if yes else control.show()
    typer.echo("\n".join(lines(before)))
    typer.echo(f"{'it was set to' if yes else 'with --yes it will be set to'} {value}")
    if not yes:
        raise typer.Exit(1)
