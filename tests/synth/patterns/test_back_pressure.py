"""Back pressure in a template: the controlling function knows the mapping by its id, and may set this one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from constructs_lib.declaration.pipeline import PipelineDeclaration
from constructs_lib.governance.attach import govern, synthesize
from constructs_lib.patterns.pipeline import Pipeline
from tests.synth.templates import named, of_type
from tests.unit.governance.cases import DECLARED

if TYPE_CHECKING:
    from pathlib import Path

MAPPING = "ShopOrdersBufferToRunner"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("out")
    app = App(outdir=str(folder))
    declaration = PipelineDeclaration.model_validate({**DECLARED, "back_pressure": {"dependency": "raw-store"}})
    stack = Stack(app, "Shop")
    Pipeline(stack, "Orders", declaration)
    govern(app)
    synthesize(app)
    return dict(Template.from_stack(stack).to_json())


def test_the_function_is_told_the_id_of_the_buffers_mapping(template: dict[str, Any]) -> None:
    function = named(template, "AWS::Lambda::Function", FunctionName="shop-orders-dev-control-intake")
    variables = function["Properties"]["Environment"]["Variables"]
    assert variables["PIPELINE_MAPPING"] == {"Ref": MAPPING}
    assert variables["PIPELINE_MAX_CONCURRENCY"] == "5"
    assert MAPPING in of_type(template, "AWS::Lambda::EventSourceMapping")


def test_its_role_may_get_and_update_this_mapping_alone(template: dict[str, Any]) -> None:
    roles = of_type(template, "AWS::IAM::Role").values()
    (role,) = [role for role in roles if any(one.get("Sid") == "SetIntake" for one in _statements(role))]
    (statement,) = [one for one in _statements(role) if _mentions_lambda(one)]
    assert statement["Action"] == ["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"]
    *_, last = statement["Resource"]["Fn::Join"][1]
    assert last == {"Ref": MAPPING}
    assert "event-source-mapping:" in statement["Resource"]["Fn::Join"][1][-2]


def test_the_control_queue_keeps_its_message_as_long_as_it_can(template: dict[str, Any]) -> None:
    queue = named(template, "AWS::SQS::Queue", QueueName="shop-orders-dev-control")["Properties"]
    assert queue["MessageRetentionPeriod"] == 14 * 86_400
    assert queue["VisibilityTimeout"] == 120
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 1000


def _statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    policies = role["Properties"].get("Policies", [])
    return [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]


def _mentions_lambda(statement: dict[str, Any]) -> bool:
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    return any(str(action).startswith("lambda:") for action in actions)
