"""Back pressure against the catalogue and the retry budget."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.declaration.field_names import nearest
from constructs_lib.errors import Fault
from constructs_lib.model.units import duration_text, shown
from functions.contract.state import DEPENDENCIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject

SHORTEST, LONGEST = timedelta(seconds=1), timedelta(minutes=15)
"""Bounds of the recovery timeout; the longest is also the longest delay of an SQS message and between two probes."""


def there_is_a_queue(subject: Subject) -> Iterator[Fault]:
    """Records can wait: without a queue there is nothing to take in more slowly."""
    declaration = subject.declaration
    if declaration.back_pressure is not None and declaration.source.delivery() != "queue":
        found = "back pressure on a source without a queue"
        allowed = "a source whose records are queued"
        yield Fault("back-pressure-without-queue", "back_pressure", found, allowed, "remove it, or queue the records")


def dependency_is_known(subject: Subject) -> Iterator[Fault]:
    """The dependency is one that the platform has a budget for."""
    declared, known = subject.declaration.back_pressure, subject.catalog.dependencies
    if declared is None or declared.dependency in known:
        return
    close = nearest(declared.dependency, known)
    yield Fault(
        "dependency-unknown",
        "back_pressure.dependency",
        f"{shown(declared.dependency)} is no dependency of the catalogue {subject.catalog.version}",
        ", ".join(known) or "none: the catalogue names no dependencies",
        f"did you mean {close}?" if close else "have the platform's owner add it to dependencies, with its budget",
    )


def recovery_timeout_fits(subject: Subject) -> Iterator[Fault]:
    """The first probe comes neither at once nor later than the last one would."""
    declared = subject.declaration.back_pressure
    if declared is None or SHORTEST <= declared.recovery_timeout <= LONGEST:
        return
    yield Fault(
        "recovery-timeout-out-of-range",
        "back_pressure.recovery_timeout",
        duration_text(declared.recovery_timeout),
        f"{duration_text(SHORTEST)} to {duration_text(LONGEST)}",
        "leave it out for 30s; the interval grows by itself while probes fail",
    )


def threshold_is_reached(subject: Subject) -> Iterator[Fault]:
    """One record alone can open the breaker before its attempts are spent."""
    declared, attempts = subject.declaration.back_pressure, subject.declaration.retry.max_attempts
    if declared is None or declared.failure_threshold <= attempts:
        return
    yield Fault(
        "threshold-above-attempts",
        "back_pressure.failure_threshold",
        f"{declared.failure_threshold}, and retry.max_attempts is {attempts}",
        f"1 to {attempts}",
        "lower it, or raise retry.max_attempts",
    )


def name_is_free(subject: Subject) -> Iterator[Fault]:
    """No pipeline owns the keys under which breakers are kept."""
    if subject.declaration.pipeline == DEPENDENCIES:
        found = f"{DEPENDENCIES!r} is reserved: keys of the state table that begin with it belong to all pipelines"
        yield Fault("pipeline-name-reserved", "pipeline", found, "another name", "name it after its data")
