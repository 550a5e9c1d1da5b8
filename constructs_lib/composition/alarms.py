"""The alarms of a pipeline: each watches a metric that its own resources emit and says whom to call and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.composition.queues import BUFFER, DEAD_LETTERS
from constructs_lib.model.functions import FunctionPlan, Variable
from constructs_lib.model.plan import AlarmPlan
from functions.contract.environment import TenantSettings
from functions.contract.metric import NAMESPACE, PIPELINE_DIMENSION, SERVICE_DIMENSION, TENANT_DIMENSION, RecordMetric

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.intake import QueuePlan
    from constructs_lib.model.resources import StreamPlan

HOUR = 3600
MINUTE = 60
"""Resolution in seconds of the metrics of SQS and Lambda."""


MILLISECONDS = 1000
"""Of a second; Lambda tells the age of a stream's records so."""


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
    by_id = {queue.id: queue for queue in queues}
    dead_letters, queue = by_id.get(DEAD_LETTERS), by_id.get(BUFFER)
    if dead_letters is None:
        return
    yield letters_alarm("dlq-depth", prefix, dead_letters, responder)
    if queue is not None:
        yield backlog_alarm("oldest-message", prefix, queue, responder)


def letters_alarm(id: str, prefix: str, dead_letters: QueuePlan, responder: Responder) -> AlarmPlan:
    """Return the alarm on records that were given up."""
    spent = "Records wait in the dead-letter queue: their retry budget is spent."
    return _messages_wait(id, prefix, dead_letters, responder.describe(spent))


def backlog_alarm(id: str, prefix: str, queue: QueuePlan, responder: Responder) -> AlarmPlan:
    """Return the alarm on a backlog that is not drained within two visibility timeouts."""
    place = "the buffer" if queue.id == BUFFER else f"the queue {queue.id}"
    slow = f"Records wait longer in {place} than two visibility timeouts."
    return _message_is_old(id, prefix, queue, 2 * queue.visibility_timeout, responder.describe(slow))


def group_alarms(prefix: str, groups: QueuePlan, timeout: int, responder: Responder) -> Iterable[AlarmPlan]:
    """Yield the alarms on groups that are not consolidated; ``timeout`` in seconds is how long each may wait."""
    late = responder.describe("Groups are not consolidated within two visibility timeouts of their timeout.")
    yield _message_is_old("oldest-group", prefix, groups, timeout + 2 * groups.visibility_timeout, late)


def stream_alarm(prefix: str, stream: StreamPlan, function: FunctionPlan, responder: Responder) -> AlarmPlan:
    """Return the alarm on records that are not read in time: at half the age at which they would be given up."""
    late = responder.describe("Records of the stream wait for half the time after which they are given up.")
    return AlarmPlan(
        id="iterator-age",
        name=f"{prefix}-iterator-age",
        description=late,
        namespace="AWS/Lambda",
        metric="IteratorAge",
        dimensions=(Variable(name="FunctionName", value=function.name),),
        statistic="Maximum",
        period=MINUTE,
        evaluation_periods=1,
        threshold=stream.max_record_age * MILLISECONDS / 2,
    )


def control_alarm(prefix: str, lost: QueuePlan, responder: Responder) -> AlarmPlan:
    """Return the alarm on a control message that was given up: intake may stay slow or paused."""
    given_up = responder.describe("A message that controls intake was given up: look at the buffer's mapping.")
    return _messages_wait("control-lost", prefix, lost, given_up)


def silence_alarms(
    prefix: str, declaration: PipelineDeclaration, runner: FunctionPlan, responder: Responder
) -> Iterable[AlarmPlan]:
    """Yield the alarm on hours in which nothing lands; what tells is that a metric stays without data.

    Landed records are counted by tenant when there are some, and not at all when there are none.
    """
    within = declaration.observability.expect_run_within
    if within is None:
        return
    hours = int(within.total_seconds()) // HOUR
    yield AlarmPlan(
        id="no-run",
        name=f"{prefix}-no-run",
        description=responder.describe(f"Nothing has landed for {hours} hours."),
        namespace=NAMESPACE,
        metric=RecordMetric.LANDED.value,
        dimensions=(
            Variable(name=PIPELINE_DIMENSION, value=declaration.pipeline),
            Variable(name=SERVICE_DIMENSION, value=runner.name),
            Variable(name=TENANT_DIMENSION, value=declaration.tenant.id or TenantSettings().id),
        ),
        statistic="Sum",
        period=HOUR,
        evaluation_periods=hours,
        threshold=1,
        comparison="LessThanThreshold",
        silent=True,
    )


def function_alarms(prefix: str, function: FunctionPlan, responder: Responder) -> Iterable[AlarmPlan]:
    """Yield the alarms on failed and on throttled invocations of one function."""
    for metric, meaning in (
        ("Errors", f"Invocations of {function.id} fail as a whole."),
        ("Throttles", f"Invocations of {function.id} are refused for want of concurrency."),
    ):
        id = f"{function.id}-{metric.lower()}"
        yield lambda_alarm(id, f"{prefix}-{id}", function, metric, responder.describe(meaning))


def response_alarm(prefix: str, pipeline: str, function: FunctionPlan, responder: Responder) -> AlarmPlan:
    """Return the alarm on answers that break their contract: callers get 500 until the handler is mended."""
    return AlarmPlan(
        id="responses-broken",
        name=f"{prefix}-responses-broken",
        description=responder.describe("Answers of the handler break their contract and are not sent."),
        namespace=NAMESPACE,
        metric=RecordMetric.RESPONSES_BROKEN,
        dimensions=(
            Variable(name=PIPELINE_DIMENSION, value=pipeline),
            Variable(name=SERVICE_DIMENSION, value=function.name),
        ),
        statistic="Sum",
        period=5 * MINUTE,
        evaluation_periods=1,
        threshold=1,
    )


def lambda_alarm(
    id: str,
    name: str,
    function: FunctionPlan,
    metric: str,
    description: str,
    *,
    statistic: str = "Sum",
    threshold: float = 1,
) -> AlarmPlan:
    """Return the alarm on five minutes in which one of Lambda's own metrics of a function reaches ``threshold``."""
    return AlarmPlan(
        id=id,
        name=name,
        description=description,
        namespace="AWS/Lambda",
        metric=metric,
        dimensions=(Variable(name="FunctionName", value=function.name),),
        statistic=statistic,
        period=5 * MINUTE,
        evaluation_periods=1,
        threshold=threshold,
    )


def _messages_wait(id: str, prefix: str, queue: QueuePlan, description: str) -> AlarmPlan:
    return AlarmPlan(
        id=id,
        name=f"{prefix}-{id}",
        description=description,
        namespace="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        dimensions=(Variable(name="QueueName", value=queue.name),),
        statistic="Maximum",
        period=MINUTE,
        evaluation_periods=1,
        threshold=1,
    )


def _message_is_old(id: str, prefix: str, queue: QueuePlan, seconds: int, description: str) -> AlarmPlan:
    return AlarmPlan(
        id=id,
        name=f"{prefix}-{id}",
        description=description,
        namespace="AWS/SQS",
        metric="ApproximateAgeOfOldestMessage",
        dimensions=(Variable(name="QueueName", value=queue.name),),
        statistic="Maximum",
        period=MINUTE,
        evaluation_periods=5,
        threshold=seconds,
    )
