"""``pipelines replay``: dead letters go back to the buffer, and the operator stands in the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from constructs_lib.operations.replay import Replayed


def replay(
    declaration: Annotated[Path, typer.Argument(help="The pipeline's declaration.", metavar="FILE")],
    *,
    stage: Annotated[str, typer.Option(help="The environment that it is deployed to.")] = "dev",
    platform: Annotated[str, typer.Option(help="Name of the platform that it shares.")] = "pipelines",
    run_token: Annotated[str | None, typer.Option(help="Only the dead letter of this run token.")] = None,
    error_type: Annotated[str | None, typer.Option(help="Only dead letters of this error type.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be replayed and change nothing.")] = False,
) -> None:
    """Replay dead letters with the AWS credentials of the shell; each is a new run that continues the failed one."""
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.operations.deployed import Deployed
    from constructs_lib.operations.replay import Selection

    selection = Selection(run_token=run_token, error_type=error_type, limit=limit)
    count = 0
    with aws_faults(declaration):
        replayer = Deployed.of(declaration, stage=stage, platform=platform).replayer()
        for replayed in replayer.replay(selection, dry_run=dry_run):
            count += 1
            typer.echo(_told(replayed))
    typer.echo(f"{count} {'would be replayed' if dry_run else 'replayed'}")


def _told(replayed: Replayed) -> str:
    letter = replayed.letter
    reason = f"{letter.failure.error_type}: {letter.failure.error_message}" if letter.failure else "moved by SQS itself"
    return f"{letter.run_id} -> {replayed.message_id or 'dry run'} ({reason})"
