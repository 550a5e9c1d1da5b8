"""The alarms of workers: letters, backlogs, and more invocations than the expected events can cause."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from constructs_lib.composition.alarms import backlog_alarm, letters_alarm
from constructs_lib.model.functions import Variable
from constructs_lib.model.plan import AlarmPlan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.composition.alarms import Responder
    from constructs_lib.model.fan_out import FanOutPlan
    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.intake import QueuePlan

DAY = 86_400
DAYS = 30
"""Days of the month that prices and budgets mean."""
UNEVEN = 2
"""How far above an even share of the month a day may be before somebody is called."""


def worker_alarms(
    prefix: str,
    plan: FanOutPlan,
    queues: tuple[QueuePlan, ...],
    functions: tuple[FunctionPlan, ...],
    responder: Responder,
    events_per_month: int | None,
) -> Iterable[AlarmPlan]:
    """Yield the alarms of every worker."""
    by_id = {queue.id: queue for queue in queues}
    for worker in plan.workers:
        letters, queue = by_id[worker.dead_letter_queue], by_id[worker.queue]
        yield letters_alarm(f"{worker.name}-letters", prefix, letters, responder)
        yield backlog_alarm(f"{worker.name}-backlog", prefix, queue, responder)
    if events_per_month is None:
        return
    by_function = {function.id: function for function in functions}
    for worker in plan.workers:
        runs = events_per_month * plan.messages_per_event
        yield invocations_alarm(prefix, by_function[worker.function], runs, responder)


def invocations_alarm(prefix: str, function: FunctionPlan, runs_per_month: float, responder: Responder) -> AlarmPlan:
    """Return the alarm on a day with more invocations than twice an even share of the month's runs.

    Batches make invocations fewer than runs, and tries make them more: what exceeds this multiplies as nobody planned.
    """
    threshold = max(1, ceil(UNEVEN * runs_per_month / DAYS))
    id = f"{function.id}-multiplied"
    meaning = f"{function.id} was invoked more often in a day than {runs_per_month:,.0f} runs a month explain."
    return AlarmPlan(
        id=id,
        name=f"{prefix}-{id}",
        description=responder.describe(meaning),
        namespace="AWS/Lambda",
        metric="Invocations",
        dimensions=(Variable(name="FunctionName", value=function.name),),
        statistic="Sum",
        period=DAY,
        evaluation_periods=1,
        threshold=threshold,
        comparison="GreaterThanThreshold",
    )
