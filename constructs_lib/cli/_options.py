"""Arguments that commands for a deployed pipeline share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Declaration = Annotated[Path, typer.Argument(help="The pipeline's declaration.", metavar="FILE")]
Stage = Annotated[str, typer.Option(help="The environment that it is deployed to.")]
Platform = Annotated[str, typer.Option(help="Name of the platform that it shares.")]
Catalog = Annotated[
    Path | None,
    typer.Option("--catalog", help="Catalogue of sizes, dependencies and limits instead of the pinned one."),
]
Since = Annotated[
    str | None, typer.Option(help="From then on: a day, a time in UTC, or how long ago (36h); 24h before the end.")
]
Until = Annotated[str | None, typer.Option(help="Before then: a day, a time in UTC, or how long ago; now.")]
