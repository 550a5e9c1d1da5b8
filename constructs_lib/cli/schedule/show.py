"""``pipelines schedule show``: when runs begin, and what became of the newest tick."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from constructs_lib.cli._options import Catalog, Declaration, Platform, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.operations.schedule.control import ScheduleView


def show(
    declaration: Declaration,
    *,
    stage: Stage = "dev",
    platform: Platform = "pipelines",
    catalog: Catalog = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show the schedule as it is deployed, its next five runs, and the newest tick with what became of it."""
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.operations.deployed import Deployed
    from constructs_lib.operations.window import utc_now

    with aws_faults(declaration):
        deployed = Deployed.of(declaration, stage=stage, platform=platform, catalog=catalog)
        view = deployed.schedule().show(utc_now())
    typer.echo(json.dumps(asdict(view)) if as_json else "\n".join(_lines(view)))


def _lines(view: ScheduleView) -> Iterator[str]:
    paused = view.state == "DISABLED"
    yield f"{view.name}  {'paused' if paused else 'switched on'}"
    yield f"  {view.expression} in {view.timezone}"
    nothing = "none while it is paused" if paused else "none is known"
    yield f"  next     {', '.join(view.next_runs) or nothing}"
    yield f"  newest   {view.last}  {view.last_state}" if view.last else "  newest   no tick has come yet"
    if view.in_turn:
        yield f"  in turn  {', '.join(view.in_turn)}"
