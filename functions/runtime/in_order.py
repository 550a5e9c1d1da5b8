"""Completions of one lane: DynamoDB may refuse an earlier one and take a later one of the same call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from functions.runtime.invocation import Invocation
    from functions.runtime.partiql import Answer
    from functions.runtime.work import Work

    Told = list[tuple[Work, Answer]]

MOST = 5
"""Times that a refused completion is sent again; a throttled partition is usually split within that."""
PAUSE = 0.1
"""Seconds before the first of them; each following pause is twice as long."""


def insert_overtaken(told: Told, insert: Callable[[Sequence[Work]], Told], invocation: Invocation) -> Told:
    """Send refused completions again of which a later one of their lane stands in the ledger; return all answers.

    Otherwise the record would be handled once more after the later one has had its effect.
    """
    for number in range(MOST):
        left = _overtaken(told)
        if not left or invocation.deadline.near:
            break
        invocation.services.sleep(PAUSE * 2**number)
        again = {id(work): answer for work, answer in insert(left)}
        told = [(work, again.get(id(work), answer)) for work, answer in told]
    return told


def _overtaken(told: Told) -> list[Work]:
    closed: set[str | None] = set()
    found: list[Work] = []
    for work, answer in reversed(told):
        if answer.done or answer.conflict:
            closed.add(work.record.lane)
        elif work.state is State.PROCESSED and work.record.lane is not None and work.record.lane in closed:
            found.append(work)
    return found[::-1]
