"""The queue source in the template: the buffer that every pipeline has, open to those whom the app lets in."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from aws_cdk import App, aws_iam

from constructs_lib.patterns import PipelineStack, PlatformReference
from tests.declarations import declare
from tests.synth.templates import Template, of_type, only

ARN = "arn:aws:sqs:eu-west-1:111122223333:stock"


@dataclass(frozen=True)
class Built:
    """A pipeline with its own queue and a sender, and one that reads from an existing queue."""

    own: Template
    existing: Template


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("project")
    app = App(outdir=str(tmp_path_factory.mktemp("assembly")))
    key = {"key": ["body.order_id"]}
    platform = PlatformReference()
    declaration = declare(folder, source={"type": "queue"}, tenant=None, idempotency=key)
    own = PipelineStack(app, "own", declaration, platform=platform)
    own.pipeline.queue.grant_send_messages(aws_iam.User(own, "Sender"))
    declaration = declare(
        folder,
        pipeline="stock",
        source={"type": "queue", "arn": ARN},
        tenant=None,
        idempotency=key,
        queue={"visibility_timeout": "10m"},
    )
    PipelineStack(app, "existing", declaration, platform=platform)
    assembly = app.synth()
    return Built(*(assembly.get_stack_by_name(name).template for name in ("own", "existing")))


def test_a_queue_needs_no_gateway_and_no_function_besides_the_runner(built: Built) -> None:
    for template in (built.own, built.existing):
        assert not any(item["Type"].startswith("AWS::ApiGateway") for item in template["Resources"].values())
        assert len(of_type(template, "AWS::Lambda::Function")) == 1
        assert "apigateway.amazonaws.com" not in json.dumps(template)


def test_a_sender_of_the_app_may_send_to_the_buffer(built: Built) -> None:
    (statement,) = only(built.own, "AWS::IAM::Policy")["Properties"]["PolicyDocument"]["Statement"]
    assert "sqs:SendMessage" in statement["Action"]
    queue = of_type(built.own, "AWS::SQS::Queue")[statement["Resource"]["Fn::GetAtt"][0]]
    assert queue["Properties"]["QueueName"] == "shop-orders-dev-buffer"


def test_an_existing_queue_is_read_under_its_arn_and_left_as_it_is(built: Built) -> None:
    mapping = only(built.existing, "AWS::Lambda::EventSourceMapping")["Properties"]
    assert mapping["EventSourceArn"] == ARN
    assert [queue["Properties"]["QueueName"] for queue in of_type(built.existing, "AWS::SQS::Queue").values()] == [
        "stock-dev-dlq"
    ]
    policies = of_type(built.existing, "AWS::SQS::QueuePolicy").values()
    assert not any(ARN in json.dumps(policy) for policy in policies)


def test_the_runner_may_take_from_the_existing_queue_and_not_send_to_it(built: Built) -> None:
    role = only(built.existing, "AWS::IAM::Role")["Properties"]
    statements = [s for policy in role["Policies"] for s in policy["PolicyDocument"]["Statement"]]
    actions = {
        action
        for statement in statements
        if ARN in json.dumps(statement["Resource"])
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert "sqs:ReceiveMessage" in actions
    assert "sqs:SendMessage" not in actions
