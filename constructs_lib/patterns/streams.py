"""The mappings of a plan from streams: what they read, and who learns of what Lambda gives up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk import Fn

from constructs_lib.model.names import made_stream
from constructs_lib.patterns import leaves
from constructs_lib.patterns.functions import construct_id
from constructs_lib.patterns.pseudo_parameters import as_sub

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_sqs

    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.patterns.fragment import Fragment
    from constructs_lib.patterns.functions import PlannedFunction

ARN_OF: Final = {"AWS::DynamoDB::Table": "StreamArn", "AWS::Kinesis::Stream": "Arn"}
"""What CloudFormation calls the ARN of a resource's stream."""


def made_streams(plan: PipelinePlan, fragment: Fragment) -> dict[str, str]:
    """Return what stands for the ARNs of the streams that a pipeline makes itself."""
    read = {stream.stream for stream in plan.streams}
    made = {made_stream(one.id): one for one in plan.resources if not one.existing}
    return {
        place: Fn.get_att(fragment.logical_id(construct_id(one.id)), ARN_OF[one.type]).to_string()
        for place, one in made.items()
        if place in read
    }


def add_stream_mappings(
    plan: PipelinePlan,
    fragment: Fragment,
    functions: Mapping[str, PlannedFunction],
    queues: Mapping[str, aws_sqs.IQueue],
) -> None:
    """Add every mapping from a stream to a pipeline's fragment."""
    made = made_streams(plan, fragment)
    for stream in plan.streams:
        source: Any = fragment.reference(made[stream.stream]) if stream.stream in made else as_sub(stream.stream)
        alias = fragment.reference(functions[stream.function].alias.function_arn)
        letters = fragment.reference(queues[stream.dead_letter_queue].queue_arn)
        fragment.add(construct_id(stream.id), leaves.planned_stream(stream, source, alias, letters))
