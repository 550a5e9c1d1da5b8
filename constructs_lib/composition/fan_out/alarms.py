"""The alarms of workers: letters, backlogs, and more invocations than the expected events can cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.composition.alarms import backlog_alarm, letters_alarm
from constructs_lib.composition.multiplied import invocations_alarm

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.composition.alarms import Responder
    from constructs_lib.model.fan_out import FanOutPlan
    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.intake import QueuePlan
    from constructs_lib.model.plan import AlarmPlan


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
