"""Sharing out as the plan has it: what hands records over, and to whom."""

from __future__ import annotations

from typing import Literal

from constructs_lib.model.base import Frozen


class WorkerPlan(Frozen):
    """One worker, by the ids of what belongs to it."""

    name: str
    function: str
    queue: str
    dead_letter_queue: str
    mapping: str


class FanOutPlan(Frozen):
    """What hands each record over to every worker."""

    via: Literal["topic", "event_bus"]
    resource: str
    """Id of the topic or the bus."""
    workers: tuple[WorkerPlan, ...]
    messages_per_event: int
    """Messages into which one record is shared out at most; each goes to every worker."""

    def worker_of(self, queue_id: str) -> WorkerPlan | None:
        """Return the worker that a queue or a dead-letter queue is of; None for one of the pipeline's other queues."""
        return next((one for one in self.workers if queue_id in (one.queue, one.dead_letter_queue)), None)
