"""The resources of an iot source: the rule and its role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.event_sources._sending import BUFFER, DEAD_LETTERS, arn_of, sub
from constructs_lib.model.names import topic_rule_arn
from functions.contract.iot import PAYLOAD, TOLD

if TYPE_CHECKING:
    from constructs_lib.model.site import Site

Resource = dict[str, Any]

RULE = "rule"
"""Id in the plan."""
SQL_VERSION = "2016-03-23"
"""The version of the rule's language that its reference calls recommended."""


def statement(topic: str, where: str | None) -> str:
    """Return the statement that selects the payload as it was sent, and what is told of it.

    A plain ``*`` beside functions takes JSON alone, and an error action is told of actions that fail, not of payloads
    that cannot be read (AWS IoT developer guide, "Working with binary payloads" and "Error handling").
    """
    told = ", ".join(f"{function} AS {name}" for name, (_, function) in TOLD.items())
    parts = [
        f"SELECT encode(*, 'base64') AS {PAYLOAD},",
        told,
        "FROM",
        f"'{topic}'",
        *(["WHERE", where] if where else []),
    ]
    return " ".join(parts)


def add_topic_rule(site: Site, sql: str) -> None:
    """Make the rule; what it cannot send goes to the dead-letter queue."""
    name, buffer, dead_letters = site.plan.resource(RULE).name, arn_of(site, BUFFER), arn_of(site, DEAD_LETTERS)
    role = site.add_resource("RuleRole", role_of(name, [buffer, dead_letters]))
    urls = [site.reference(site.queue(queue).queue_url) for queue in (BUFFER, DEAD_LETTERS)]
    site.add_resource("Rule", topic_rule(name, sql, role, urls))


def topic_rule(name: str, sql: str, role: str, urls: list[Resource]) -> Resource:
    """Return the rule with its action and what it does where that fails."""
    action, otherwise = (
        {"Sqs": {"QueueUrl": url, "RoleArn": {"Fn::GetAtt": [role, "Arn"]}, "UseBase64": False}} for url in urls
    )
    return {
        "Type": "AWS::IoT::TopicRule",
        "Properties": {
            "RuleName": name,
            "TopicRulePayload": {
                "Sql": sql,
                "AwsIotSqlVersion": SQL_VERSION,
                "RuleDisabled": False,
                "Actions": [action],
                "ErrorAction": otherwise,
            },
        },
    }


def role_of(name: str, queues: list[Resource]) -> Resource:
    """Return the role that this rule of this account, and no other, sends under."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "iot.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            "ArnEquals": {"aws:SourceArn": sub(topic_rule_arn(name))},
        },
    }
    send = {"Sid": "Enqueue", "Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": queues}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Description": f"Lets the rule {name} queue messages of devices.",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [{"PolicyName": "Plan", "PolicyDocument": {"Version": "2012-10-17", "Statement": [send]}}],
        },
    }
