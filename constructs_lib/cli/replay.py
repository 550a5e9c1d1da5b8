"""``pipelines replay``: dead letters or quarantined records go back to the buffer, and the operator into the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from constructs_lib.cli._options import Catalog, Declaration, Platform, Since, Stage, Until

if TYPE_CHECKING:
    from constructs_lib.operations.deployed import Deployed
    from constructs_lib.operations.quarantine_replay import QuarantineSelection, Treated
    from constructs_lib.operations.replay import Replayed, Selection


def replay(
    declaration: Declaration,
    *,
    stage: Stage = "dev",
    platform: Platform = "pipelines",
    catalog: Catalog = None,
    run_token: Annotated[str | None, typer.Option(help="Only what has this run token.")] = None,
    error_type: Annotated[str | None, typer.Option(help="Only what failed with this error type.")] = None,
    worker: Annotated[str | None, typer.Option(help="Only letters of this worker of a fan_out.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be replayed and change nothing.")] = False,
    quarantine: Annotated[
        bool, typer.Option("--quarantine", help="Quarantined records instead of dead letters.")
    ] = False,
    since: Since = None,
    until: Until = None,
    again: Annotated[
        bool, typer.Option("--again", help="Quarantined records that were replayed or have landed before, too.")
    ] = False,
) -> None:
    """Replay dead letters with the AWS credentials of the shell; each is a new run that continues the failed one.

    With --quarantine it replays records that broke their contract, once the contract was changed and deployed: each is
    checked against the declaration's contract first, and what still breaks it is left, with the reason. Without a run
    token it looks for records that were quarantined between --since and --until, in the archive of the ledger; those of
    the last minute may not be archived yet.
    """
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.operations.deployed import Deployed
    from constructs_lib.operations.quarantine_replay import QuarantineSelection
    from constructs_lib.operations.replay import Selection
    from constructs_lib.operations.window import utc_now

    if quarantine and worker:
        raise typer.BadParameter("--worker selects dead letters: leave --quarantine out")
    if not quarantine and (since or until or again):
        raise typer.BadParameter("--since, --until and --again select quarantined records: add --quarantine")
    with aws_faults(declaration):
        deployed = Deployed.of(declaration, stage=stage, platform=platform, catalog=catalog)
        if quarantine:
            selection = QuarantineSelection.of(run_token, error_type, since, until, utc_now())
            _replay_quarantine(deployed, selection, again=again, dry_run=dry_run, limit=limit)
        else:
            _replay_letters(deployed, Selection(run_token, error_type, limit), worker, dry_run=dry_run)


def _replay_letters(deployed: Deployed, selection: Selection, worker: str | None, *, dry_run: bool) -> None:
    from constructs_lib.operations.replay import replay_every

    left = count = 0
    for replayed in replay_every(deployed.replayers(worker), selection, dry_run=dry_run):
        count += not replayed.left
        left += bool(replayed.left)
        typer.echo(_told(replayed))
    beside = f", {left} left" if left else ""
    typer.echo(f"{count} {'would be replayed' if dry_run else 'replayed'}{beside}")


def _replay_quarantine(
    deployed: Deployed, selection: QuarantineSelection, *, again: bool, dry_run: bool, limit: int | None
) -> None:
    replayer = deployed.quarantine_replayer()
    if not dry_run:
        deployed.require_current_contract()
    left = count = 0
    for treated in replayer.replay(selection.entries(deployed.finder()), again=again, dry_run=dry_run, limit=limit):
        left += not treated.meant
        count += treated.meant
        typer.echo(_treated(treated))
    typer.echo(f"{count} {'would be replayed' if dry_run else 'replayed'}, {left} left in quarantine")


def _told(replayed: Replayed) -> str:
    from constructs_lib.operations.stream_letters import told_of

    letter = replayed.letter
    reason = f"{letter.failure.error_type}: {letter.failure.error_message}" if letter.failure else told_of(letter.body)
    came = f"left: {replayed.left}" if replayed.left else replayed.message_id or "dry run"
    return f"{letter.run_id} -> {came} ({reason})"


def _treated(treated: Treated) -> str:
    came = (treated.message_id or "dry run") if treated.meant else f"left: {treated.reason}"
    return f"{treated.entry.run_id} -> {came} ({treated.entry.error_type})"
