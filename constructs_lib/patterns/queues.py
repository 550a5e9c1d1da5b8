"""SQS queues of a plan: encrypted, TLS only, each buffer with its dead-letter queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import RemovalPolicy, aws_sqs

from constructs_lib.patterns.functions import construct_id, seconds
from constructs_lib.patterns.pseudo_parameters import with_tokens
from constructs_lib.patterns.retention import KEPT

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_lib.model.intake import QueuePlan
    from constructs_lib.model.plan import PipelinePlan


def build_queues(scope: Construct, plan: PipelinePlan) -> dict[str, aws_sqs.IQueue]:
    """Make the queues of a plan, dead-letter queues first."""
    queues: dict[str, aws_sqs.IQueue] = {}
    for queue in sorted(plan.queues, key=lambda queue: queue.dead_letter_queue is not None):
        queues[queue.id] = _existing(scope, queue) if queue.existing else _queue(scope, queue, queues)
    return queues


def _existing(scope: Construct, plan: QueuePlan) -> aws_sqs.IQueue:
    return aws_sqs.Queue.from_queue_arn(scope, construct_id(plan.id), with_tokens(plan.arn))


def _in_order(plan: QueuePlan) -> dict[str, Any]:
    """Return what makes a queue FIFO: groups side by side at high throughput, and repeats told group by group."""
    if not plan.fifo:
        return {}
    return {
        "fifo": True,
        "content_based_deduplication": plan.content_based_deduplication,
        "deduplication_scope": aws_sqs.DeduplicationScope.MESSAGE_GROUP,
        "fifo_throughput_limit": aws_sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
    }


def _queue(scope: Construct, plan: QueuePlan, queues: dict[str, aws_sqs.IQueue]) -> aws_sqs.Queue:
    dead_letters = None
    if plan.dead_letter_queue is not None:
        dead_letters = aws_sqs.DeadLetterQueue(
            queue=queues[plan.dead_letter_queue], max_receive_count=plan.max_receive_count or 1
        )
    return aws_sqs.Queue(
        scope,
        construct_id(plan.id),
        queue_name=plan.name,
        visibility_timeout=seconds(plan.visibility_timeout),
        retention_period=seconds(plan.retention_period),
        dead_letter_queue=dead_letters,
        encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        **_in_order(plan),
        removal_policy=KEPT if plan.dead_letter_queue is None else RemovalPolicy.DESTROY,
    )
