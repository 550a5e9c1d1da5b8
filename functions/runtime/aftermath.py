"""Aftermath: records that stay on the queue are freed for the next worker and come back when it is their time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.backoff import visibility
from functions.runtime.claiming import claim_of
from functions.runtime.queues import Delay
from functions.runtime.work import ACKNOWLEDGED, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.contract.state import Claim
    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work

FREED = frozenset({State.FAILED, State.RETURNED, State.DEAD_LETTERED, State.REJECTED})
"""What a later worker may start at once. A completed run token stays claimed; an uncertain one until its lease ends."""


def free_all(works: Sequence[Work], invocation: Invocation) -> None:
    """Release claims and set delays. Both are courtesies: without them a lease and a visibility timeout run out."""
    if not invocation.deadline.over:
        _release([work for work in works if work.claim is not None and work.state in FREED], invocation)
    if not invocation.deadline.over:
        _delay([work for work in works if work.state not in ACKNOWLEDGED and work.record.receipt_handle], invocation)


def _release(works: list[Work], invocation: Invocation) -> None:
    if not works:
        return
    try:
        invocation.services.claims.release([(claim_of(work), _left(work)) for work in works])
    except AWS_FAILURES as error:
        invocation.services.logger.warning("claims kept until leases end", extra={"error_type": error_code(error)})


def _left(work: Work) -> Claim:
    """Return what the next worker must know: the tries that were made, and the entry that is the newest now."""
    untried = work.state is State.RETURNED and not work.given_up
    tried = 0 if untried or work.excused else 1
    claim = claim_of(work)
    return replace(
        claim,
        attempt=claim.attempt - 1 + tried,
        head=work.newest,
        given_up=work.given_up,
        untold=work.given_up and work.state is not State.DEAD_LETTERED,
    )


def _delay(works: list[Work], invocation: Invocation) -> None:
    if not works:
        return
    delays = [Delay(work.record.receipt_handle, visibility(seconds_until_due(work, invocation))) for work in works]
    for error in set(invocation.services.queues.delay(delays)) - {None}:
        invocation.services.logger.warning("records keep their visibility timeout", extra={"error_type": error})


def seconds_until_due(work: Work, invocation: Invocation) -> float:
    """Return how long a record that is not acknowledged is to be left alone."""
    if work.state is State.UNCERTAIN:
        return invocation.deadline.lease_until - invocation.services.now()
    if work.state is State.FAILED and work.failure:
        return max(work.failure.retry_after, invocation.backoff(work), work.delay)
    return work.delay
