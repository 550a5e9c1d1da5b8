"""Topics, queues, buses and devices in the template: exact policies, and nothing that a pack or a rule finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App

from constructs_lib.governance.attach import govern, synthesize
from constructs_lib.patterns import PipelineStack, PlatformStack
from tests.declarations import declare
from tests.synth.templates import Template, of_type, only

if TYPE_CHECKING:
    from pathlib import Path

TOPIC_ARN = "arn:aws:sns:eu-west-1:111122223333:stock-${stage}"
SHOP = {"source": ["shop"]}
VARIANTS: dict[str, dict[str, Any]] = {
    "own-topic": {"source": {"type": "topic", "filter": {"attributes": {"kind": ["order"]}}}},
    "shared-topic": {
        "source": {"type": "topic", "publishers": ["444455556666"], "filter": {"body": {"a": {"b": [1]}}}}
    },
    "fifo-topic": {"source": {"type": "topic"}, "queue": {"fifo": True, "content_based_deduplication": True}},
    "other-topic": {"source": {"type": "topic", "arn": TOPIC_ARN, "raw_delivery": False}},
    "filtered": {"source": {"type": "queue", "filter": {"body": {"kind": ["order"]}}}},
    "ordered": {"source": {"type": "queue"}, "queue": {"fifo": True}},
    "ordered-http": {
        "source": {"type": "http", "path": "/bookings", "auth": {"type": "iam"}},
        "queue": {"fifo": True, "group_key": "body.account"},
    },
    "ordered-webhook": {
        "source": {"type": "http", "path": "/bookings", "auth": {"type": "hmac", "secret": "bookings-key"}},
        "queue": {"fifo": True, "group_key": "body.account"},
    },
    "platform-bus": {"source": {"type": "event_bus", "pattern": SHOP}},
    "default-bus": {"source": {"type": "event_bus", "bus": "default", "pattern": SHOP}},
    "own-bus": {"source": {"type": "event_bus", "create": True, "pattern": SHOP, "archive": {"retention": "7d"}}},
    "devices": {"source": {"type": "iot", "topic": "plants/+/readings", "where": "celsius > 80"}},
}
BASE: dict[str, Any] = {
    "tenant": None,
    "contract": None,
    "idempotency": {"key": ["body.order_id"]},
    "observability": {"runbook": "https://example.com/runbook"},
    "budget": {"monthly_usd": 40.0, "events_per_month": 100_000},
}


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    """Every variant in one app, judged by both packs and every rule: a finding ends the synthesis."""
    folder, out = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("assembly")
    app = App(outdir=str(out))
    platform = PlatformStack(app, "platform-dev").platform
    for name, changes in VARIANTS.items():
        PipelineStack(app, name, declare(folder, **{**BASE, "pipeline": name, **changes}), platform=platform)
    govern(app)
    synthesize(app)
    return {name: json.loads(_template(out, name).read_text()) for name in VARIANTS}


def _template(out: Path, name: str) -> Path:
    return out / f"{name}.template.json"


def allowed(template: Template, service: str) -> Iterator[dict[str, Any]]:
    for policy in of_type(template, "AWS::SQS::QueuePolicy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            if statement.get("Principal") == {"Service": service}:
                yield statement


def test_a_topic_and_nothing_else_may_send_to_both_queues(templates: dict[str, Template]) -> None:
    found = list(allowed(templates["own-topic"], "sns.amazonaws.com"))
    assert len(found) == 2
    for statement in found:
        assert statement["Action"] == "sqs:SendMessage"
        assert "own-topic-dev-topic" in json.dumps(statement["Condition"]["ArnEquals"]["aws:SourceArn"])


def test_a_subscription_filters_redrives_and_delivers_raw_unless_told_otherwise(templates: dict[str, Template]) -> None:
    own = only(templates["own-topic"], "AWS::SNS::Subscription")["Properties"]
    assert (own["FilterPolicy"], own["RawMessageDelivery"]) == ({"kind": ["order"]}, True)
    assert "FilterPolicyScope" not in own
    assert "Dlq" in json.dumps(own["RedrivePolicy"])
    by_body = only(templates["shared-topic"], "AWS::SNS::Subscription")["Properties"]
    assert (by_body["FilterPolicy"], by_body["FilterPolicyScope"]) == ({"a": {"b": [1]}}, "MessageBody")
    other = only(templates["other-topic"], "AWS::SNS::Subscription")["Properties"]
    assert (other["TopicArn"], other["RawMessageDelivery"]) == (TOPIC_ARN.replace("${stage}", "dev"), False)
    assert (other["Region"], of_type(templates["other-topic"], "AWS::SNS::Topic")) == ("eu-west-1", {})


def test_a_topic_is_encrypted_and_lets_in_whom_it_names(templates: dict[str, Template]) -> None:
    assert only(templates["own-topic"], "AWS::SNS::Topic")["Properties"]["KmsMasterKeyId"] == "alias/aws/sns"
    assert "KmsMasterKeyId" not in only(templates["shared-topic"], "AWS::SNS::Topic")["Properties"]
    for name, publishers in (("own-topic", 0), ("shared-topic", 1)):
        document = only(templates[name], "AWS::SNS::TopicPolicy")["Properties"]["PolicyDocument"]
        effects = [statement["Effect"] for statement in document["Statement"]]
        assert effects == ["Deny", *["Allow"] * publishers]
    assert "444455556666" in json.dumps(only(templates["shared-topic"], "AWS::SNS::TopicPolicy"))


@pytest.mark.parametrize("name", ["fifo-topic", "ordered", "ordered-http", "ordered-webhook"])
def test_buffer_and_dead_letters_are_fifo_side_by_side_in_groups(templates: dict[str, Template], name: str) -> None:
    queues = [queue["Properties"] for queue in of_type(templates[name], "AWS::SQS::Queue").values()]
    assert sorted(queue["QueueName"] for queue in queues) == [f"{name}-dev-buffer.fifo", f"{name}-dev-dlq.fifo"]
    for queue in queues:
        assert queue["FifoQueue"] is True
        assert queue["DeduplicationScope"] == "messageGroup"
        assert queue["FifoThroughputLimit"] == "perMessageGroupId"
    mapping = only(templates[name], "AWS::Lambda::EventSourceMapping")["Properties"]
    assert mapping["BatchSize"] == 10
    assert "MaximumBatchingWindowInSeconds" not in mapping
    functions = of_type(templates[name], "AWS::Lambda::Function").values()
    variables = [function["Properties"]["Environment"]["Variables"] for function in functions]
    assert [one["PIPELINE_ORDERED"] for one in variables if "PIPELINE_SOURCE" in one] == ["true"]


def test_a_fifo_topic_tells_repeats_as_its_queue_does(templates: dict[str, Template]) -> None:
    topic = only(templates["fifo-topic"], "AWS::SNS::Topic")["Properties"]
    assert (topic["TopicName"], topic["FifoTopic"]) == ("fifo-topic-dev-topic.fifo", True)
    assert topic["ContentBasedDeduplication"] is True


def test_a_route_gives_a_request_the_group_of_its_field(templates: dict[str, Template]) -> None:
    parameters = only(templates["ordered-http"], "AWS::ApiGatewayV2::Integration")["Properties"]["RequestParameters"]
    assert parameters["MessageGroupId"] == "$request.body.account"
    assert parameters["MessageDeduplicationId"] == "$context.requestId"


def test_a_filter_stands_on_the_mapping(templates: dict[str, Template]) -> None:
    mapping = only(templates["filtered"], "AWS::Lambda::EventSourceMapping")["Properties"]
    assert mapping["FilterCriteria"] == {"Filters": [{"Pattern": '{"body":{"kind":["order"]}}'}]}


@pytest.mark.parametrize(
    ("name", "bus", "arn"),
    [
        ("platform-bus", "pipelines-dev-events", "rule/pipelines-dev-events/platform-bus-dev-rule"),
        ("default-bus", "default", "rule/default-bus-dev-rule"),
        ("own-bus", {"Ref": "OwnBusBus"}, "rule/own-bus-dev-bus/own-bus-dev-rule"),
    ],
)
def test_a_rule_sends_to_the_buffer_and_what_fails_to_the_dead_letters(
    templates: dict[str, Template], name: str, bus: Any, arn: str
) -> None:
    rule = only(templates[name], "AWS::Events::Rule")["Properties"]
    assert (rule["EventBusName"], rule["EventPattern"]) == (bus, SHOP)
    (target,) = rule["Targets"]
    assert "Dlq" in json.dumps(target["DeadLetterConfig"])
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86_400}
    found = list(allowed(templates[name], "events.amazonaws.com"))
    assert len(found) == 2
    assert all(arn in json.dumps(statement["Condition"]) for statement in found)


def test_an_archive_keeps_what_the_rule_lets_through(templates: dict[str, Template]) -> None:
    archive = only(templates["own-bus"], "AWS::Events::Archive")["Properties"]
    assert (archive["EventPattern"], archive["RetentionDays"]) == (SHOP, 7)
    assert archive["SourceArn"] == {"Fn::GetAtt": ["OwnBusBus", "Arn"]}
    assert not of_type(templates["default-bus"], "AWS::Events::Archive")


def test_a_rule_for_devices_sends_under_a_role_that_can_do_nothing_else(templates: dict[str, Template]) -> None:
    payload = only(templates["devices"], "AWS::IoT::TopicRule")["Properties"]["TopicRulePayload"]
    assert payload["Sql"].startswith("SELECT encode(*, 'base64') AS pipeline_payload, topic()")
    assert payload["Sql"].endswith("FROM 'plants/+/readings' WHERE celsius > 80")
    assert payload["AwsIotSqlVersion"] == "2016-03-23"
    (action,), otherwise = payload["Actions"], payload["ErrorAction"]
    role = of_type(templates["devices"], "AWS::IAM::Role")[action["Sqs"]["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
    assert otherwise["Sqs"]["RoleArn"] == action["Sqs"]["RoleArn"]
    (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["sqs:SendMessage"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert "rule/devices_dev_rule" in json.dumps(trust["Condition"]["ArnEquals"])
