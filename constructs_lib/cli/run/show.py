"""``pipelines run show``: the story of one record, from the gateway to its outputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from constructs_lib.cli._options import Catalog, Declaration, Platform, Stage

if TYPE_CHECKING:
    from constructs_lib.operations.story.story import Story


def show(
    declaration: Declaration,
    token: Annotated[str, typer.Argument(help="A run token, or a run id: message id, a dot and the attempt.")],
    *,
    stage: Stage = "dev",
    platform: Platform = "pipelines",
    catalog: Catalog = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object of a stable shape.")] = False,
    picture: Annotated[Path | None, typer.Option(help="Also draw it into this SVG file.", metavar="FILE")] = None,
) -> None:
    """Tell what happened to one record, in order and with the time in between.

    Gateway, queue, each attempt with its outcome, outputs, dead letter, replay and by whom, the runs that it continues
    and those that continue it, and for each attempt a link to what the function wrote. The steps of a workflow, or the
    workers of an event, follow as a tree: attempts, errors, items, warnings and what was undone. A run token costs a
    query, and one of the index for each of its runs; a run id is first looked for in the archive's last 14 days.
    """
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.operations.deployed import Deployed
    from constructs_lib.operations.window import utc_now

    with aws_faults(declaration):
        story = (
            Deployed.of(declaration, stage=stage, platform=platform, catalog=catalog).stories(utc_now()).story(token)
        )
    if picture is not None:
        _draw(story, picture)
    if as_json:
        typer.echo(json.dumps(story.to_json(), indent=2, ensure_ascii=False))
    else:
        _print(story)


def _draw(story: Story, file: Path) -> None:
    from constructs_lib.errors import UserError
    from constructs_lib.operations.story.picture import picture

    try:
        file.write_text(picture(story), encoding="utf-8")
    except OSError as error:
        allowed, fix = "a file that can be written", "name another file"
        raise UserError.of("output-unwritable", str(file), str(error), allowed, fix) from None


def _print(story: Story) -> None:
    from constructs_lib.cli._demo_view import make_console
    from constructs_lib.cli._run_view import run_table, run_tree

    console = make_console()
    console.print(run_table(story))
    if story.tree:
        console.print(run_tree(story))
    for parent in story.parents:
        console.print(f"continues {parent}", markup=False)
    for child in story.children:
        console.print(f"continued by {child.run_id} of {child.run_token}: {child.status}", markup=False)
    for step in story.steps:
        if step.logs:
            console.print(f"log of {step.run_id}: {step.logs}", markup=False)
