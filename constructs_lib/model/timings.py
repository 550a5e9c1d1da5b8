"""Times that follow from each other; every one is written down once, here."""

from __future__ import annotations

from datetime import timedelta

from functions.contract.workflow import REDRIVE_DAYS, VALUES_DAYS

VISIBILITY_FACTOR = 6
"""Visibility timeout as a multiple of the function timeout: what AWS asks of a queue that feeds Lambda.

Source: Lambda developer guide, "Creating and configuring an Amazon SQS event source mapping".
"""

RECEIVES = 100
"""Deliveries after which the queue itself gives a record up.

Attempts are counted by the runner. A delivery that is no attempt (time ran out, another worker was at it, a dependency
was left alone) must not bring a healthy record closer to the dead-letter queue; a runner that cannot even start must.
"""

PATIENT_RECEIVES = 1000
"""The same where records come and go without being tried: while a dependency is down, or until it is a tick's turn.

It is the most that SQS takes (SetQueueAttributes, Amazon SQS API reference).
"""

CLAIM_MARGIN = timedelta(days=3)
"""How long a claim outlives the last moment at which its message can still be delivered."""


def default_visibility_timeout(timeout: timedelta, window: timedelta) -> timedelta:
    """Return the shortest visibility timeout that covers a run, its batching window and the mapping's own retries."""
    return VISIBILITY_FACTOR * timeout + window


def default_max_receive_count(max_attempts: int, *, held_up: bool = False) -> int:
    """Return after how many deliveries the queue gives a record up; back pressure, order and turns hold records up."""
    return max(PATIENT_RECEIVES if held_up else RECEIVES, max_attempts)


def default_claim_ttl(queue_retention: timedelta, dlq_retention: timedelta) -> timedelta:
    """Return how long a claim must be kept so that no replay from the dead-letter queue finds it gone."""
    return queue_retention + dlq_retention + CLAIM_MARGIN


def step_claim_ttl(claim_ttl: timedelta, workflow_timeout: timedelta) -> timedelta:
    """Return how long a finished step gives its result again: as long as its run can go on or be redriven.

    A record's own claim may be kept for longer than that (``claim_ttl``); a step's result never outlasts the large
    values that it refers to.
    """
    redriven = workflow_timeout + timedelta(days=REDRIVE_DAYS)
    return min(max(claim_ttl, redriven), timedelta(days=VALUES_DAYS))
