"""Which variables an expression of a workflow can rely on: what has a value on every path that leads to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.declaration.jsonata_expression import reads_of
from constructs_lib.workflow_states.map import Map

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.model.workflow_state import WorkflowState

Names = frozenset[str]
ALWAYS: Names = frozenset({"record", "run", "warnings"})
"""Variables that every place of every workflow has."""
ERROR = "error"
ITEM_VARIABLES: Names = frozenset({"item", "index", "items"})
"""Variables that the steps of a map have; those of an inner map hide those of an outer one."""


@dataclass(frozen=True)
class Way:
    """One way from a step to another of its list."""

    source: int
    target: int
    caught: bool = False
    """Whether it is taken when the step has failed: it has no result then, and ``$error`` is known."""


def ways(steps: Sequence[WorkflowState]) -> list[Way]:
    """Return every way between the steps of one list; those to nowhere are left out."""
    places = {step.name: index for index, step in reversed(list(enumerate(steps)))}
    found = []
    for index, step in enumerate(steps):
        follower = following(steps, index)
        if follower is not None:
            found.append(Way(index, follower))
        for field, name in step.jumps():
            if name in places:
                found.append(Way(index, places[name], caught=field.startswith("catch")))
    return found


def following(steps: Sequence[WorkflowState], index: int) -> int | None:
    """Return the step that one of a list goes on with when it is done; None where the list ends there."""
    step = steps[index]
    if not step.falls_through():
        return None
    if step.next is not None:
        return next((place for place, other in enumerate(steps) if other.name == step.next), None)
    return index + 1 if index + 1 < len(steps) else None


def reached(steps: Sequence[WorkflowState]) -> frozenset[int]:
    """Return the steps that a run can come to from the first one."""
    known, open_ = {0}, [0]
    found = ways(steps)
    while open_:
        at = open_.pop()
        for way in found:
            if way.source == at and way.target not in known:
                known.add(way.target)
                open_.append(way.target)
    return frozenset(known)


def available(steps: Sequence[WorkflowState], outer: Names = ALWAYS) -> list[Names]:
    """Return what each step of a list can rely on, in their order; ``outer`` is what the place around it has.

    A step that no way leads to is said to have everything, so that one fault does not bring others.
    """
    own = frozenset(step.name for step in steps if step.has_result())
    known: list[Names] = [outer if index == 0 else outer | own | {ERROR} for index in range(len(steps))]
    found = ways(steps)
    changed = True
    while changed:
        changed = False
        for way in found:
            narrowed = known[way.target] & _carried(steps[way.source], known[way.source], caught=way.caught)
            changed = changed or narrowed != known[way.target]
            known[way.target] = narrowed
    return known


def _carried(step: WorkflowState, known: Names, *, caught: bool) -> Names:
    """Return what is known at the end of a way that begins at a step."""
    if caught:
        return known | {ERROR}
    return known | {step.name} if step.has_result() else known


def inside(step: WorkflowState, known: Names) -> Names:
    """Return what the lists of steps inside a step can rely on at their beginning."""
    if not isinstance(step, Map):
        return known
    given = {"items"} if step.batch_size else {"item", "index"}
    return (known - ITEM_VARIABLES) | given


def available_to(name: str, steps: Sequence[WorkflowState], outer: Names = ALWAYS) -> Names:
    """Return what the step of a name can rely on, wherever in the lists of steps it stands; nothing where it is not."""
    for step, known in zip(steps, available(steps, outer), strict=True):
        if step.name == name:
            return known
        within = inside(step, known)
        found = (available_to(name, inner, within) for inner in step.scopes().values())
        if any_known := next(filter(None, found), None):
            return any_known
    return frozenset()


def free_variables(steps: Sequence[WorkflowState]) -> Names:
    """Return the variables that steps take from around their list: what a distributed map must hand over."""
    return frozenset(_read(steps)) - frozenset(_defined(steps))


def _read(steps: Sequence[WorkflowState]) -> Iterator[str]:
    for step in steps:
        for _, template in step.templates():
            yield from (read.name for read in reads_of(template) if not read.called)
        hidden = ITEM_VARIABLES if isinstance(step, Map) else frozenset()
        for inner in step.scopes().values():
            yield from frozenset(_read(inner)) - hidden


def _defined(steps: Sequence[WorkflowState]) -> Iterator[str]:
    for step in steps:
        yield step.name
        for inner in step.scopes().values():
            yield from _defined(inner)
