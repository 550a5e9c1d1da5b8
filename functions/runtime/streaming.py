"""A batch of a stream: what fails is tried again in the invocation itself, after its delay, while there is time.

A stream has no visibility timeout. What is reported as failed is handed over again at once, with everything behind it,
and Lambda counts that against the mapping's own retries. So the invocation waits, and reports only what it has no time
for; the price is the time that it waits, billed as any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.contract.message import DELIVERY
from functions.runtime.aftermath import seconds_until_due
from functions.runtime.work import ACKNOWLEDGED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from functions.runtime.batch import Batch
    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work

    Begin = Callable[[], tuple[Invocation, Batch]]
    Tell = Callable[[Sequence[Work], Invocation], None]

SHORTEST_WAIT = 0.2
"""Seconds between two tries, whatever chance makes of a delay."""
LAST_SECOND = 1.0
"""What is left of an invocation for its answer."""


def work_off(records: Sequence[Mapping[str, Any]], begin: Begin, tell: Tell) -> dict[str, Any]:
    """Return Lambda's partial batch response once nothing is open, or no time is left for another try.

    ``begin`` starts each try under a lease of its own, and ``tell`` is told what came of it.
    """
    number = 0
    while True:
        number += 1
        invocation, batch = begin()
        works = batch.process([{**record, DELIVERY: f"{invocation.request_id}-{number}"} for record in records])
        tell(works, invocation)
        still = [(record, work) for record, work in zip(records, works, strict=True) if work.state not in ACKNOWLEDGED]
        if not still or not _waits([work for _, work in still], invocation):
            return batch.failures(works)
        records = [record for record, _ in still]


def _waits(works: Sequence[Work], invocation: Invocation) -> bool:
    """Wait until all are due, or until the time is up; returns whether there is time for another try."""
    wanted = max(SHORTEST_WAIT, *(seconds_until_due(work, invocation) for work in works))
    left = invocation.deadline.remaining()
    if invocation.deadline.near or left - wanted < invocation.deadline.margin:
        invocation.services.sleep(max(0.0, min(wanted, left - LAST_SECOND)))
        return False
    invocation.services.sleep(wanted)
    return True
