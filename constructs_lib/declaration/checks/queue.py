"""Limits and times of the buffer queue."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.declaration.queue import Queue
from constructs_lib.errors import Fault
from constructs_lib.model.timings import VISIBILITY_FACTOR, default_visibility_timeout
from constructs_lib.model.units import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject


def there_is_a_queue(subject: Subject) -> Iterator[Fault]:
    """What is said of the queue applies to one."""
    declaration = subject.declaration
    if declaration.source.delivery() == "stream" and declaration.queue != Queue(dlq=declaration.queue.dlq):
        yield Fault(
            "queue-not-there",
            "queue",
            "settings of a queue, and the source hands over the records of a stream without one",
            "queue.dlq alone",
            "set batch_size and max_batching_window in source",
        )
    if declaration.source.delivery() == "answer" and declaration.queue != Queue():
        yield Fault(
            "queue-not-there",
            "queue",
            "settings of a queue, and the source calls the runner without one",
            "no queue, or a source that queues its records",
            "remove queue, or leave source.mode out",
        )


def batch_fits(subject: Subject) -> Iterator[Fault]:
    """Batch and window are within what an SQS event source mapping takes."""
    queue, limits = subject.declaration.queue, subject.catalog.limits
    if queue.batch_size > limits.sqs_batch_size:
        yield Fault(
            "batch-too-large",
            "queue.batch_size",
            f"{queue.batch_size} records",
            f"at most {limits.sqs_batch_size}",
            "lower it; more records at once do not come faster",
        )
    if queue.max_batching_window > limits.sqs_batching_window:
        yield Fault(
            "window-too-long",
            "queue.max_batching_window",
            duration_text(queue.max_batching_window),
            f"at most {duration_text(limits.sqs_batching_window)}",
            "lower it",
        )
    small = limits.sqs_batch_size_without_window
    if subject.declaration.fifo:
        return
    if queue.batch_size > small and queue.max_batching_window < timedelta(seconds=1):
        yield Fault(
            "batch-without-window",
            "queue.batch_size",
            f"{queue.batch_size} records without a window to collect them",
            f"at most {small} records, or a window of at least 1s",
            "add queue.max_batching_window: 1s",
        )


def visibility_covers_a_run(subject: Subject) -> Iterator[Fault]:
    """No record becomes visible again while it may still be in work."""
    queue, longest = subject.declaration.queue, subject.catalog.limits.sqs_visibility_timeout
    if queue.visibility_timeout is None or subject.timeout is None:
        return
    found, path = duration_text(queue.visibility_timeout), "queue.visibility_timeout"
    if queue.visibility_timeout > longest:
        yield Fault("visibility-too-long", path, found, f"at most {duration_text(longest)}", "lower it")
    wanted = default_visibility_timeout(subject.timeout, queue.max_batching_window)
    if queue.visibility_timeout < wanted:
        allowed = f"at least {VISIBILITY_FACTOR} × {duration_text(subject.timeout)} runner timeout + batching window"
        fix = f"leave it out, or write {duration_text(wanted)}, or lower runner.timeout"
        yield Fault("visibility-too-short", path, found, f"{allowed} = {duration_text(wanted)}", fix)


def retention_fits(subject: Subject) -> Iterator[Fault]:
    """Both queues keep messages as long as SQS can, and the dead-letter queue at least as long as the buffer."""
    queue, limits = subject.declaration.queue, subject.catalog.limits
    shortest, longest = limits.sqs_min_retention, limits.sqs_max_retention
    periods = {
        "queue.retention_period": queue.retention_period,
        "queue.dlq.retention_period": queue.dlq.retention_period,
    }
    for path, period in periods.items():
        if not shortest <= period <= longest:
            allowed = f"{duration_text(shortest)} to {duration_text(longest)}"
            yield Fault(
                "retention-out-of-range", path, duration_text(period), allowed, "keep what must last in the raw stage"
            )
    if queue.dlq.retention_period < queue.retention_period:
        yield Fault(
            "dlq-retention-too-short",
            "queue.dlq.retention_period",
            duration_text(queue.dlq.retention_period),
            f"at least queue.retention_period = {duration_text(queue.retention_period)}: SQS counts from the send",
            f"write {duration_text(longest)}",
        )
