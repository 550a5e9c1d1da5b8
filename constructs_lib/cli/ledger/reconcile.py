"""``pipelines ledger reconcile``: what became of everything that a pipeline accepted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from constructs_lib.cli._options import Catalog, Declaration, Platform, Since, Stage, Until

if TYPE_CHECKING:
    from constructs_lib.operations.reconcile.reconciliation import Reconciliation

_SHOWN = 20
"""Open runs that a person is shown, the oldest first."""


def reconcile(
    declaration: Declaration,
    *,
    stage: Stage = "dev",
    platform: Platform = "pipelines",
    catalog: Catalog = None,
    since: Since = None,
    until: Until = None,
    accepted: Annotated[
        Path | None, typer.Option(help="Message ids that the sender kept, one a line.", metavar="FILE")
    ] = None,
    objects: Annotated[
        bool, typer.Option("--objects", help="Also ask S3 for every object that records landed in.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object with everything unexplained.")] = False,
) -> None:
    """Prove accepted = landed + duplicate + quarantined + skipped + dead-lettered + open + in flight; name the rest.

    A record that a workflow was started for is open until that has ended; open ones are named with their age. One that
    is open for longer than its workflow may run is lost.

    Accepted is what the door wrote down (the verifying function by message id, the gateway's access log by request id)
    and what the sender kept: the ids that SQS answered with, or of a Kinesis stream ``shard:sequence number``. Topics,
    buses, buckets, rules of AWS IoT and schedules have no door and tell their senders no such id: of them, what the
    ledger knows is accounted for, and what its letters and replays name. Outcomes are read from the archive, so what
    was accepted in the last two minutes counts as in flight. Dead letters are looked at and put back. Messages of the
    buffer are counted and never received: while it holds any, so many of those without an outcome count as in flight,
    and the rest cannot be told apart by name; when it is empty, or keeps messages for less long than one is old,
    everything without an outcome is named.

    Exit code 1 means that something is unexplained.
    """
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.operations.deployed import Deployed
    from constructs_lib.operations.window import Window, utc_now

    now = utc_now()
    window = Window.of(since, until, now)
    ids = _ids(accepted) if accepted else None
    with aws_faults(declaration):
        sources = Deployed.of(declaration, stage=stage, platform=platform, catalog=catalog).sources(now)
        found = sources.reconcile(window, ids, objects=objects)
    typer.echo(_json(found) if as_json else _text(found))
    if not found.proved:
        raise typer.Exit(1)


def _ids(file: Path) -> tuple[str, ...]:
    from constructs_lib.errors import UserError

    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        allowed, fix = "a text file of message ids, one a line", "name the file that the sender wrote"
        raise UserError.of("file-unreadable", str(file), str(error), allowed, fix) from None
    return tuple(line.strip() for line in lines if line.strip())


def _json(found: Reconciliation) -> str:
    unexplained = [vars(one) for one in found.unexplained]
    runs = [vars(run) for run in found.open_runs]
    return json.dumps({**vars(found), "proved": found.proved, "unexplained": unexplained, "open_runs": runs}, indent=2)


def _text(found: Reconciliation) -> str:
    from constructs_lib.operations.story.duration import duration_text

    accepted = "nobody wrote down what was" if found.accepted is None else str(found.accepted)
    lines = [
        f"{one.id} [{one.code}]\n  run    {one.run_token or 'unknown'}\n  found  {one.detail}"
        for one in found.unexplained
    ]
    if found.candidates:
        number = found.counts["unexplained"] - len(found.unexplained)
        lines.append(f"{number} of these are nowhere, the others in the buffer:")
        lines += [f"  {one}" for one in found.candidates]
    for run in found.open_runs[:_SHOWN]:
        lines.append(f"{run.run_token} is open since {run.started_at}, {duration_text(run.age_seconds * 1000)}")
    if len(found.open_runs) > _SHOWN:
        lines.append(f"… and {len(found.open_runs) - _SHOWN} more are open; --json has them all")
    counts = " + ".join(f"{count} {name.replace('_', ' ')}" for name, count in found.counts.items() if count)
    lines.append(
        f"accepted {accepted}, replays {found.replays}, unannounced {found.unannounced} = {counts or 'nothing'}"
    )
    if found.owed:
        parts = " + ".join(f"{count} {name.replace('_', ' ')}" for name, count in found.parts.items())
        lines.append(f"parts owed by workers {found.owed} = {parts}")
    lines.append(f"the buffer holds {found.buffered}")
    lines.append("everything is explained" if found.proved else "not everything is explained")
    return "\n".join(lines)
