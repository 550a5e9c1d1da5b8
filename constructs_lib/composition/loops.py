"""What a pipeline is started by and what it writes to, read from the grants and resources of its plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.errors import Fault
from constructs_lib.model.bucket_name import overlap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.model.functions import Grant
    from constructs_lib.model.plan import PipelinePlan

WRITES = {
    "dynamodb": ("PutItem", "UpdateItem", "BatchWriteItem", "TransactWriteItems", "PartiQLInsert", "PartiQLUpdate"),
    "events": ("PutEvents",),
    "kinesis": ("PutRecord", "PutRecords"),
    "s3": ("PutObject",),
    "sns": ("Publish",),
    "sqs": ("SendMessage",),
    "states": ("StartExecution",),
}
"""Actions by which something appears that can start a pipeline."""
SERVICES = {
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::Events::EventBus": "events",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::S3::Bucket": "s3",
    "AWS::SNS::Topic": "sns",
    "AWS::SQS::Queue": "sqs",
}
"""Of the types of resources that a source can be."""
LIVE = ":live"
"""The alias by which a workflow is started for a record, its own or that of another pipeline's step."""
BRINGERS = ("outputs[", "stores")
"""Parts of a declaration that bring grants to write for the handler."""


@dataclass(frozen=True)
class Shore:
    """One resource that events come from or go to, in the deploying account; ``prefix`` narrows a bucket."""

    service: str
    name: str
    prefix: str = ""

    def meets(self, other: Shore) -> bool:
        """Return whether what is written to one can appear at the other."""
        same = (self.service, self.name) == (other.service, other.name)
        return same and overlap(self.prefix, other.prefix)


@dataclass(frozen=True)
class Target:
    """What one part of a declaration writes to."""

    shore: Shore
    place: str
    """The part, such as ``outputs[0]``."""
    speaker: str = ""
    """Under which source events are put on a bus; empty elsewhere."""


def sources(plan: PipelinePlan) -> tuple[Shore, ...]:
    """Return what starts a pipeline: its queue and workflow do, too. A bucket is narrowed to what may be read."""
    grants = [grant for grant in _grants(plan) if grant.needed_by == "source"]
    buckets = [shore for grant in grants for shore in _shores(grant.resources) if shore.service == "s3"]
    named = [
        Shore(SERVICES[resource.type], _last(resource.name))
        for resource in plan.resources
        if resource.needed_by == "source" and resource.type in SERVICES
    ]
    queues = _shores(queue.arn for queue in plan.queues if queue.id == "buffer")
    streams = _shores(stream.stream for stream in plan.streams)
    machines = [Shore("states", plan.state_machine.name)] if plan.state_machine else []
    exact = {bucket.name for bucket in buckets}
    others = [
        shore for shore in (*queues, *streams, *named, *machines) if shore.service != "s3" or shore.name not in exact
    ]
    return tuple(dict.fromkeys((*others, *buckets)))


def targets(plan: PipelinePlan) -> tuple[Target, ...]:
    """Return what outputs and stores of all handlers write to, and the workflows of others that steps start."""
    functions = [one for one in plan.functions if one.id == plan.runner or one.code.origin == "user"]
    steps = plan.state_machine.grants if plan.state_machine else ()
    handlers = (grant for function in functions for grant in function.grants)
    return tuple(
        dict.fromkeys(
            Target(shore, grant.needed_by, _speaker(grant))
            for grant in (*(one for one in handlers if one.needed_by.startswith(BRINGERS)), *steps)
            if grant.needed_by.startswith((*BRINGERS, "workflow"))
            for shore in _written(grant)
            if grant.needed_by != "workflow" or shore.service == "states"
        )
    )


def self_trigger_faults(plan: PipelinePlan) -> Iterator[Fault]:
    """Yield a fault for every output that lands where the pipeline's own source looks: it would start itself."""
    own = [shore for shore in sources(plan) if shore.service == "s3"]
    for target in targets(plan):
        for shore in own:
            if target.shore.meets(shore):
                found = f"objects below {target.shore.prefix or '(no prefix)'} of the bucket that the source watches"
                allowed = f"another bucket, or a prefix apart from the source's {shore.prefix or '(none)'}"
                fix = "give source.prefix and the output's prefix values of which none begins with the other"
                yield Fault("output-feeds-source", target.place, found, allowed, fix)


def _grants(plan: PipelinePlan) -> Iterable[Grant]:
    return plan.function(plan.runner).grants


def _written(grant: Grant) -> Iterable[Shore]:
    writes = {f"{service}:{action}" for service, actions in WRITES.items() for action in actions}
    return _shores(grant.resources) if writes & set(grant.actions) else ()


def _speaker(grant: Grant) -> str:
    spoken = (value for one in grant.conditions if one.key == "events:source" for value in one.values)
    return next(spoken, "")


def _shores(arns: Iterable[str]) -> list[Shore]:
    return [shore for shore in map(_of_arn, arns) if shore is not None]


def _of_arn(arn: str) -> Shore | None:
    parts = arn.replace("AWS::", "AWS-").split(":", 5)
    if len(parts) < 6 or parts[2] not in WRITES:
        return None
    service, rest = parts[2], parts[5].replace("AWS-", "AWS::")
    if service == "s3":
        bucket, _, pattern = rest.partition("/")
        return Shore(service, bucket, pattern.partition("*")[0])
    if service == "states":
        machine = rest.partition(":")[2]
        # A distributed map starts the machine itself, and no alias of it.
        return Shore(service, machine.removesuffix(LIVE)) if machine.endswith(LIVE) else None
    return Shore(service, _last(rest))


def _last(name: str) -> str:
    """Return the name of a resource by its name, its ARN, or what of an ARN follows the account."""
    if name.startswith("arn:"):
        name = name.replace("AWS::", "AWS-").split(":", 5)[-1].replace("AWS-", "AWS::")
    parts = name.split("/")
    return parts[1] if parts[0] in ("table", "stream", "event-bus") and len(parts) > 1 else name
