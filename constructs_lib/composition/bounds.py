"""Bounds of the finished parts: each id once in its pipeline, each name and environment as short as AWS asks."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from constructs_lib.composition.places import HANDLER
from constructs_lib.composition.workflow.bounds import LONGEST_MACHINE, definition_faults
from constructs_lib.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.plan import PipelinePlan

LONGEST_FUNCTION = 64
"""Characters of a function's name (CreateFunction, AWS Lambda API reference)."""
LONGEST_QUEUE = 80
"""Characters of a queue's name (CreateQueue, Amazon SQS API reference)."""
LONGEST_API = 128
"""Characters of an API's name (CreateApi, Amazon API Gateway V2 API reference)."""
LONGEST_WATCH = 255
"""Characters of the name of an alarm or a dashboard (PutMetricAlarm and PutDashboard, CloudWatch API reference)."""
LONGEST_RESOURCE = {
    "AWS::S3::Bucket": 63,
    "AWS::DynamoDB::Table": 255,
    "AWS::SQS::Queue": LONGEST_QUEUE,
    "AWS::SNS::Topic": 256,
    "AWS::Events::Archive": 48,
    "AWS::Events::EventBus": 256,
    "AWS::Events::Rule": 64,
    "AWS::IoT::TopicRule": 128,
    "AWS::Kinesis::Stream": 128,
    "AWS::Scheduler::Schedule": 64,
}
"""Characters of a name, by the API reference of each service; of a bucket by the user guide of Amazon S3."""
DEPLOYED = {"${AWS::AccountId}": "1" * 12, "${AWS::Region}": "ap-southeast-1"}
"""What takes most room of what a deployment puts into a name."""
OTHER_PARTS = ("api", "platform", "ledger", "raw_stage", "leaves", "dashboard")
"""Parts of a pipeline's construct besides its queues and functions."""
NOWHERE: Mapping[str, str] = MappingProxyType({})
BELOW_A_FUNCTION = ("", "role", "live", "logs")
"""What stands beside a function under its id: itself, its role, its alias and its log group."""


def id_faults(
    functions: tuple[FunctionPlan, ...], queues: tuple[str, ...], places: Mapping[str, str] = NOWHERE
) -> Iterator[Fault]:
    """Yield a fault for the first function, the user's first, whose id is that of another part of the pipeline.

    ``places`` are those of the fields that functions have their ids from.
    """
    for function in functions:
        taken = {_bare(part): part for part in (*queues, *OTHER_PARTS)}
        for other in functions:
            if other is not function:
                taken |= {_bare(other.id) + suffix: other.id for suffix in BELOW_A_FUNCTION}
        part = taken.get(_bare(function.id))
        if part is not None:
            found = f"the function {function.id!r} has the id of another part of the pipeline, {part}"
            path = places.get(function.id, HANDLER)
            of_handler = path.endswith(".handler")
            fix = f"rename the function, such as {function.id}_record" if of_handler else "change this name"
            yield Fault("function-id-taken", path, found, "an id that no other part has", fix)
            return


def bound_faults(plan: PipelinePlan, longest_environment: int, places: Mapping[str, str] = NOWHERE) -> Iterator[Fault]:
    """Yield a fault for every name, environment and definition of a finished plan that its service would refuse."""
    yield from name_faults(plan, places)
    yield from same_name_faults(plan)
    yield from definition_faults(plan)
    yield from environment_faults(plan, longest_environment)


def name_faults(plan: PipelinePlan, places: Mapping[str, str] = NOWHERE) -> Iterator[Fault]:
    """Yield a fault for every name that its service refuses for its length; an existing queue has its name already."""
    own = f"{plan.pipeline}-{plan.stage}-"
    for path, part, name, longest in _names(plan, places):
        if len(name) > longest:
            found = f"the name of {part}, {name!r}, has {len(name)} characters"
            rest = f"{longest} characters, of which {own!r} takes {len(own)}"
            yield Fault("name-too-long", path, found, f"at most {rest}", "shorten the pipeline, the stage or the part")


def same_name_faults(plan: PipelinePlan) -> Iterator[Fault]:
    """Yield a fault for every resource of the plan's own that has the name of another of its type."""
    first: dict[tuple[str, str], str] = {}
    for resource in plan.resources:
        other = first.setdefault((resource.type, resource.name), resource.id)
        if other != resource.id and not resource.existing:
            found = f"{resource.id} and {other} would both be called {resource.name!r}"
            fix = "give one of them another name in the declaration"
            yield Fault("resource-name-taken", resource.needed_by, found, "a name of its own for each resource", fix)


def environment_faults(plan: PipelinePlan, longest: int) -> Iterator[Fault]:
    """Yield a fault for every function whose variables together exceed ``longest`` bytes, names and values counted."""
    for function in plan.functions:
        size = sum(len(f"{variable.name}{variable.value}".encode()) for variable in function.environment)
        if size > longest:
            found = f"the environment of {function.id} has {size:,} bytes, the library's own variables included"
            allowed = f"at most {longest:,} bytes of names and values"
            fix = "keep long settings in a file beside the handler, or in a secret"
            yield Fault("environment-too-large", "runner.environment", found, allowed, fix)


def _names(plan: PipelinePlan, places: Mapping[str, str]) -> Iterator[tuple[str, str, str, int]]:
    for function in plan.functions:
        path = places.get(function.id, "pipeline")
        yield path, f"the function {function.id}", function.name, LONGEST_FUNCTION
    for queue in plan.queues:
        if not queue.existing:
            yield "pipeline", f"the queue {queue.id}", queue.name, LONGEST_QUEUE
    for resource in plan.resources:
        if resource.type in LONGEST_RESOURCE and not resource.existing:
            name = resource.name
            for place, text in DEPLOYED.items():
                name = name.replace(place, text)
            yield resource.needed_by, f"the {resource.id}", name, LONGEST_RESOURCE[resource.type]
    for route in plan.routes:
        yield "pipeline", f"the API of the {route.id}", route.api_name, LONGEST_API
    for alarm in plan.alarms:
        yield "pipeline", f"the alarm {alarm.id}", alarm.name, LONGEST_WATCH
    if plan.state_machine:
        yield "pipeline", "the state machine", plan.state_machine.name, LONGEST_MACHINE
    if plan.dashboard:
        yield "pipeline", "the dashboard", plan.dashboard, LONGEST_WATCH


def _bare(part: str) -> str:
    """Return an id as its construct's id tells it apart: without separators, in one case."""
    return part.replace("_", "").replace("-", "").lower()
