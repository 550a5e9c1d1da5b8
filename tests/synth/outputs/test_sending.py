"""What outputs bring in the template: encrypted, reached over TLS alone, kept, and granted to the runner exactly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App

from constructs_lib.governance.attach import govern, synthesize
from constructs_lib.patterns import PipelineStack, PlatformReference
from tests.declarations import declare
from tests.synth.templates import Template, named, of_type

if TYPE_CHECKING:
    from pathlib import Path

OUTPUTS = [
    {"type": "queue", "name": "packing", "delay": "1m"},
    {"type": "queue", "name": "invoices", "fifo": True},
    {"type": "queue", "name": "partner", "queue": "partner-${stage}-inbox"},
    {"type": "topic", "name": "changes"},
    {"type": "topic", "name": "prices", "fifo": True},
    {"type": "event_bus", "detail_type": "OrderTaken"},
    {"type": "dynamodb", "name": "view", "partition_key": "order_id", "sort_key": "at:N"},
    {"type": "http", "name": "crm", "url": "https://api.example.com/x", "auth": {"type": "bearer", "secret": "crm"}},
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder: Path = tmp_path_factory.mktemp("project")
    app = App(outdir=str(tmp_path_factory.mktemp("assembly")))
    stack = PipelineStack(app, "own", declare(folder, outputs=OUTPUTS), platform=PlatformReference())
    assert set(stack.pipeline.resources) >= {"packing-output", "packing-output-dlq", "changes-output", "view-output"}
    govern(app)
    synthesize(app)
    template: Template = json.loads((folder.parent / app.outdir / "own.template.json").read_text())
    return template


def statements(built: Template) -> dict[str, Any]:
    """Return the runner's statements by the word that they begin with."""
    roles = of_type(built, "AWS::IAM::Role").values()
    policies = [policy for role in roles for policy in role["Properties"].get("Policies", [])]
    return {s["Sid"]: s for policy in policies for s in policy["PolicyDocument"]["Statement"]}


@pytest.mark.parametrize(
    "name", ["packing-queue", "packing-queue-dlq", "invoices-queue.fifo", "invoices-queue-dlq.fifo"]
)
def test_an_own_queue_is_encrypted_kept_and_refuses_plain_http(built: Template, name: str) -> None:
    queue = named(built, "AWS::SQS::Queue", QueueName=f"shop-orders-dev-{name}")
    assert queue["DeletionPolicy"] == "RetainExceptOnCreate"
    assert queue["Properties"]["SqsManagedSseEnabled"] is True
    assert queue["Properties"].get("FifoQueue", False) is name.endswith(".fifo")
    logical = next(key for key, item in of_type(built, "AWS::SQS::Queue").items() if item is queue)
    policies = [p["Properties"] for p in of_type(built, "AWS::SQS::QueuePolicy").values()]
    (policy,) = [p for p in policies if {"Ref": logical} in p["Queues"]]
    assert policy["PolicyDocument"]["Statement"][0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_an_own_queue_moves_what_always_fails_to_its_dead_letter_queue(built: Template) -> None:
    queue = named(built, "AWS::SQS::Queue", QueueName="shop-orders-dev-packing-queue")["Properties"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    assert queue["DelaySeconds"] == 60


def test_an_existing_queue_is_not_made(built: Template) -> None:
    assert not any("inbox" in json.dumps(queue) for queue in of_type(built, "AWS::SQS::Queue").values())


@pytest.mark.parametrize("name", ["changes-topic", "prices-topic.fifo"])
def test_an_own_topic_is_encrypted_and_kept(built: Template, name: str) -> None:
    topic = named(built, "AWS::SNS::Topic", TopicName=f"shop-orders-dev-{name}")
    assert topic["DeletionPolicy"] == "RetainExceptOnCreate"
    assert topic["Properties"]["KmsMasterKeyId"] == "alias/aws/sns"
    assert topic["Properties"].get("FifoTopic", False) is name.endswith(".fifo")


def test_an_own_table_is_recoverable_and_protected(built: Template) -> None:
    table = named(built, "AWS::DynamoDB::Table", TableName="shop-orders-dev-view-table")["Properties"]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] is True
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["order_id", "at"]


@pytest.mark.parametrize(
    ("sid", "actions", "resource"),
    [
        ("SendPacking", ["sqs:SendMessage"], ":shop-orders-dev-packing-queue"),
        ("SendPartner", ["sqs:SendMessage"], ":partner-dev-inbox"),
        ("PublishChanges", ["sns:Publish"], ":shop-orders-dev-changes-topic"),
        ("TellEventBus", ["events:PutEvents"], ":event-bus/pipelines-dev-events"),
        (
            "WriteItemsView",
            ["dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
            ":table/shop-orders-dev-view-table",
        ),
        ("KeyCrm", ["secretsmanager:GetSecretValue"], ":secret:crm-??????"),
    ],
)
def test_the_runner_may_do_exactly_what_an_output_needs(
    built: Template, sid: str, actions: list[str], resource: str
) -> None:
    statement = statements(built)[sid]
    allowed = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    assert allowed == actions
    assert json.dumps(statement["Resource"]).rstrip('"]}').endswith(resource)


def test_events_are_put_under_one_source_alone(built: Template) -> None:
    condition = statements(built)["TellEventBus"]["Condition"]
    assert condition == {"ForAllValues:StringEquals": {"events:source": ["pipelines.shop-orders"]}}
