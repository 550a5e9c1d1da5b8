"""``pipelines plan``: what a declaration will be, what it costs and what governance says; without CDK and Node."""

from __future__ import annotations

import json
import time
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from constructs_lib.cost import Price
    from constructs_lib.declaration.workflow import Workflow
    from constructs_lib.governance.review import Review
    from constructs_lib.model.plan import PipelinePlan


class Format(StrEnum):
    """How the plan is printed."""

    TEXT = "text"
    JSON = "json"
    MERMAID = "mermaid"


def plan(
    file: Annotated[Path, typer.Argument(help="A declaration, YAML or JSON.", metavar="FILE")],
    *,
    stage: Annotated[str, typer.Option(help="The environment to plan for.")] = "dev",
    platform: Annotated[str, typer.Option(help="Name of the platform that the pipeline shares.")] = "pipelines",
    catalog: Annotated[
        Path | None, typer.Option(help="Catalogue of sizes, dependencies and prices instead of the pinned one.")
    ] = None,
    output: Annotated[
        Format, typer.Option("--format", help="Text for people, JSON for programs, Mermaid for a picture.")
    ] = Format.TEXT,
) -> None:
    """Show what would exist: resources, names, times, grants, alarms, the price and the findings of plan rules.

    Of a schedule it shows the next five runs, too.

    Exit code 1 means that the declaration is faulty, or that a finding would stop the synthesis.
    """
    from constructs_lib.catalog import load_catalog
    from constructs_lib.composition import plan_pipeline
    from constructs_lib.cost import price
    from constructs_lib.declaration import load_pipeline
    from constructs_lib.governance.review import review
    from constructs_lib.governance.rule import Subject
    from constructs_lib.model.names import platform_names

    given = load_catalog(path=catalog) if catalog else None
    declaration = load_pipeline(file, catalog=given)
    known = given or load_catalog(declaration.catalog)
    planned = plan_pipeline(declaration, stage=stage, platform=platform_names(platform, stage), catalog=known)
    events = planned.budget.events_per_month
    priced = price(planned, known, events) if events is not None else None
    judged = review([Subject(declaration, planned, known)], today=date.today())
    typer.echo(_shown(output, planned, priced, judged, declaration.workflow))
    if judged.blocked:
        raise typer.Exit(1)


def _shown(
    output: Format, planned: PipelinePlan, priced: Price | None, judged: Review, workflow: Workflow | None
) -> str:
    if output is Format.MERMAID:
        from constructs_lib.cli._diagram import mermaid

        return mermaid(planned, workflow)
    return _json(planned, priced, judged) if output is Format.JSON else _text(planned, priced, judged, workflow)


def _json(planned: PipelinePlan, priced: Price | None, judged: Review) -> str:
    from constructs_lib.governance.report import as_json

    cost = {**priced.model_dump(mode="json"), "total_usd": priced.total_usd} if priced else None
    result = {
        "plan": planned.model_dump(mode="json"),
        "next_runs": _next_runs(planned),
        "cost": cost,
        "governance": json.loads(as_json(judged)),
    }
    return json.dumps(result, indent=2, ensure_ascii=False)


def _next_runs(planned: PipelinePlan) -> list[str] | None:
    """Return the next runs of a schedule; None where there is none."""
    from constructs_lib.model.next_runs import next_runs
    from functions.contract.ticks import time_text

    return [time_text(at) for at in next_runs(planned.schedule, int(time.time()))] if planned.schedule else None


def _text(planned: PipelinePlan, priced: Price | None, judged: Review, workflow: Workflow | None) -> str:
    from constructs_lib.cli._plan_view import plan_text
    from constructs_lib.governance.report import as_text

    cost = priced.as_text() if priced else "Cost: state budget.events_per_month to see the price of a month."
    return "\n\n".join([plan_text(planned, int(time.time()), workflow), cost, as_text(judged)])
