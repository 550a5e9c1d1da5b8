"""One retry budget for the runtime and the queue."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.errors import Fault
from constructs_lib.model.units import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject
    from constructs_lib.declaration.retry import Retry


def attempts_agree(subject: Subject) -> Iterator[Fault]:
    """The queue does not give a record up before its budget is spent."""
    count, attempts = subject.declaration.queue.max_receive_count, subject.declaration.retry.max_attempts
    if count is not None and not attempts <= count <= subject.catalog.limits.sqs_max_receive_count:
        yield Fault(
            "attempts-disagree",
            "queue.max_receive_count",
            f"{count}, and retry.max_attempts is {attempts}",
            f"{attempts} to {subject.catalog.limits.sqs_max_receive_count}",
            "remove queue.max_receive_count",
        )


def delays_fit(subject: Subject) -> Iterator[Fault]:
    """Every delay can be set on a message, and the last attempt comes before the queue forgets the record."""
    retry, longest = subject.declaration.retry, subject.catalog.limits.sqs_visibility_timeout
    if not retry.interval <= retry.max_delay <= longest:
        yield Fault(
            "retry-delay-too-long",
            "retry.max_delay",
            duration_text(retry.max_delay),
            f"retry.interval = {duration_text(retry.interval)} to {duration_text(longest)}",
            "change one of them",
        )
        return
    total, kept = longest_wait(retry), subject.declaration.queue.retention_period
    if total >= kept:
        yield Fault(
            "retries-outlive-queue",
            "retry.max_attempts",
            f"{retry.max_attempts} attempts can wait {duration_text(total)} in all",
            f"less than queue.retention_period = {duration_text(kept)}",
            "lower retry.max_attempts or retry.max_delay",
        )


def longest_wait(retry: Retry) -> timedelta:
    """Return the sum of the longest delays between all attempts, in whole seconds."""
    total, delay, most = 0.0, retry.interval.total_seconds(), retry.max_delay.total_seconds()
    for _attempt in range(retry.max_attempts - 1):
        total += min(delay, most)
        delay = min(delay * retry.backoff_rate, most)
    return timedelta(seconds=round(total))
