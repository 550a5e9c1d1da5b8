"""``pipelines simulate``: thousands of random worlds, each of which must lose nothing and repeat nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from constructs_lib.cli._options import Catalog

if TYPE_CHECKING:
    from constructs_lib.drills.simulation.actors import Actor


def simulate(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Declarations; a pipeline of the library's own when none is named.", metavar="FILE"),
    ] = None,
    *,
    seeds: Annotated[int, typer.Option(min=1, help="Worlds for each pipeline.")] = 2000,
    from_seed: Annotated[int, typer.Option(min=0, help="The first of them; a seed gives the same world again.")] = 0,
    catalog: Catalog = None,
) -> None:
    """Play random worlds on an AWS in memory: several workers, crashes, lost answers, repeats, clocks that differ.

    At the end of each all must be quiet: no record lost, none landed twice, every message explained, every entry of the
    ledger linked to one before. Exit code 1 names the seeds that broke a promise.
    """
    from constructs_lib.drills.simulation.summary import simulate as play_all

    broken = False
    for file in [str(file) for file in files or ()] or [""]:
        summary = play_all(_actor(file, catalog), from_seed, seeds)
        for finding in summary.findings(file):
            typer.echo(finding, err=True)
        typer.echo(summary.line())
        broken = broken or bool(summary.bad)
    if broken:
        raise typer.Exit(1)


def _actor(file: str, catalog: Path | None) -> Actor:
    from constructs_lib.drills.simulation.actors import BuiltIn, Declared

    if not file:
        return BuiltIn()
    from constructs_lib.drills.subject import Subject

    subject = Subject.named(file, catalog)
    os.environ.update(subject.variables)
    return Declared(subject)
