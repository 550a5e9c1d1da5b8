"""``pipelines run redrive``: a run of a workflow goes on from the step that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from constructs_lib.cli._options import Catalog, Declaration, Platform, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.operations.workflow.redrive import Redrive


def redrive(
    declaration: Declaration,
    token: Annotated[str, typer.Argument(help="Run token of the run.")],
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="Redrive it; without, what would be done is shown and nothing is done.")
    ] = False,
    stage: Stage = "dev",
    platform: Platform = "pipelines",
    catalog: Catalog = None,
) -> None:
    """Let a run of a workflow go on from the step that failed, with the definition and the code of today.

    It is a new execution of the same run token and input: steps that have finished give the result that they kept,
    approvals that were given stay given, and items of maps that have succeeded are not done again; steps with
    checkpoint: false, and messages that the workflow sends itself, are. The ledger says who did it, and the run's dead
    letters are removed: if it fails again there are new ones. A run that goes on is left alone. Without --yes the
    command ends with 1.
    """
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.operations.deployed import Deployed

    with aws_faults(declaration):
        redriver = Deployed.of(declaration, stage=stage, platform=platform, catalog=catalog).redriver()
        planned = redriver.plan(token)
        removed = redriver.redrive(planned) if yes else None
    typer.echo("\n".join(_lines(planned)))
    if removed is None:
        typer.echo("with --yes it will be redriven")
        raise typer.Exit(1)
    typer.echo(f"it was redriven, {len(removed)} dead {'letter' if len(removed) == 1 else 'letters'} removed")


def _lines(planned: Redrive) -> Iterator[str]:
    yield f"{planned.run_token}  redrive {planned.number}, execution {planned.name}"
    yield f"  before  {planned.before.name}: {planned.before.status}"
    if planned.ended is not None:
        yield f"  failed  {planned.ended.error_type}: {planned.ended.error_message}"
    if planned.failed_items:
        yield f"  items   {', '.join(planned.failed_items)}"
