"""Fan-out in a template: what hands parts over may send to each worker's queues alone, and nobody else may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from constructs_lib.declaration.pipeline import PipelineDeclaration
from constructs_lib.governance.attach import govern, synthesize
from constructs_lib.patterns.pipeline import Pipeline
from tests.synth.templates import of_type
from tests.unit.governance.cases import DECLARED, HANDLER

if TYPE_CHECKING:
    from pathlib import Path

WORKERS = [{"name": name, "handler": HANDLER, "max_concurrency": 2} for name in ("first", "second")]


@pytest.fixture(scope="module", params=["topic", "event_bus"])
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("out")
    app = App(outdir=str(folder))
    fan_out = {"via": request.param, "workers": WORKERS}
    declared = {**DECLARED, "runner": None, "outputs": [], "fan_out": fan_out}
    stack = Stack(app, "Shop")
    Pipeline(stack, "Orders", PipelineDeclaration.model_validate(declared))
    govern(app)
    synthesize(app)
    return dict(Template.from_stack(stack).to_json())


def let_in(template: dict[str, Any]) -> dict[str, str]:
    """Return, by the names of queues, which resource may send to each."""
    queues = {id: item["Properties"]["QueueName"] for id, item in of_type(template, "AWS::SQS::Queue").items()}
    found = {}
    for policy in of_type(template, "AWS::SQS::QueuePolicy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            if statement.get("Sid") == "FromTheParts":
                source = statement["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Join"][1][-1]
                found[queues[policy["Properties"]["Queues"][0]["Ref"]]] = source.rpartition(":")[2]
    return found


def test_each_workers_queues_are_sent_to_by_topic_or_rule_alone(template: dict[str, Any]) -> None:
    by_bus = bool(of_type(template, "AWS::Events::Rule"))
    for worker in ("first", "second"):
        name = f"shop-orders-dev-to-{worker}"
        wanted = f"rule/shop-orders-dev-parts/{name}" if by_bus else "shop-orders-dev-parts"
        assert let_in(template)[name] == let_in(template)[f"{name}-dlq"] == wanted
    assert len(let_in(template)) == 4


def test_what_cannot_be_delivered_goes_to_the_workers_own_letters(template: dict[str, Any]) -> None:
    queues = of_type(template, "AWS::SQS::Queue")
    subscriptions = of_type(template, "AWS::SNS::Subscription")
    for item in subscriptions.values():
        told = item["Properties"]
        assert told["RawMessageDelivery"] is True
        queue, letters = told["Endpoint"], told["RedrivePolicy"]["deadLetterTargetArn"]
        assert name_of(queues, letters) == f"{name_of(queues, queue)}-dlq"
    for item in of_type(template, "AWS::Events::Rule").values():
        (target,) = item["Properties"]["Targets"]
        assert name_of(queues, target["DeadLetterConfig"]["Arn"]) == f"{name_of(queues, target['Arn'])}-dlq"
    assert len(subscriptions) in (0, 2)


def test_a_topic_takes_nothing_without_tls_and_is_encrypted(template: dict[str, Any]) -> None:
    topics = [one for one in of_type(template, "AWS::SNS::Topic").values() if "parts" in one["Properties"]["TopicName"]]
    for topic in topics:
        assert topic["Properties"]["KmsMasterKeyId"] == "alias/aws/sns"
    if topics:
        policies = of_type(template, "AWS::SNS::TopicPolicy").values()
        sids = {one["Properties"]["PolicyDocument"]["Statement"][0]["Sid"] for one in policies}
        assert "TlsOnly" in sids
    else:
        buses = of_type(template, "AWS::Events::EventBus").values()
        assert "shop-orders-dev-parts" in {bus["Properties"]["Name"] for bus in buses}


def test_each_function_has_a_role_of_its_own(template: dict[str, Any]) -> None:
    functions = [
        item["Properties"]
        for item in of_type(template, "AWS::Lambda::Function").values()
        if item["Properties"]["FunctionName"].startswith("shop-orders-dev-")
    ]
    own = [one for one in functions if one["FunctionName"].endswith(("first", "second", "share-out"))]
    assert len({str(one["Role"]) for one in own}) == len(own) == 3


def name_of(queues: dict[str, Any], arn: dict[str, Any]) -> str:
    name: str = queues[arn["Fn::GetAtt"][0]]["Properties"]["QueueName"]
    return name
