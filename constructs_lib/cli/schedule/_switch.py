"""Switching a schedule on or off, with the AWS settings of the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pathlib import Path


def switch(declaration: Path, state: str, *, stage: str, platform: str, catalog: Path | None) -> None:
    """Switch the schedule of a declaration and say what is so now."""
    from constructs_lib.cli._aws import aws_faults
    from constructs_lib.operations.deployed import Deployed
    from constructs_lib.operations.schedule.control import DISABLED
    from constructs_lib.operations.window import utc_now

    with aws_faults(declaration):
        control = Deployed.of(declaration, stage=stage, platform=platform, catalog=catalog).schedule()
        changed = control.switch(state, utc_now())
    is_now = "paused" if state == DISABLED else "switched on"
    typer.echo(f"{control.plan.name} {'is' if changed else 'was already'} {is_now}")
