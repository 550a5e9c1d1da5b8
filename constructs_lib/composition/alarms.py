"""The alarms of a pipeline: each watches a metric that its own resources emit and says whom to call and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.model.plan import AlarmPlan, FunctionPlan, QueuePlan, Variable

if TYPE_CHECKING:
    from collections.abc import Iterable

MINUTE = 60
"""Resolution in seconds of the metrics of SQS and Lambda."""


@dataclass(frozen=True)
class Responder:
    """Who is called and what they read first."""

    owner: str
    runbook: str

    def describe(self, meaning: str) -> str:
        """Return the description of an alarm."""
        return f"{meaning} Owner: {self.owner}. Runbook: {self.runbook}"


def queue_alarms(prefix: str, queues: tuple[QueuePlan, ...], responder: Responder) -> Iterable[AlarmPlan]:
    """Yield the alarms on lost records and on a backlog that is not drained within two visibility timeouts."""
    if not queues:
        return
    queue, dead_letters = queues[:2]
    yield AlarmPlan(
        id="dlq-depth",
        name=f"{prefix}-dlq-depth",
        description=responder.describe("Records wait in the dead-letter queue: their retry budget is spent."),
        namespace="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        dimensions=(Variable(name="QueueName", value=dead_letters.name),),
        statistic="Maximum",
        period=MINUTE,
        evaluation_periods=1,
        threshold=1,
    )
    yield AlarmPlan(
        id="oldest-message",
        name=f"{prefix}-oldest-message",
        description=responder.describe("Records wait longer in the buffer than two visibility timeouts."),
        namespace="AWS/SQS",
        metric="ApproximateAgeOfOldestMessage",
        dimensions=(Variable(name="QueueName", value=queue.name),),
        statistic="Maximum",
        period=MINUTE,
        evaluation_periods=5,
        threshold=2 * queue.visibility_timeout,
    )


def group_alarms(prefix: str, groups: QueuePlan, timeout: int, responder: Responder) -> Iterable[AlarmPlan]:
    """Yield the alarm on groups that are not consolidated; ``timeout`` in seconds is how long each may wait."""
    yield AlarmPlan(
        id="oldest-group",
        name=f"{prefix}-oldest-group",
        description=responder.describe("Groups are not consolidated within two visibility timeouts of their timeout."),
        namespace="AWS/SQS",
        metric="ApproximateAgeOfOldestMessage",
        dimensions=(Variable(name="QueueName", value=groups.name),),
        statistic="Maximum",
        period=MINUTE,
        evaluation_periods=5,
        threshold=timeout + 2 * groups.visibility_timeout,
    )


def control_alarm(prefix: str, lost: QueuePlan, responder: Responder) -> AlarmPlan:
    """Return the alarm on a control message that was given up: intake may stay slow or paused."""
    return AlarmPlan(
        id="control-lost",
        name=f"{prefix}-control-lost",
        description=responder.describe("A message that controls intake was given up: look at the buffer's mapping."),
        namespace="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        dimensions=(Variable(name="QueueName", value=lost.name),),
        statistic="Maximum",
        period=MINUTE,
        evaluation_periods=1,
        threshold=1,
    )


def function_alarms(prefix: str, function: FunctionPlan, responder: Responder) -> Iterable[AlarmPlan]:
    """Yield the alarms on failed and on throttled invocations of one function."""
    for metric, meaning in (
        ("Errors", f"Invocations of {function.id} fail as a whole."),
        ("Throttles", f"Invocations of {function.id} are refused for want of concurrency."),
    ):
        yield AlarmPlan(
            id=f"{function.id}-{metric.lower()}",
            name=f"{prefix}-{function.id}-{metric.lower()}",
            description=responder.describe(meaning),
            namespace="AWS/Lambda",
            metric=metric,
            dimensions=(Variable(name="FunctionName", value=function.name),),
            statistic="Sum",
            period=5 * MINUTE,
            evaluation_periods=1,
            threshold=1,
        )
