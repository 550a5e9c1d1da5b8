"""A wait says once, and in a form that is understood, how long it takes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from constructs_lib.declaration.jsonata_expression import is_expression
from constructs_lib.declaration.placed_steps import every_step
from constructs_lib.errors import Fault
from constructs_lib.model.units import shown
from constructs_lib.workflow_states.wait import Wait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject

LONGEST = 31_622_400
"""Seconds of the longest wait (Amazon States Language: a year of 366 days)."""


def waits_are_clear(subject: Subject) -> Iterator[Fault]:
    """Exactly one of duration, seconds and until is given, and the last two have a form that can be waited for."""
    for step in every_step(subject.declaration.workflow):
        if isinstance(step.state, Wait):
            yield from _faults(step.state, step.place)


def _faults(wait: Wait, place: str) -> Iterator[Fault]:
    given = [name for name in ("duration", "seconds", "until") if getattr(wait, name) is not None]
    if len(given) != 1:
        found = f"{' and '.join(given)} are given" if given else "nothing says how long"
        fix = f"keep {given[0]}" if given else "write duration: 10m"
        yield Fault("wait-unclear", place, found, "exactly one of duration, seconds and until", fix)
    if wait.seconds is not None and not is_expression(wait.seconds) and not _counts(wait.seconds):
        allowed = f"an expression, or a whole number from 0 to {LONGEST}"
        fix = 'write seconds: "{% $record.body.delay %}", or duration: 10m'
        yield Fault("wait-wrong", f"{place}.seconds", shown(wait.seconds), allowed, fix)
    if wait.until is not None and not is_expression(wait.until) and not _is_time(wait.until):
        allowed = "an expression, or an ISO 8601 time with its offset"
        yield Fault("wait-wrong", f"{place}.until", shown(wait.until), allowed, "write 2026-12-01T06:00:00Z")


def _counts(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LONGEST


def _is_time(value: Any) -> bool:
    try:
        return isinstance(value, str) and "T" in value and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
