"""The buffer between a source and the runner, and its dead-letter queue."""

from __future__ import annotations

from datetime import timedelta

from constructs_lib.model.base import Frozen
from constructs_lib.model.units import Count, Duration


class DeadLetterQueue(Frozen):
    """Where an event waits for triage when its retries are spent."""

    retention_period: Duration = timedelta(days=14)
    """How long an event waits; at least as long as in the queue, because SQS keeps the first enqueue time."""


class Queue(Frozen):
    """Batching and waiting times of the buffer queue; partial batch failures are always on."""

    batch_size: Count = 10
    """Most records in one run; 1 to 10000."""
    max_batching_window: Duration = timedelta(0)
    """Longest wait for a batch to fill; 0s to 5m, and at least 1s above 10 records."""
    visibility_timeout: Duration | None = None
    """How long a record is hidden while it is processed; 6 × runner.timeout + max_batching_window when absent."""
    retention_period: Duration = timedelta(days=4)
    """How long a record waits to be processed; 1m to 14d."""
    max_receive_count: Count | None = None
    """After how many deliveries the queue itself gives a record up, the net under a runner that cannot count attempts.

    100, or retry.max_attempts where that is more, when absent; 1000 with back_pressure.
    """
    dlq: DeadLetterQueue = DeadLetterQueue()
    """The dead-letter queue; there is always one."""
