"""What hands parts over to workers: a topic with subscriptions or a bus with rules, and who may send to which queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.composition.fan_out.handing import rule_id
from constructs_lib.model.names import rule_arn, topic_arn
from constructs_lib.patterns.functions import construct_id
from constructs_lib.patterns.pseudo_parameters import with_tokens
from functions.contract.share import DETAIL_TYPE, TOPIC, speaker

if TYPE_CHECKING:
    from constructs_lib.model.fan_out import FanOutPlan, WorkerPlan
    from constructs_lib.model.site import Site

Resource = dict[str, Any]

MOST_RETRIES, OLDEST = 185, 86_400
"""Tries of one delivery and their seconds: the most that EventBridge makes (rule target retry policy)."""


def add_fan_out(site: Site, plan: FanOutPlan) -> None:
    """Make what hands parts over, and let it send to the queues of each worker alone."""
    if plan.via == TOPIC:
        _add_topic(site, plan)
    else:
        _add_bus(site, plan)


def _add_topic(site: Site, plan: FanOutPlan) -> None:
    name = site.plan.resource(plan.resource).name
    key = site.platform_key() or "alias/aws/sns"
    topic = {"Ref": site.add_planned(plan.resource, _topic(name, key))}
    site.add_resource(f"{construct_id(plan.resource)}Policy", _tls_only(topic))
    for worker in plan.workers:
        _let_send(site, "sns.amazonaws.com", topic_arn(name), worker)
        subscription: Resource = {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": topic,
                "Protocol": "sqs",
                "Endpoint": _arn(site, worker.queue),
                "RawMessageDelivery": True,
                "RedrivePolicy": {"deadLetterTargetArn": _arn(site, worker.dead_letter_queue)},
            },
        }
        site.add_resource(f"{construct_id(worker.queue)}Subscription", subscription)


def _add_bus(site: Site, plan: FanOutPlan) -> None:
    bus = site.plan.resource(plan.resource).name
    reference: Resource = {"Ref": site.add_planned(plan.resource, _bus(bus, site.platform_key()))}
    for worker in plan.workers:
        name = site.plan.resource(rule_id(worker.name)).name
        _let_send(site, "events.amazonaws.com", rule_arn(bus, name), worker)
        target: Resource = {
            "Id": worker.name,
            "Arn": _arn(site, worker.queue),
            "DeadLetterConfig": {"Arn": _arn(site, worker.dead_letter_queue)},
            "RetryPolicy": {"MaximumRetryAttempts": MOST_RETRIES, "MaximumEventAgeInSeconds": OLDEST},
        }
        rule: Resource = {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": name,
                "EventBusName": reference,
                "EventPattern": {"source": [speaker(site.plan.pipeline)], "detail-type": [DETAIL_TYPE]},
                "State": "ENABLED",
                "Targets": [target],
            },
        }
        site.add_planned(rule_id(worker.name), rule)


def _topic(name: str, key: object) -> Resource:
    """Return the topic; nothing but its own pipeline knows it, so it goes with its stack."""
    return {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name, "KmsMasterKeyId": key}}


def _bus(name: str, key: object | None) -> Resource:
    encrypted = {"KmsKeyIdentifier": key} if key else {}
    return {"Type": "AWS::Events::EventBus", "Properties": {"Name": name, **encrypted}}


def _tls_only(topic: Resource) -> Resource:
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Type": "AWS::SNS::TopicPolicy", "Properties": {"Topics": [topic], "PolicyDocument": document}}


def _let_send(site: Site, service: str, source_arn: str, worker: WorkerPlan) -> None:
    """Let a service send on behalf of one topic or rule; to the dead-letter queue goes what it cannot deliver."""
    from aws_cdk import aws_iam

    for queue_id in (worker.queue, worker.dead_letter_queue):
        queue = site.queue(queue_id)
        queue.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="FromTheParts",
                principals=[aws_iam.ServicePrincipal(service)],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": with_tokens(source_arn)}},
            )
        )


def _arn(site: Site, queue_id: str) -> Resource:
    return site.reference(site.queue(queue_id).queue_arn)
