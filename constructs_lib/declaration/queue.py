"""The buffer between a source and the runner, and its dead-letter queue."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.units import Count, Duration, Switch

GroupKey = Annotated[str, Field(pattern=r"^(body|path)(\.[A-Za-z_][A-Za-z0-9_]*)+$", max_length=256)]


class DeadLetterQueue(Frozen):
    """Where an event waits for triage when its retries are spent."""

    retention_period: Duration = timedelta(days=14)
    """How long an event waits; at least as long as in the queue, because SQS keeps the first enqueue time."""


class Queue(Frozen):
    """Batching and waiting times of the buffer queue; partial batch failures are always on."""

    fifo: Switch = False
    """Whether buffer and dead-letter queue are FIFO queues: records of one group are handled one after the other."""
    group_key: GroupKey | None = None
    """Field of a request by which it gets its group in a FIFO queue, such as ``body.account_id``; for http alone."""
    content_based_deduplication: Switch = False
    """Whether a FIFO queue drops a body that it was sent within the last five minutes, where the sender gives no id."""
    batch_size: Count = 10
    """Most records in one run; 1 to 10000, at most 10 where the queue is FIFO."""
    max_batching_window: Duration = timedelta(0)
    """Longest wait for a batch to fill; 0s to 5m, and at least 1s above 10 records."""
    visibility_timeout: Duration | None = None
    """How long a record is hidden while it is processed; 6 × runner.timeout + max_batching_window when absent."""
    retention_period: Duration = timedelta(days=4)
    """How long a record waits to be processed; 1m to 14d."""
    max_receive_count: Count | None = None
    """After how many deliveries the queue itself gives a record up, the net under a runner that cannot count attempts.

    100, or retry.max_attempts where that is more, when absent; 1000 with back_pressure or where the queue is FIFO.
    """
    dlq: DeadLetterQueue = DeadLetterQueue()
    """The dead-letter queue; there is always one."""
