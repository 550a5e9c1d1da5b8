"""Acknowledge one finding of a pack or of CDK on one construct, with a reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from aws_cdk import Acknowledgment, CfnResource, Validations

from constructs_lib.errors import PlanError

if TYPE_CHECKING:
    from constructs import IConstruct

SHORTEST_REASON: Final = 20
"""Characters; a shorter text names a feeling and no reason."""
_RULE: Final = re.compile(r"(?:(?P<space>\w+)::)?(?P<rule>(?P<pack>\w+)-[\w-]+(?:\[.+\])?)")


def acknowledge(construct: IConstruct, finding: str, reason: str) -> None:
    """Take one finding off the report of one resource; it stays in ``validation-report.json`` as suppressed.

    Args:
        construct: the resource, or the construct whose only resource it is; a wider one would cover every resource
            below it and is refused.
        finding: the id as the report prints it, such as ``Pipeline::shared-role`` or
            ``AwsSolutions::AwsSolutions-IAM5[Resource::*]``; a pack's name in front may be left out.
        reason: why it is right here, in a sentence.

    Raises:
        PlanError: ``acknowledgement-too-wide`` or ``acknowledgement-without-reason``.
    """
    resource = _resource_of(construct)
    named = _RULE.fullmatch(finding)
    if resource is None or named is None:
        raise PlanError.of(
            "acknowledgement-too-wide",
            construct.node.path,
            f"{finding} on {construct.node.path or 'the app'}",
            "one finding on one resource",
            "name the finding as the report prints it, and the resource it is on",
        )
    if len(reason.strip()) < SHORTEST_REASON:
        raise PlanError.of(
            "acknowledgement-without-reason",
            construct.node.path,
            f"the reason {reason!r}",
            f"a reason of at least {SHORTEST_REASON} characters",
            "say why the finding is right to stand here",
        )
    # Without the plug-in's name in front, cdk-nag drops the finding and leaves no evidence of it in the report.
    qualified = f"{named['space'] or named['pack']}::{named['rule']}"
    Validations.of(resource).acknowledge(Acknowledgment(id=qualified, reason=reason))


def _resource_of(construct: IConstruct) -> IConstruct | None:
    if CfnResource.is_cfn_resource(construct):
        return construct
    child = construct.node.default_child
    return child if child is not None and CfnResource.is_cfn_resource(child) else None
