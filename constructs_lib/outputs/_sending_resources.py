"""Queues and topics that outputs bring, as plain CloudFormation: encrypted, reached over TLS alone, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.model.site import Site

OWN_KEY = "alias/aws/sns"
"""The key of SNS itself, which whoever may publish may use."""
LONGEST_RETENTION = 1_209_600
"""Seconds that SQS keeps a message at most; in a dead-letter queue it counts them from the first send."""


def add_queue(site: Site, id: str, *, fifo: bool, delay: int, retention: int, max_receive_count: int) -> None:
    """Make a queue and its dead-letter queue; whoever reads the queue loses nothing to a message that always fails."""
    letters = site.add_planned(f"{id}-dlq", _queue(site, f"{id}-dlq", fifo=fifo, retention=LONGEST_RETENTION))
    resource = _queue(site, id, fifo=fifo, retention=retention)
    resource["Properties"] |= {
        **({"DelaySeconds": delay} if delay else {}),
        "RedrivePolicy": {
            "deadLetterTargetArn": {"Fn::GetAtt": [letters, "Arn"]},
            "maxReceiveCount": max_receive_count,
        },
    }
    queue = site.add_planned(id, resource)
    for logical_id, plan_id in ((letters, f"{id}-dlq"), (queue, id)):
        site.add_planned(f"{plan_id}-policy", _queue_policy(logical_id))


def add_topic(site: Site, id: str, *, fifo: bool) -> None:
    """Make a topic that the runner's role may publish to, and nobody without TLS."""
    key = site.platform_key()
    topic = site.add_planned(
        id,
        {
            "Type": "AWS::SNS::Topic",
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "TopicName": site.plan.resource(id).name,
                "KmsMasterKeyId": OWN_KEY if key is None else key,
                **({"FifoTopic": True, "ContentBasedDeduplication": False} if fifo else {}),
            },
        },
    )
    policy = _denies_plain("sns:Publish", {"Ref": topic})
    site.add_planned(
        f"{id}-policy",
        {"Type": "AWS::SNS::TopicPolicy", "Properties": {"Topics": [{"Ref": topic}], "PolicyDocument": policy}},
    )


def _queue(site: Site, id: str, *, fifo: bool, retention: int) -> dict[str, Any]:
    return {
        "Type": "AWS::SQS::Queue",
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "QueueName": site.plan.resource(id).name,
            "MessageRetentionPeriod": retention,
            "SqsManagedSseEnabled": True,
            **({"FifoQueue": True, "ContentBasedDeduplication": False} if fifo else {}),
        },
    }


def _queue_policy(queue: str) -> dict[str, Any]:
    policy = _denies_plain("sqs:*", {"Fn::GetAtt": [queue, "Arn"]})
    return {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": queue}], "PolicyDocument": policy}}


def _denies_plain(action: str, resource: dict[str, Any]) -> dict[str, Any]:
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": action,
        "Resource": resource,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
