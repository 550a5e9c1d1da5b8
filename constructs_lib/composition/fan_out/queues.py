"""The queue and the dead-letter queue of each worker, and its mapping."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.composition.queues import max_receive_count
from constructs_lib.model.intake import MappingPlan, QueuePlan
from constructs_lib.model.names import queue_arn, queue_url
from constructs_lib.model.timings import default_visibility_timeout

if TYPE_CHECKING:
    from constructs_lib.catalog import Catalog
    from constructs_lib.declaration.fan_out import FanOut, Worker
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.plan_context import PlanContext


def queue_of(worker: Worker) -> str:
    """Return the id of a worker's queue."""
    return f"to-{worker.name}"


def letters_of(worker: Worker) -> str:
    """Return the id of a worker's dead-letter queue."""
    return f"{queue_of(worker)}-dlq"


def timeout_of(worker: Worker, catalog: Catalog) -> int:
    """Return how long a worker's run may take, in seconds: its own timeout, else that of its size."""
    return int((worker.timeout or catalog.sizes[worker.size].timeout).total_seconds())


def worker_queues(
    declaration: PipelineDeclaration, fan_out: FanOut, context: PlanContext, catalog: Catalog
) -> tuple[QueuePlan, ...]:
    """Return each worker's queue, then its dead-letter queue."""
    return tuple(
        queue
        for worker in fan_out.workers
        for queue in _queues(declaration, worker, context, timeout_of(worker, catalog))
    )


def worker_mapping(worker: Worker) -> MappingPlan:
    """Return the mapping from a worker's queue to its function; its cap is the worker's."""
    return MappingPlan(
        id=f"{queue_of(worker)}-mapping",
        queue=queue_of(worker),
        function=worker.function_id(),
        batch_size=worker.batch_size,
        max_batching_window=int(worker.max_batching_window.total_seconds()),
        max_concurrency=worker.max_concurrency,
    )


def _queues(
    declaration: PipelineDeclaration, worker: Worker, context: PlanContext, timeout: int
) -> tuple[QueuePlan, QueuePlan]:
    visibility = default_visibility_timeout(timedelta(seconds=timeout), worker.max_batching_window)
    name, letters = context.name(queue_of(worker)), context.name(letters_of(worker))
    return (
        QueuePlan(
            id=queue_of(worker),
            name=name,
            arn=queue_arn(name),
            url=queue_url(name),
            visibility_timeout=int(visibility.total_seconds()),
            retention_period=int(declaration.queue.retention_period.total_seconds()),
            dead_letter_queue=letters_of(worker),
            max_receive_count=max_receive_count(declaration),
        ),
        QueuePlan(
            id=letters_of(worker),
            name=letters,
            arn=queue_arn(letters),
            url=queue_url(letters),
            visibility_timeout=int(visibility.total_seconds()),
            retention_period=int(declaration.queue.dlq.retention_period.total_seconds()),
        ),
    )
