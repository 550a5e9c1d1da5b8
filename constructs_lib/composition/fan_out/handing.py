"""What hands parts over: the topic or the bus of the pipeline's own, and what the sharing function may do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.composition.fan_out.queues import letters_of, queue_of
from constructs_lib.model.contribution import Contribution
from constructs_lib.model.fan_out import FanOutPlan, WorkerPlan
from constructs_lib.model.functions import Condition, Grant, Variable
from constructs_lib.model.names import event_bus_arn, objects_arn, topic_arn
from constructs_lib.model.resources import ResourcePlan
from functions.contract.environment import OutputSettings, dump_outputs
from functions.contract.environment import Variable as Name
from functions.contract.ledger import Status
from functions.contract.raw import LARGE_PREFIX, own_objects
from functions.contract.share import OUTPUT, OUTPUT_TYPE, TOPIC, speaker

if TYPE_CHECKING:
    from constructs_lib.declaration.fan_out import FanOut
    from constructs_lib.model.plan_context import PlanContext

PARTS_TOPIC, PARTS_BUS = "parts-topic", "parts-bus"
"""Ids in the plan."""
NEEDED_BY = "fan_out"


def plan_fan_out(fan_out: FanOut) -> FanOutPlan:
    """Return who is told what by whom."""
    return FanOutPlan(
        via=fan_out.via,
        resource=PARTS_TOPIC if fan_out.via == TOPIC else PARTS_BUS,
        workers=tuple(
            WorkerPlan(
                name=worker.name,
                function=worker.function_id(),
                queue=queue_of(worker),
                dead_letter_queue=letters_of(worker),
                mapping=f"{queue_of(worker)}-mapping",
            )
            for worker in fan_out.workers
        ),
        messages_per_event=fan_out.messages_per_event(),
    )


def handing_over(fan_out: FanOut, context: PlanContext) -> Contribution:
    """Return topic or bus, and what the sharing function needs to tell it."""
    name = context.name("parts")
    by_topic = fan_out.via == TOPIC
    target = topic_arn(name) if by_topic else name
    output = OutputSettings(OUTPUT, OUTPUT_TYPE, target, _options(fan_out))
    resource = ResourcePlan(
        id=PARTS_TOPIC if by_topic else PARTS_BUS,
        type="AWS::SNS::Topic" if by_topic else "AWS::Events::EventBus",
        name=name,
        needed_by=NEEDED_BY,
    )
    rules = () if by_topic else tuple(_rule(worker.name, context) for worker in fan_out.workers)
    return Contribution(
        resources=(resource, *rules),
        runner_grants=(_grant(name, context, by_topic=by_topic), large_parts(context, "s3:PutObject")),
        runner_environment=(
            Variable(name=Name.OUTPUTS, value=dump_outputs((output,))),
            Variable(name=Name.COMPLETION, value=Status.STARTED.value),
        ),
    )


def rule_id(worker: str) -> str:
    """Return the id of the rule that tells one worker."""
    return f"rule-to-{worker}"


def large_parts(context: PlanContext, *actions: str) -> Grant:
    """Return the grant on parts, and on results of workers, that no message holds."""
    objects = objects_arn(context.platform.raw_bucket, own_objects(LARGE_PREFIX, context.pipeline))
    return Grant(sid="LargeParts", actions=actions, resources=(objects,), needed_by=NEEDED_BY)


def _rule(worker: str, context: PlanContext) -> ResourcePlan:
    return ResourcePlan(
        id=rule_id(worker), type="AWS::Events::Rule", name=context.name(f"to-{worker}"), needed_by=NEEDED_BY
    )


def _options(fan_out: FanOut) -> dict[str, Any]:
    if fan_out.items is None:
        return {"via": fan_out.via}
    items = {"items": fan_out.items, "max_items": fan_out.max_items, "batch_items": fan_out.batch_items}
    return {"via": fan_out.via, **items}


def _grant(name: str, context: PlanContext, *, by_topic: bool) -> Grant:
    if by_topic:
        return Grant(sid="TellWorkers", actions=("sns:Publish",), resources=(topic_arn(name),), needed_by=NEEDED_BY)
    spoken = Condition(operator="ForAllValues:StringEquals", key="events:source", values=(speaker(context.pipeline),))
    return Grant(
        sid="TellWorkers",
        actions=("events:PutEvents",),
        resources=(event_bus_arn(name),),
        conditions=(spoken,),
        needed_by=NEEDED_BY,
    )
