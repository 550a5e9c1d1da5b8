from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.governance.rules.encrypted_in_transit import EncryptedInTransit
from tests.unit.governance.cases import deployed, resource

RULE = EncryptedInTransit()
DENY = {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "sqs:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def resources(**changes: Any) -> dict[str, Any]:
    document = {"Statement": [{**DENY, **changes}]}
    return {
        "Buffer": resource("AWS::SQS::Queue"),
        "Policy": resource("AWS::SQS::QueuePolicy", Queues=[{"Ref": "Buffer"}], PolicyDocument=document),
    }


def test_a_queue_that_refuses_plain_http_passes() -> None:
    assert deployed(RULE, resources()) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": "Allow"},
        {"Condition": {}},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}},
        {"Action": "sqs:ReceiveMessage"},
    ],
)
def test_a_policy_that_does_not_refuse_all_of_it_is_denied(changes: dict[str, Any]) -> None:
    (finding,) = deployed(RULE, resources(**changes))
    assert finding.place.logical_id == "Buffer"


@pytest.mark.parametrize(
    ("kind", "policy", "target"),
    [
        ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", {"Bucket": {"Ref": "Raw"}}),
        ("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", {"Topics": [{"Ref": "Raw"}]}),
    ],
)
def test_buckets_and_topics_are_held_to_it_too(kind: str, policy: str, target: dict[str, Any]) -> None:
    alone = {"Raw": resource(kind)}
    document = {"Statement": {**DENY, "Action": "*"}}
    assert len(deployed(RULE, alone)) == 1
    assert deployed(RULE, {**alone, "Policy": resource(policy, PolicyDocument=document, **target)}) == []
