"""Calls of other services without a function: outputs, other workflows, and the places of stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.composition.workflow.machine import GROUP, text
from constructs_lib.composition.workflow.variables import literal
from constructs_lib.model.asl import SERVICE, State, jsonata
from functions.contract.message import CORRELATION_ID, EVENT_ID
from functions.contract.workflow import REFERENCE

if TYPE_CHECKING:
    from constructs_lib.composition.workflow.machine import Machine
    from functions.contract.environment import OutputSettings

SENDABLE = ("queue", "topic", "event_bus")
"""Types of outputs that a state machine sends to by itself."""
ALIAS = "live"
SOURCE_STORE = "source"
TOO_LARGE = "too large to be sent without a function: take a task that writes to the output"


def sent(machine: Machine, output: str, value: Any, id: str) -> tuple[State, str]:
    """Return the call that sends a value under an id, and the expression of the id that the service has given it."""
    settings = next(one.settings(machine.context) for one in machine.declaration.outputs if one.called == output)
    if settings.type == "event_bus":
        return _event(machine, settings, value, id), "$states.result.Entries[0].EventId"
    queue = settings.type == "queue"
    body, where = ("MessageBody", "QueueUrl") if queue else ("Message", "TopicArn")
    attributes = {EVENT_ID: id, CORRELATION_ID: "$run.correlation_id"}
    arguments: State = {
        where: settings.target,
        body: jsonata(written(value)),
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": jsonata(told)} for name, told in attributes.items()
        },
    }
    if settings.options.get("fifo"):
        arguments |= {"MessageGroupId": jsonata(GROUP), "MessageDeduplicationId": jsonata(id)}
    call = {"Type": "Task", "Resource": f"{SERVICE}{'sqs:sendMessage' if queue else 'sns:publish'}"}
    return {**call, "Arguments": arguments}, "$states.result.MessageId"


def machine_name(pipeline: str, stage: str) -> str:
    """Return the name of the state machine of a pipeline's workflow."""
    return f"{pipeline}-{stage}-workflow"


def machine_arn(name: str) -> str:
    """Return the ARN of a state machine in the deploying account and region."""
    return "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:" + name


def alias_arn(name: str) -> str:
    """Return the ARN of the alias that executions are started by."""
    return f"{machine_arn(name)}:{ALIAS}"


def store(machine: Machine, name: str) -> tuple[str, str]:
    """Return bucket and key prefix of a store."""
    declaration, context = machine.declaration, machine.context
    if name == SOURCE_STORE:
        resources = declaration.source.contribute(context).resources
        bucket = next(resource.name for resource in resources if resource.type == "AWS::S3::Bucket")
        return bucket, str(getattr(declaration.source, "prefix", ""))
    settings = next(one.settings(context) for one in declaration.stores if one.name == name)
    return settings.target, str(settings.options.get("prefix", ""))


def _event(machine: Machine, settings: OutputSettings, value: Any, id: str) -> State:
    """Return an event as the runtime's own output sends it: what has happened beside what tells where it comes from."""
    metadata = {
        "event_id": jsonata(id),
        "occurred_at": jsonata("$run.queued_at = null ? null : $fromMillis($run.queued_at)"),
        "pipeline": machine.declaration.pipeline,
        "stage": machine.context.stage,
        "tenant": jsonata("$run.tenant"),
        "run_token": jsonata("$run.token"),
        "run_id": jsonata("$run.run_id"),
        "correlation_id": jsonata("$run.correlation_id"),
        "contract": jsonata("null"),
    }
    entry = {
        "EventBusName": settings.target,
        "Source": settings.options["source"],
        "DetailType": settings.options["detail_type"],
        "Detail": {"metadata": metadata, "data": jsonata(whole(value))},
    }
    return {"Type": "Task", "Resource": f"{SERVICE}events:putEvents", "Arguments": {"Entries": [entry]}}


def whole(value: Any) -> str:
    """Return the expression of a value that fails where a part of it lies elsewhere: nothing reads it from there."""
    inside = f"$type($v) != 'string' and $contains($string($v), '{text(REFERENCE)}:')"
    return f"($v := {literal(value)}; {inside} ? $assert(false, '{TOO_LARGE}') : $v)"


def written(value: Any) -> str:
    """Return the expression of a value as JSON; of a text too, as the runtime's own outputs send it."""
    quoted = "($l := $string([$j]); $substring($l, 1, $length($l) - 2))"
    return f"($j := {whole(value)}; $type($j) = 'string' ? {quoted} : $string($j))"
