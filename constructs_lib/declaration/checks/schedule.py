"""Ticks have an identity of their own, their calendar exists, and a cursor belongs to runs that follow each other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.errors import Fault
from constructs_lib.model.units import duration_text, shown
from functions.contract.ticks import parse_time

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject


def tick_is_its_own_key(subject: Subject) -> Iterator[Fault]:
    """A tick is known by its scheduled time alone: other fields are the same at every tick."""
    declaration = subject.declaration
    if declaration.source.ticks() != "none" and declaration.idempotency.key:
        found, allowed = ", ".join(declaration.idempotency.key), "the scheduled time, which needs no key"
        yield Fault("schedule-key", "idempotency.key", found, allowed, "leave idempotency.key out")
    if declaration.source.ticks() != "none" and declaration.fan_in:
        found, allowed = "groups of the ticks of a schedule", "fan-in of records that come from elsewhere"
        yield Fault("fan-in-of-ticks", "fan_in", found, allowed, "send what a run finds to a pipeline with fan-in")


def calendar_is_known(subject: Subject) -> Iterator[Fault]:
    """The calendar is one of the catalogue."""
    name, known = subject.declaration.source.holidays(), subject.catalog.calendars
    if name is not None and name not in known:
        allowed = f"one of {', '.join(sorted(known))}" if known else "a calendar of the catalogue; it has none"
        fix = "name one of them, or hand over a catalogue of your own"
        yield Fault("calendar-unknown", "source.calendar", f"{shown(name)} is no calendar", allowed, fix)


def checkpoint_fits(subject: Subject) -> Iterator[Fault]:
    """One run after the other moves the cursor, and only a time can be reached back from."""
    declaration = subject.declaration
    checkpoint = declaration.checkpoint
    if checkpoint is None:
        return
    if declaration.source.ticks() == "none":
        found = f"a cursor, and a source of the type {declaration.source.type}"
        yield Fault("checkpoint-without-schedule", "checkpoint", found, "source: schedule", "leave checkpoint out")
    elif declaration.source.ticks() == "overlapping":
        found = "runs that overlap and share a cursor"
        yield Fault("checkpoint-overlap", "source.overlap", found, "overlap: forbid", "leave source.overlap out")
    if checkpoint.overlap and not _is_time(checkpoint.initial):
        found = f"an overlap behind {shown(checkpoint.initial)}, which is no time"
        fix = "write 2026-01-01T00:00:00Z, or leave overlap out"
        yield Fault("checkpoint-initial", "checkpoint.initial", found, "a time with its offset from UTC", fix)


def silence_can_be_heard(subject: Subject) -> Iterator[Fault]:
    """CloudWatch looks back a week at most, and landed records are counted by tenant."""
    within = subject.declaration.observability.expect_run_within
    if within is None:
        return
    if within % HOUR or not HOUR <= within <= WEEK:
        found = duration_text(within)
        yield Fault(
            "expected-run-wrong", "observability.expect_run_within", found, "whole hours, 1h to 7d", "write 26h"
        )
    if subject.declaration.tenant.key is not None:
        found = "silence is to be heard where records name their tenant"
        fix = "leave expect_run_within out, or declare a tenant of one id"
        yield Fault("expected-run-of-tenants", "observability.expect_run_within", found, "a fixed tenant", fix)


def _is_time(text: str) -> bool:
    try:
        parse_time(text)
    except ValueError:
        return False
    return True
