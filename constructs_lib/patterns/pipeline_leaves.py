"""The leaves of one pipeline: what nothing else of it hangs below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.patterns import leaves
from constructs_lib.patterns.dashboard import dashboard
from constructs_lib.patterns.functions import PlannedFunction, construct_id
from constructs_lib.patterns.streams import add_stream_mappings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_sqs

    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.patterns.fragment import Fragment


def add_leaves(
    plan: PipelinePlan,
    fragment: Fragment,
    functions: Mapping[str, PlannedFunction],
    queues: Mapping[str, aws_sqs.IQueue],
) -> None:
    """Add log groups, event source mappings, alarms and the dashboard."""
    for function in plan.functions:
        fragment.add(f"{construct_id(function.id)}Logs", leaves.log_group(function))
    for mapping in plan.mappings:
        alias = fragment.reference(functions[mapping.function].alias.function_arn)
        queue = fragment.reference(queues[mapping.queue].queue_arn)
        fragment.add(
            construct_id(mapping.id), leaves.mapping(mapping, queue, alias, fifo=plan.queue(mapping.queue).fifo)
        )
    add_stream_mappings(plan, fragment, functions, queues)
    for alarm in plan.alarms:
        fragment.add(f"Alarm{construct_id(alarm.id)}", leaves.alarm_of(alarm, plan.platform.alarm_topic))
    if plan.dashboard:
        fragment.add("Dashboard", dashboard(plan))
