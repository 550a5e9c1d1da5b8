"""The buffer queue and its dead-letter queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.model.intake import MappingPlan, QueuePlan
from constructs_lib.model.names import name_of, queue_arn, queue_url, queue_url_of
from constructs_lib.model.timings import default_max_receive_count
from functions.contract.message import FIFO_SUFFIX

if TYPE_CHECKING:
    from datetime import timedelta

    from constructs_lib.declaration.pipeline import PipelineDeclaration

BUFFER = "buffer"
DEAD_LETTERS = "dlq"
MAPPING = "buffer-to-runner"


def plan_buffer(declaration: PipelineDeclaration, name: str, visibility_timeout: int) -> QueuePlan:
    """Return the queue the runner reads from: the pipeline's own, or the existing one that the source names."""
    existing = declaration.source.existing_queue()
    return QueuePlan(
        id=BUFFER,
        name=name_of(existing) if existing else name,
        arn=existing or queue_arn(name),
        url=queue_url_of(existing) if existing else queue_url(name),
        existing=existing is not None,
        visibility_timeout=visibility_timeout,
        retention_period=_seconds(declaration.queue.retention_period),
        dead_letter_queue=None if existing else DEAD_LETTERS,
        max_receive_count=None if existing else max_receive_count(declaration),
        fifo=declaration.fifo,
        content_based_deduplication=declaration.queue.content_based_deduplication,
    )


def max_receive_count(declaration: PipelineDeclaration) -> int:
    """Return after how many deliveries the queue itself gives a record up."""
    waits_its_turn = declaration.source.ticks() != "none"
    held_up = declaration.back_pressure is not None or declaration.fifo or waits_its_turn
    default = default_max_receive_count(declaration.retry.max_attempts, held_up=held_up)
    return declaration.queue.max_receive_count or default


def plan_dead_letters(declaration: PipelineDeclaration, name: str, visibility_timeout: int) -> QueuePlan:
    """Return the queue of what could not be processed; it keeps records at least as long as the buffer."""
    return QueuePlan(
        id=DEAD_LETTERS,
        name=name,
        arn=queue_arn(name),
        url=queue_url(name),
        visibility_timeout=visibility_timeout,
        retention_period=_seconds(declaration.queue.dlq.retention_period),
        fifo=declaration.fifo,
    )


def plan_mapping(declaration: PipelineDeclaration, runner: str, max_concurrency: int) -> MappingPlan:
    """Return the event source mapping; its cap is the pipeline's cap."""
    return MappingPlan(
        id=MAPPING,
        queue=BUFFER,
        function=runner,
        batch_size=_batch_size(declaration),
        max_batching_window=_seconds(declaration.queue.max_batching_window),
        max_concurrency=max_concurrency,
        filters=declaration.source.filters(),
    )


def _batch_size(declaration: PipelineDeclaration) -> int:
    """Return the records of a batch: one before an express workflow, which is awaited, unless the declaration says."""
    express = declaration.workflow is not None and declaration.workflow.type == "express"
    return 1 if express and "batch_size" not in declaration.queue.model_fields_set else declaration.queue.batch_size


def queue_name(declaration: PipelineDeclaration, stage: str, part: str) -> str:
    """Return the name of one queue of a pipeline."""
    return f"{declaration.pipeline}-{stage}-{part}{FIFO_SUFFIX if declaration.fifo else ''}"


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())
