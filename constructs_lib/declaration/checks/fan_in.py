"""A group can be told from the record, has an end, and leaves something to consolidate."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.declaration.checks.identity import expression_faults
from constructs_lib.declaration.fan_in import MOST_ITEMS
from constructs_lib.errors import Fault
from constructs_lib.model.units import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=7)
"""A group's signal waits in SQS, which keeps it for 14 days: half of them are left for retries and replays."""


def expressions_read_the_record(subject: Subject) -> Iterator[Fault]:
    """Group, part and expectation are read from fields that each record has."""
    fan_in = subject.declaration.fan_in
    if fan_in is None or subject.declaration.fan_out is not None:
        return
    for name in ("group", "part", "expected"):
        if not getattr(fan_in, name):
            yield Fault("field-missing", f"fan_in.{name}", "is missing", "a value; there is no default", f"add {name}")
    for index, expression in enumerate(fan_in.group):
        yield from expression_faults(subject, expression, f"fan_in.group[{index}]")
    if fan_in.part is not None:
        yield from expression_faults(subject, fan_in.part, "fan_in.part")
    if isinstance(fan_in.expected, str):
        yield from expression_faults(subject, fan_in.expected, "fan_in.expected")


def group_is_bounded(subject: Subject) -> Iterator[Fault]:
    """A group has an end in time, and no more parts than its cap."""
    fan_in = subject.declaration.fan_in
    if fan_in is None:
        return
    if not SHORTEST <= fan_in.timeout <= LONGEST:
        allowed = f"{duration_text(SHORTEST)} to {duration_text(LONGEST)}"
        found = duration_text(fan_in.timeout)
        longer = "consolidate what is there, and again later"
        fix = longer if fan_in.timeout > LONGEST else f"write {duration_text(SHORTEST)} or more"
        yield Fault("fan-in-timeout", "fan_in.timeout", found, allowed, fix)
    if isinstance(fan_in.expected, int) and fan_in.expected > fan_in.max_items:
        found = f"{fan_in.expected} parts in a group"
        allowed = f"at most fan_in.max_items = {fan_in.max_items}"
        yield Fault("fan-in-beyond-cap", "fan_in.expected", found, allowed, "raise max_items, or make groups smaller")


def results_follow_from_workers(subject: Subject) -> Iterator[Fault]:
    """Where workers share a record, their results are its parts: nothing of that is for the declaration to say."""
    fan_in, fan_out = subject.declaration.fan_in, subject.declaration.fan_out
    if fan_in is None or fan_out is None:
        return
    for name in ("group", "part", "expected", "max_items"):
        if name in fan_in.model_fields_set:
            found, allowed = (
                f"{name} with fan_out",
                "handler, timeout and on_timeout: the rest follows from the workers",
            )
            yield Fault("fan-in-of-workers", f"fan_in.{name}", found, allowed, f"remove {name}")
    parts = len(fan_out.workers) * fan_out.messages_per_event()
    if parts > MOST_ITEMS:
        found = (
            f"{len(fan_out.workers)} workers × {fan_out.messages_per_event()} messages = {parts} results of a record"
        )
        fix = "raise fan_out.batch_items, or lower max_items"
        yield Fault("fan-in-beyond-cap", "fan_in", found, f"at most {MOST_ITEMS}", fix)


def parts_can_be_collected(subject: Subject) -> Iterator[Fault]:
    """Parts come through a queue and land where the consolidating function can read them."""
    declaration = subject.declaration
    if declaration.fan_in is None or declaration.fan_out is not None:
        return
    if declaration.source.delivery() != "queue":
        found = "records reach the runner without a queue"
        fix = "take a source that queues its records, or consolidate elsewhere"
        yield Fault("fan-in-without-queue", "fan_in", found, "a source that queues its records", fix)
    if not any(output.type == "raw" for output in declaration.outputs):
        found = "no output that a part could be read from again"
        yield Fault("fan-in-without-raw", "outputs", found, "an output of the type raw", "add { type: raw }")
