"""``pipelines events replay``: archived events of a time go to one pipeline's rule again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from constructs_lib.cli._options import Catalog, Declaration, Platform, Stage

if TYPE_CHECKING:
    from constructs_lib.operations.event_replay import Progress


def replay(
    declaration: Declaration,
    *,
    since: Annotated[str, typer.Option("--from", help="From then on: a day, a time in UTC, or how long ago (36h).")],
    until: Annotated[
        str | None, typer.Option("--to", help="Before then: a day, a time in UTC, or how long ago; now.")
    ] = None,
    stage: Stage = "dev",
    platform: Platform = "pipelines",
    catalog: Catalog = None,
) -> None:
    """Send events that the source's archive holds to this pipeline's rule again, and to no other of the bus.

    EventBridge sends them in no order. An event keeps its id: with the natural key, what has landed before is a
    duplicate. The command shows how far the replay is until it is done; it runs on when the command is stopped. An
    entry of the ledger says who has replayed what.
    """
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.operations.deployed import Deployed
    from constructs_lib.operations.window import Window, utc_now

    now = utc_now()
    with aws_faults(declaration):
        window = Window.of(since, until, now)
        deployed = Deployed.of(declaration, stage=stage, platform=platform, catalog=catalog)
        last = None
        for last in deployed.event_replayer().replay(window, now):
            typer.echo(told(last))
    if last is None or last.state != "COMPLETED":
        raise typer.Exit(1)


def told(progress: Progress) -> str:
    """Return one line of how far a replay is."""
    until = f", events until {progress.last} are sent" if progress.last else ""
    return f"{progress.state.lower()}{until}" + (f": {progress.reason}" if progress.reason else "")
