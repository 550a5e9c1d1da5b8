"""The alarms of a state machine: runs that fail, that take too long, that somebody stops, and that are held back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.composition.alarms import MINUTE, Responder
from constructs_lib.composition.multiplied import invocations_alarm
from constructs_lib.composition.workflow.sending import machine_arn
from constructs_lib.model.functions import Variable
from constructs_lib.model.plan import AlarmPlan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.composition.workflow.plan import WorkflowParts
    from constructs_lib.model.state_machine import StateMachinePlan

WATCHED = {
    "ExecutionsFailed": "Runs of the workflow fail; what each leaves behind is in its letter in the dead-letter queue.",
    "ExecutionsTimedOut": "Runs of the workflow take longer than the whole may take.",
    "ExecutionsAborted": "Runs of the workflow were stopped.",
    "ExecutionThrottled": "The workflow is held back: the account's quota of state transitions or starts is reached.",
}
"""Metrics of Step Functions, and what each means."""


def multiplied_alarms(
    prefix: str, parts: WorkflowParts, responder: Responder, events_per_month: int | None
) -> Iterator[AlarmPlan]:
    """Yield an alarm for each function that maps call more than once for a record; none without expected events."""
    if events_per_month is None:
        return
    functions = {function.id: function for function in parts.functions}
    for step in parts.state_machine.steps:
        for id in step.functions if step.runs_per_event > 1 else ():
            if id in functions:
                yield invocations_alarm(prefix, functions[id], events_per_month * step.runs_per_event, responder)


def workflow_alarms(prefix: str, machine: StateMachinePlan, responder: Responder) -> Iterator[AlarmPlan]:
    """Yield the alarms; an express execution cannot be stopped."""
    for metric, meaning in WATCHED.items():
        if metric == "ExecutionsAborted" and machine.type == "EXPRESS":
            continue
        id = "workflow-" + metric.removeprefix("Executions").removeprefix("Execution").lower()
        yield AlarmPlan(
            id=id,
            name=f"{prefix}-{id}",
            description=responder.describe(meaning),
            namespace="AWS/States",
            metric=metric,
            dimensions=(Variable(name="StateMachineArn", value=machine_arn(machine.name)),),
            statistic="Sum",
            period=5 * MINUTE,
            evaluation_periods=1,
            threshold=1,
        )
