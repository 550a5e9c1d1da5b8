"""``pipelines approval list``: what waits for a person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from constructs_lib.cli._options import Catalog, Declaration, Platform, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator


def list(
    declaration: Declaration,
    *,
    stage: Stage = "dev",
    platform: Platform = "pipelines",
    catalog: Catalog = None,
    every: Annotated[bool, typer.Option("--all", help="Those that were decided and those that expired, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each gate.")] = False,
) -> None:
    """Show the gates that wait, oldest first: run, step, what is asked, until when; one query of the state table."""
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.operations.deployed import Deployed
    from constructs_lib.operations.window import utc_now
    from constructs_lib.operations.workflow.approval import WAITING, told_of

    now = utc_now()
    with aws_faults(declaration):
        desk = Deployed.of(declaration, stage=stage, platform=platform, catalog=catalog).approvals()
        told = [told_of(question, now) for question in desk.questions()]
    shown = [one for one in told if every or one["state"] == WAITING]
    for one in shown:
        typer.echo(json.dumps(one, ensure_ascii=False) if as_json else "\n".join(_lines(one)))
    if not as_json:
        typer.echo(f"{len(shown)} {'gate' if len(shown) == 1 else 'gates'}{'' if every else ' waiting'}")


def _lines(one: dict[str, Any]) -> Iterator[str]:
    yield f"{one['run_token']} {one['step']}  {one['state']}, asked {one['asked_at']}, until {one['ends_at']}"
    yield f"  tenant  {one['tenant']}"
    yield f"  asks    {one['message']}"
    if one["decided_by"]:
        yield f"  by      {one['decided_by']} at {one['decided_at']}{': ' if one['comment'] else ''}{one['comment']}"
