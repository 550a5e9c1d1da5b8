"""The resources of a topic source: topic, its policy, subscription, and the right to send to the queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.event_sources._sending import BUFFER, DEAD_LETTERS, arn_of, let_send, sub
from constructs_lib.model.names import topic_arn

if TYPE_CHECKING:
    from constructs_lib.model.site import Site

Resource = dict[str, Any]

TOPIC, SUBSCRIPTION = "topic", "subscription"
"""Ids in the plan."""


def add_topic(site: Site, publishers: tuple[str, ...], delivered: Resource) -> None:
    """Make what the plan says, and let the topic send to buffer and dead-letter queue.

    ``delivered`` has the properties of the subscription that decide what is delivered, and in which form.
    """
    planned = site.plan.resource(TOPIC)
    arn = planned.name if planned.existing else topic_arn(planned.name)
    topic: Any = sub(arn)
    if not planned.existing:
        fifo, deduplicates = site.plan.queue(BUFFER).fifo, site.plan.queue(BUFFER).content_based_deduplication
        key = _key(site.platform_key(), publishers)
        topic = {"Ref": site.add_resource("Topic", own_topic(planned.name, key, fifo=fifo, deduplicates=deduplicates))}
        site.add_resource("TopicPolicy", topic_policy(topic, publishers))
    let_send(site, "sns.amazonaws.com", arn, BUFFER, DEAD_LETTERS)
    queues = arn_of(site, BUFFER), arn_of(site, DEAD_LETTERS)
    site.add_resource("Subscription", subscription(topic, arn if planned.existing else "", queues, delivered))


def _key(key: object | None, publishers: tuple[str, ...]) -> object | None:
    """Return the key of the topic; nobody outside the account can use the key that AWS keeps for SNS."""
    if key is None and not publishers:
        return "alias/aws/sns"
    return key


def own_topic(name: str, key: object | None, *, fifo: bool, deduplicates: bool) -> Resource:
    """Return the topic; it outlives its stack, because others know its ARN."""
    order = {"FifoTopic": True, "ContentBasedDeduplication": deduplicates, "FifoThroughputScope": "MessageGroup"}
    return {
        "Type": "AWS::SNS::Topic",
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "TopicName": name,
            **({"KmsMasterKeyId": key} if key else {}),
            **(order if fifo else {}),
        },
    }


def topic_policy(topic: Resource, publishers: tuple[str, ...]) -> Resource:
    """Return the policy: nobody publishes without TLS, and of those outside the account only who is named."""
    plain = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    arns = [sub(f"arn:${{AWS::Partition}}:iam::{one}:root") if one.isdigit() else one for one in publishers]
    others = {
        "Sid": "Publishers",
        "Effect": "Allow",
        "Principal": {"AWS": arns},
        "Action": "sns:Publish",
        "Resource": topic,
    }
    statements = [plain, others] if publishers else [plain]
    document = {"Version": "2012-10-17", "Statement": statements}
    return {"Type": "AWS::SNS::TopicPolicy", "Properties": {"Topics": [topic], "PolicyDocument": document}}


def subscription(topic: Any, existing_arn: str, queues: tuple[Resource, Resource], delivered: Resource) -> Resource:
    """Return the subscription of the buffer; what SNS cannot deliver goes to the dead-letter queue."""
    buffer, dead_letters = queues
    region = existing_arn.split(":")[3] if existing_arn else ""
    return {
        "Type": "AWS::SNS::Subscription",
        "Properties": {
            "TopicArn": topic,
            "Protocol": "sqs",
            "Endpoint": buffer,
            "RedrivePolicy": {"deadLetterTargetArn": dead_letters},
            **({"Region": region} if region else {}),
            **delivered,
        },
    }
