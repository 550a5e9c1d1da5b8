"""Steps of loops: how often a run has come to each of them, so that another visit is another effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.declaration.workflow_variables import ways
from constructs_lib.model.workflow_state import ActingState
from functions.contract.workflow import FURTHER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.model.workflow_state import WorkflowState


def looped(steps: Sequence[WorkflowState]) -> frozenset[str]:
    """Return the names of the acting steps of a list that a run can come to more than once."""
    after: dict[int, set[int]] = {index: set() for index in range(len(steps))}
    for way in ways(steps):
        after[way.source].add(way.target)
    return frozenset(
        step.name for index, step in enumerate(steps) if isinstance(step, ActingState) and index in _ahead(index, after)
    )


def _ahead(index: int, after: dict[int, set[int]]) -> set[int]:
    """Return every step that a run can come to after one."""
    found: set[int] = set()
    open_ = [*after[index]]
    while open_:
        at = open_.pop()
        if at not in found:
            found.add(at)
            open_ += after[at]
    return found


def counter(step: str) -> str:
    """Return the variable that counts the visits of a step from 0."""
    return f"Visit_{step}"


def combined(around: str, own: str) -> str:
    """Return the expression of a visit inside a step that is visited itself; empty where both run once."""
    return f"({around} * {FURTHER} + {own})" if around and own else around or own
