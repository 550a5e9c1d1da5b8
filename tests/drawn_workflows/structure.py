"""What the steps of a declaration say: order, loops, what can be undone inside, which errors are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.model.workflow_state import ActingState, StepRetry, WorkflowState
from constructs_lib.workflow_states.map import Map
from functions.contract.workflow import ITEMS_TOO_MANY, NEVER_RETRIED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

FURTHER = 1_000_000
"""Distance between the visits of a loop inside a loop."""


def every(steps: Sequence[WorkflowState]) -> Iterator[WorkflowState]:
    """Yield every step with those inside."""
    for step in steps:
        yield step
        for inside in step.scopes().values():
            yield from every(inside)


def guarded(step: WorkflowState) -> bool:
    """Return whether something inside, in the same execution, can be undone."""
    if isinstance(step, Map) and step.mode == "distributed":
        return False
    inside = [one for steps in step.scopes().values() for one in steps]
    return any((isinstance(one, ActingState) and one.undo is not None) or guarded(one) for one in inside)


def following(step: WorkflowState, steps: Sequence[WorkflowState]) -> str | None:
    """Return the step that comes after one."""
    if step.next:
        return step.next
    position = [one.name for one in steps].index(step.name) + 1
    return steps[position].name if step.falls_through() and position < len(steps) else None


def loops(step: WorkflowState, steps: Sequence[WorkflowState]) -> bool:
    """Return whether a run can come to a step of a list again."""
    named = {one.name: one for one in steps}
    found: set[str] = set()
    ahead = [step.name]
    while ahead:
        one = named[ahead.pop()]
        after = following(one, steps)
        ways = {target for _, target in one.jumps()} | ({after} if after else set())
        ahead += ways - found
        found |= ways
    return step.name in found


def visit_of(around: int | None, own: int | None) -> int | None:
    """Return the number of a visit inside what is visited itself; None where both come once."""
    if around is not None and own is not None:
        return around * FURTHER + own
    return around if own is None else own


def again(retry: StepRetry, error: str, never: Sequence[str] = ()) -> bool:
    """Return whether a step is tried again after an error."""
    if "States.ALL" in retry.errors:
        return error not in (*NEVER_RETRIED, ITEMS_TOO_MANY, *never)
    return error in retry.errors


def means(errors: Sequence[str], error: str) -> bool:
    """Return whether a catch takes an error."""
    return "States.ALL" in errors or error in errors


def parts_of(step: WorkflowState) -> frozenset[str]:
    """Return the functions that one of its undo takes back: its own, and those of steps inside."""
    return frozenset(part for one in every([step]) for part in (one.name, f"{one.name}_start", f"{one.name}_undo"))


def covers(path: str, names: Collection[str], items: tuple[int, ...], visit: int) -> bool:
    """Return whether a path with its visit is of one of these steps, inside of these items and of this visit."""
    whole, _, own = path.partition("@")
    name, *numbers = whole.replace("]", "").split("[")
    around = int(own or 0)
    same = visit in (around, around // FURTHER)
    return name in names and tuple(map(int, numbers))[: len(items)] == items and same
