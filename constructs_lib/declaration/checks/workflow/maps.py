"""A map has one place for its items, caps that its mode knows, and nothing that only the other mode has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.declaration.jsonata_expression import is_expression
from constructs_lib.declaration.placed_steps import every_step
from constructs_lib.errors import Fault
from constructs_lib.model.units import shown
from constructs_lib.workflow_states.map import Map

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject

MOST_INLINE = 40
"""Items that an inline map can have in work at once (Step Functions guide, "Map state in Inline mode")."""
DISTRIBUTED_ONLY = ("source", "results", "batch_size", "tolerated_failures")


def maps_are_clear(subject: Subject) -> Iterator[Fault]:
    """Items come from one place, and fields are those of the mode."""
    for step in every_step(subject.declaration.workflow):
        if isinstance(step.state, Map):
            yield from _item_faults(step.state, step.place)
            if step.state.mode == "inline":
                yield from _inline_faults(step.state, step.place)


def _item_faults(step: Map, place: str) -> Iterator[Fault]:
    allowed = "exactly one of items and source"
    if step.items is None and step.source is None:
        fix = 'write items: "{% $record.body.lines %}"'
        yield Fault("map-items-unclear", place, "nothing says which items", allowed, fix)
    elif step.items is not None and step.source is not None:
        found = "items and source are given"
        yield Fault("map-items-unclear", f"{place}.source", found, allowed, "keep one of them")
    if step.items is not None and not is_expression(step.items) and not isinstance(step.items, list | tuple):
        fix = 'write items: "{% $record.body.lines %}"'
        yield Fault("map-items-unclear", f"{place}.items", shown(step.items), "an expression, or a list", fix)


def _inline_faults(step: Map, place: str) -> Iterator[Fault]:
    if step.max_concurrency > MOST_INLINE:
        found, allowed = f"{step.max_concurrency} items at once", f"at most {MOST_INLINE} in an inline map"
        yield Fault(
            "map-inline-limit", f"{place}.max_concurrency", found, allowed, "lower it, or write mode: distributed"
        )
    for name in DISTRIBUTED_ONLY:
        if getattr(step, name):
            found, allowed = f"{name} in an inline map", "mode: distributed"
            yield Fault(
                "map-distributed-only", f"{place}.{name}", found, allowed, "write mode: distributed, or remove it"
            )
