"""Roles name actions and resources exactly."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from constructs_lib.composition.workflow.roles import LOG_DELIVERY
from constructs_lib.governance.rule import Finding, PlanRule, Subject, TemplateRule
from constructs_lib.governance.statement import Statement, planned_statements, template_statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.governance.template import Template

_XRAY: Final = "X-Ray defines no resource for it"
_EC2: Final = "Lambda makes the network interface before it has an ARN"
_LOG_DELIVERY: Final = "CloudWatch Logs knows no resource for the delivery of a service's logs"
_METRICS: Final = "CloudWatch has no resource for a metric"
UNAVOIDABLE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "xray:PutTraceSegments": _XRAY,
        "xray:PutTelemetryRecords": _XRAY,
        "xray:GetSamplingRules": _XRAY,
        "xray:GetSamplingTargets": _XRAY,
        "xray:GetSamplingStatisticSummaries": _XRAY,
        "ec2:CreateNetworkInterface": _EC2,
        "ec2:DescribeNetworkInterfaces": _EC2,
        "ec2:DeleteNetworkInterface": _EC2,
        "cloudwatch:PutMetricData": _METRICS,
        **dict.fromkeys(LOG_DELIVERY, _LOG_DELIVERY),
    }
)
"""Actions that may stand with resource ``*``, and why. Source: Service Authorization Reference, resource types."""

_WHOLE_TYPE = re.compile(r"(\*|[A-Za-z-]+[/:]\*+)")
FIX = (
    "name the action and the ARN that the function needs; declared outputs, sources and secrets bring their own grants"
)


class NoWildcardGrant(PlanRule, TemplateRule):
    """A role with a wildcard lets a fault in one function reach the data of all the others."""

    slug = "no-wildcard-grant"
    requirement = "A role allows named actions on named resources."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Look at the grants of the plan's functions."""
        return self._all(planned_statements(subject))

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Look at the roles and policies of the template."""
        return self._all(template_statements(template))

    def _all(self, statements: Iterable[Statement]) -> Iterable[Finding]:
        seen = set()
        for statement in statements:
            for kind, value in (*_wild_actions(statement), *_wild_resources(statement)):
                key = (statement.place, kind, value)
                if key not in seen:
                    seen.add(key)
                    yield self._fault(statement, kind, value)

    def _fault(self, statement: Statement, kind: str, value: str) -> Finding:
        return self.finding(
            statement.place,
            found=f"{kind.lower()} {value} is allowed",
            allowed=f"exact {kind.lower()}s; * only for actions that know no resource",
            fix=FIX,
            detail=f"{kind}::{value}",
            at="PolicyDocument",
        )


def _wild_actions(statement: Statement) -> Iterable[tuple[str, str]]:
    if statement.inverted:
        yield "Action", "all but the listed ones"
    for action in statement.actions:
        if "*" in action:
            yield "Action", action


def _wild_resources(statement: Statement) -> Iterable[tuple[str, str]]:
    if statement.actions and all(action in UNAVOIDABLE for action in statement.actions):
        return
    for resource in statement.resources:
        if _is_wild(resource):
            yield "Resource", resource


def _is_wild(resource: str) -> bool:
    if resource == "*":
        return True
    if not resource.startswith("arn:"):
        return False
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return True
    bucket = parts[5].split("/")[0]
    return "*" in parts[1:5] or (bucket == "*" if parts[2] == "s3" else bool(_WHOLE_TYPE.fullmatch(parts[5])))
