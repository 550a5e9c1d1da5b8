"""Payloads move over TLS only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from constructs_lib.governance.rule import Finding, Place, TemplateRule
from constructs_lib.governance.statement import document_statements, texts
from constructs_lib.governance.template import BUCKET, QUEUE, TOPIC, Resource, Template

_POLICIES: Final = (
    (QUEUE, "AWS::SQS::QueuePolicy", "Queues"),
    (BUCKET, "AWS::S3::BucketPolicy", "Bucket"),
    (TOPIC, "AWS::SNS::TopicPolicy", "Topics"),
)


class EncryptedInTransit(TemplateRule):
    """A client that falls back to plain HTTP sends payload and signature where others can read them."""

    slug = "encrypted-in-transit"
    requirement = "Every queue, bucket and topic refuses requests without TLS."

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Look for a policy that denies plain HTTP."""
        for kind, policy_type, target in _POLICIES:
            protected = _protected(template, kind, policy_type, target)
            for resource in template.of_type(kind):
                if (resource.template, resource.logical_id) not in protected:
                    yield self.finding(
                        Place.of(resource),
                        found="requests without TLS are served",
                        allowed='a policy that denies everyone when aws:SecureTransport is "false"',
                        fix="set enforce_ssl=True, or add the denying statement to the resource's policy",
                        at="Policy",
                    )


def _protected(template: Template, kind: str, policy_type: str, target: str) -> set[tuple[str, str]]:
    found = set()
    for policy in template.of_type(policy_type):
        document = policy.get("PolicyDocument") or {}
        if any(_denies_plain(statement) for statement in document_statements(document)):
            found |= {(resource.template, resource.logical_id) for resource in _targets(template, policy, kind, target)}
    return found


def _targets(template: Template, policy: Resource, kind: str, target: str) -> Iterable[Resource]:
    named = policy.get(target)
    for reference in named if isinstance(named, list) else [named]:
        resource = template.find(reference, kind)
        if resource is not None:
            yield resource


def _denies_plain(statement: Mapping[str, Any]) -> bool:
    plain = (statement.get("Condition") or {}).get("Bool", {}).get("aws:SecureTransport")
    everyone = statement.get("Principal") in ("*", {"AWS": "*"})
    actions = texts(statement.get("Action"))
    whole = any(action in ("*", "sqs:*", "SQS:*", "s3:*", "sns:*", "sns:Publish", "SNS:Publish") for action in actions)
    return statement.get("Effect") == "Deny" and str(plain).lower() == "false" and everyone and whole
