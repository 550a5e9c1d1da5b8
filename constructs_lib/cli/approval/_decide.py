"""What approving and rejecting have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Token = Annotated[str, typer.Argument(help="Run token of the run that waits.")]
Step = Annotated[str | None, typer.Option(help="The gate, where the run has several: release, or release[3].")]
Comment = Annotated[str, typer.Option(help="Why; it stands in the ledger and in the step's result.")]


def decide(
    declaration: Path,
    token: str,
    step: str | None,
    decision: str,
    comment: str,
    *,
    stage: str,
    platform: str,
    catalog: Path | None,
) -> None:
    """Decide and say what stands now: the first decision, whoever made it."""
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.operations.deployed import Deployed
    from constructs_lib.operations.window import utc_now

    with aws_faults(declaration):
        desk = Deployed.of(declaration, stage=stage, platform=platform, catalog=catalog).approvals()
        decided = desk.decide(token, step, decision, comment, utc_now())
    typer.echo(f"{decided.step} of {decided.run_token} {decided.decision} by {decided.decided_by}")
