"""Exactly one thing works on records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject

HANDLING = ("runner", "workflow", "fan_out")
"""Fields of which exactly one is given."""


def one_handles_records(subject: Subject) -> Iterator[Fault]:
    """A runner, a workflow, or workers: one of them, and not two."""
    given = [name for name in HANDLING if getattr(subject.declaration, name) is not None]
    allowed = "exactly one of runner, workflow and fan_out"
    if not given:
        fix = "add runner: { handler: package.module:function }, or the steps of a workflow"
        yield Fault("handling-unclear", "runner", "is missing: nothing works on the records", allowed, fix)
    for name in given[1:]:
        found = f"{' and '.join(given)} are given"
        yield Fault("handling-unclear", name, found, allowed, f"keep {given[0]}, or {name}")
