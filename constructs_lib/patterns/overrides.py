"""Overrides name properties that their resources have; CDK tells of others only by a traceback, or not at all."""

from __future__ import annotations

import re
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING

from aws_cdk import CfnResource, aws_cloudwatch, aws_lambda, aws_sqs, aws_stepfunctions

from constructs_lib.errors import Fault, PlanError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.plan import PipelinePlan

_WORD_ENDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def refuse_unknown_properties(plan: PipelinePlan) -> None:
    """Compare the overrides of a plan with the typed resources that they are for.

    Raises:
        PlanError: ``override-unknown-property`` for every override of a property that its resource lacks.
    """
    faults = tuple(_faults(plan))
    if faults:
        raise PlanError(faults)


def _faults(plan: PipelinePlan) -> Iterator[Fault]:
    kinds = _kinds(plan)
    for position, override in enumerate(plan.overrides):
        kind = kinds[override.resource]
        first = override.property.partition(".")[0]
        settable = _settable(kind)
        if _attribute(first) not in settable:
            near = get_close_matches(first, sorted(map(_as_written, settable)), n=1)
            yield Fault(
                code="override-unknown-property",
                path=f"overrides[{position}].property",
                found=f"{first!r} is no property of {override.resource}, a {kind.__name__}",
                allowed="a property of the resource as CloudFormation writes it",
                fix=f"did you mean {near[0]}?" if near else "look it up in the reference of the resource type",
            )


def _kinds(plan: PipelinePlan) -> dict[str, type[CfnResource]]:
    return {
        "dashboard": aws_cloudwatch.CfnDashboard,
        **({plan.state_machine.id: aws_stepfunctions.CfnStateMachine} if plan.state_machine else {}),
        **{queue.id: aws_sqs.CfnQueue for queue in plan.queues},
        **{function.id: aws_lambda.CfnFunction for function in plan.functions},
        **{mapping.id: aws_lambda.CfnEventSourceMapping for mapping in plan.mappings},
        **{alarm.id: aws_cloudwatch.CfnAlarm for alarm in plan.alarms},
        **{stream.id: aws_lambda.CfnEventSourceMapping for stream in plan.streams},
        **{resource.id: _class_of(resource.type) for resource in plan.resources if not resource.existing},
    }


def _class_of(kind: str) -> type[CfnResource]:
    """Return the class of a type in CloudFormation's words."""
    _, service, name = kind.split("::")
    found: type[CfnResource] = getattr(import_module(f"aws_cdk.aws_{service.lower()}"), f"Cfn{name}")
    return found


def _attribute(name: str) -> str:
    return _WORD_ENDS.sub("_", name).lower()


def _as_written(attribute: str) -> str:
    return "".join(part.title() for part in attribute.split("_"))


def _settable(kind: type[CfnResource]) -> frozenset[str]:
    """Return the properties of a resource type by the names of their attributes."""
    return frozenset(n for n, member in vars(kind).items() if isinstance(member, property) and member.fset)
