"""``pipelines checkpoint show``: how far a pull has come."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from constructs_lib.cli._options import Catalog, Declaration, Platform, Stage


def show(
    declaration: Declaration,
    *,
    stage: Stage = "dev",
    platform: Platform = "pipelines",
    catalog: Catalog = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show where the cursor stands, which run moved it, and whether one is going on."""
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.cli.checkpoint._view import lines
    from constructs_lib.operations.deployed import Deployed

    with aws_faults(declaration):
        deployed = Deployed.of(declaration, stage=stage, platform=platform, catalog=catalog)
        view = deployed.checkpoint().show()
    typer.echo(json.dumps(asdict(view)) if as_json else "\n".join(lines(view)))
