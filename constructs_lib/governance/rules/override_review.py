"""What is set by hand is seen, and what weakens a guard is approved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from constructs_lib.governance.rule import Decision, Finding, Place, PlanRule, Subject

if TYPE_CHECKING:
    from constructs_lib.model.plan import OverridePlan

GUARDS: Final = (
    "AccessControl",
    "AuthorizationType",
    "BucketEncryption",
    "DeletionProtectionEnabled",
    "Environment",
    "EventSourceArn",
    "FunctionResponseTypes",
    "KmsDataKeyReusePeriodSeconds",
    "KmsKeyArn",
    "KmsMasterKeyId",
    "Layers",
    "ManagedPolicyArns",
    "MessageRetentionPeriod",
    "ObjectLockConfiguration",
    "PermissionsBoundary",
    "PointInTimeRecoverySpecification",
    "Policies",
    "PolicyDocument",
    "PublicAccessBlockConfiguration",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "ReservedConcurrentExecutions",
    "RetentionInDays",
    "Role",
    "SSESpecification",
    "ScalingConfig",
    "SqsManagedSseEnabled",
    "Timeout",
    "TimeToLiveSpecification",
    "TracingConfig",
    "VersioningConfiguration",
    "VisibilityTimeout",
    "VpcConfig",
)
"""Properties that permissions, encryption, retention, retries and caps hang on."""


class OverrideReview(PlanRule):
    """An override goes past the declaration, so that no later reader of the declaration sees what runs."""

    slug = "override-review"
    decision = Decision.WARN
    requirement = "Overrides are rare, and one that touches a guard has an approval."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """List every override of the plan."""
        for override in subject.plan.overrides:
            guard = override.property.split(".")[0] in GUARDS
            yield self.finding(
                Place.planned(subject.plan, override.resource),
                found=_found(override, guard=guard),
                allowed="a field of the declaration where there is one",
                fix="use the field, or add an approval of this finding" if guard else "use the field if there is one",
                detail=override.property,
                at=override.property,
                decision=Decision.REQUIRE_APPROVAL if guard else Decision.WARN,
            )


def _found(override: OverridePlan, *, guard: bool) -> str:
    change = "removed" if override.value is None else "set"
    return f"{override.property} is {change} by hand{' and guards the resource' if guard else ''}: {override.reason}"
