"""A pipeline finds its platform's layer and key wherever the platform stands, and is deployed after it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, Stack, Stage

from constructs_lib.patterns import Encryption, Pipeline, PipelineStack, Platform, PlatformReference, PlatformStack
from tests.declarations import declare
from tests.synth.templates import of_type, only

if TYPE_CHECKING:
    from pathlib import Path

KEYED = Encryption.CUSTOMER_MANAGED


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(outdir=str(tmp_path / "assembly"))


def key_grants(template: dict[str, Any]) -> list[Any]:
    """Return the resources of every grant on a key."""
    roles = of_type(template, "AWS::IAM::Role").values()
    documents = [policy["PolicyDocument"] for role in roles for policy in role["Properties"].get("Policies", ())]
    return [s["Resource"] for document in documents for s in document["Statement"] if s.get("Sid") == "Key"]


def test_the_key_of_the_same_stack_is_a_reference_because_its_parameter_does_not_exist_yet(
    app: App, tmp_path: Path
) -> None:
    stack = Stack(app, "all")
    Pipeline(stack, "Mine", declare(tmp_path), platform=Platform(stack, "Shared", encryption=KEYED))
    template = app.synth().get_stack_by_name("all").template
    key = next(iter(of_type(template, "AWS::KMS::Key")))
    assert key_grants(template) == [{"Fn::GetAtt": [key, "Arn"]}] * 4
    assert "{{resolve:ssm:" not in json.dumps(template)


@pytest.mark.parametrize("named", [True, False])
def test_the_key_of_another_stack_comes_by_parameter_without_an_export(app: App, tmp_path: Path, named: bool) -> None:
    platform = PlatformStack(app, "platform", encryption=KEYED).platform
    reference = PlatformReference(encryption=KEYED) if named else platform
    PipelineStack(app, "mine", declare(tmp_path), platform=reference)
    template = app.synth().get_stack_by_name("mine").template
    assert key_grants(template) == ["{{resolve:ssm:/pipelines/dev/key-arn}}"] * 2
    assert "Fn::ImportValue" not in json.dumps(template)


def test_a_pipeline_in_any_stack_is_deployed_after_its_platform(app: App, tmp_path: Path) -> None:
    platform = PlatformStack(app, "platform").platform
    Pipeline(Stack(app, "given"), "Mine", declare(tmp_path), platform=platform)
    Pipeline(Stack(app, "named"), "Mine", declare(tmp_path), platform=PlatformReference())
    assembly = app.synth()
    waits = {name: {d.id for d in assembly.get_stack_by_name(name).dependencies} for name in ("given", "named")}
    assert "platform" in waits["given"]
    assert "platform" not in waits["named"]


def test_a_platform_outside_the_stage_of_its_pipeline_is_known_by_name(app: App, tmp_path: Path) -> None:
    platform = PlatformStack(app, "platform").platform
    stage = Stage(app, "Wave")
    PipelineStack(stage, "inside", declare(tmp_path), platform=platform)
    assembly = app.synth().get_nested_assembly("assembly-Wave")
    (artifact,) = assembly.stacks
    defaults = [parameter.get("Default") for parameter in artifact.template["Parameters"].values()]
    assert "/pipelines/dev/runtime-layer-arn" in defaults


def test_pipelines_of_one_stack_keep_their_parts_apart(app: App, tmp_path: Path) -> None:
    stack, platform = Stack(app, "both"), PlatformStack(app, "platform").platform
    Pipeline(stack, "One", declare(tmp_path), platform=platform)
    Pipeline(stack, "Two", declare(tmp_path, pipeline="refunds"), platform=platform)
    Pipeline(stack, "Three", declare(tmp_path, pipeline="returns"))
    template = app.synth().get_stack_by_name("both").template
    names = {f["Properties"]["FunctionName"] for f in of_type(template, "AWS::Lambda::Function").values()}
    own = {f"{p}-dev-{f}" for p in ("shop-orders", "refunds", "returns") for f in ("land-order", "verify")}
    assert names == own | {"returns-dev-archive-ledger", "returns-dev-seal-ledger"}
    mapped = [m["Properties"]["EventSourceArn"] for m in of_type(template, "AWS::Lambda::EventSourceMapping").values()]
    assert len({json.dumps(source) for source in mapped}) == 3 + 1
    assert only(template, "AWS::SNS::Topic")["Properties"]["TopicName"] == "returns-dev-alarms"
