"""Calls of other services without a function: outputs, other workflows, and the places of stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.composition.workflow.machine import text
from constructs_lib.composition.workflow.variables import is_expression, literal
from constructs_lib.model.asl import SERVICE, State, inner, jsonata
from functions.contract.message import CORRELATION_ID, EVENT_ID
from functions.contract.workflow import RECORD, RUN

if TYPE_CHECKING:
    from constructs_lib.composition.workflow.machine import Machine
    from functions.contract.environment import OutputSettings

SENDABLE = ("queue", "topic", "event_bus")
"""Types of outputs that a state machine sends to by itself."""
ALIAS = "live"
SOURCE_STORE = "source"


def sent(machine: Machine, output: str, value: Any, id: str) -> tuple[State, str]:
    """Return the call that sends a value under an id, and the expression of the id that the service has given it."""
    settings = next(one.settings(machine.context) for one in machine.declaration.outputs if one.called == output)
    if settings.type == "event_bus":
        return _event(settings, value), "$states.result.Entries[0].EventId"
    queue = settings.type == "queue"
    body, where = ("MessageBody", "QueueUrl") if queue else ("Message", "TopicArn")
    attributes = {EVENT_ID: id, CORRELATION_ID: "$run.correlation_id"}
    arguments: State = {
        where: settings.target,
        body: _written(value),
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": jsonata(told)} for name, told in attributes.items()
        },
    }
    if settings.options.get("fifo"):
        arguments |= {"MessageGroupId": jsonata("$run.tenant"), "MessageDeduplicationId": jsonata(id)}
    call = {"Type": "Task", "Resource": f"{SERVICE}{'sqs:sendMessage' if queue else 'sns:publish'}"}
    return {**call, "Arguments": arguments}, "$states.result.MessageId"


def started(machine: Machine, pipeline: str, value: Any, id: str) -> State:
    """Return the call that runs the workflow of another pipeline: a run of its own, whose parent is this one."""
    body = _written(value)
    hashed = f"$hash({inner(body)}, 'SHA-256')" if is_expression(body) else f"$hash({text(body)}, 'SHA-256')"
    facts = {
        "token": jsonata(id),
        "run_id": jsonata(f"{id} & '.1'"),
        "tenant": jsonata("$run.tenant"),
        "correlation_id": jsonata("$run.correlation_id"),
        "payload_hash": jsonata(hashed),
        "parent_run_id": jsonata("$run.run_id"),
        "head": jsonata("null"),
        "accepted_at": jsonata("$run.accepted_at"),
        "queued_at": jsonata("null"),
        "redrive": jsonata("$run.redrive"),
    }
    correlation = {"DataType": "String", "StringValue": jsonata("$run.correlation_id")}
    letter = {"body": body, "attributes": {CORRELATION_ID: correlation}, "group": jsonata("$run.tenant")}
    suffix = "($run.redrive > 0 ? '-' & $string($run.redrive) : '')"
    attempt = "($states.context.State.RetryCount > 0 ? 'r' & $string($states.context.State.RetryCount) : '')"
    return {
        "Type": "Task",
        "Resource": f"{SERVICE}states:startExecution.sync:2",
        "Arguments": {
            "StateMachineArn": alias_arn(machine_name(pipeline, machine.context.stage)),
            "Name": jsonata(f"{id} & {suffix} & {attempt}"),
            "Input": {RUN: facts, RECORD: {"body": value}, "letter": letter},
        },
    }


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


def _event(settings: OutputSettings, value: Any) -> State:
    entry = {
        "EventBusName": settings.target,
        "Source": settings.options["source"],
        "DetailType": settings.options["detail_type"],
        "Detail": value,
    }
    return {"Type": "Task", "Resource": f"{SERVICE}events:putEvents", "Arguments": {"Entries": [entry]}}


def _written(value: Any) -> Any:
    """Return a value as a message has it: texts as they are, anything else as JSON."""
    if is_expression(value):
        return jsonata(f"($v := ({inner(value)}); $type($v) = 'string' ? $v : $string($v))")
    return value if isinstance(value, str) else jsonata(f"$string({literal(value)})")
