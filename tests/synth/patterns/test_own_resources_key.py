"""What a pipeline brings is encrypted with the platform's own key, wherever the platform stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, Stack

from constructs_lib.patterns import Pipeline, PipelineStack, Platform
from constructs_lib.patterns.platform import Encryption
from tests.declarations import declare
from tests.synth.templates import Template, of_type, only

if TYPE_CHECKING:
    from pathlib import Path

DYNAMIC = "{{resolve:ssm:/pipelines/dev/key-arn}}"
KEYED: dict[str, dict[str, Any]] = {
    "AWS::SNS::Topic": {"type": "topic"},
    "AWS::Events::EventBus": {"type": "event_bus", "create": True, "pattern": {"source": ["shop"]}},
    "AWS::S3::Bucket": {"type": "s3"},
    "AWS::DynamoDB::Table": {"type": "dynamodb", "partition_key": "order_id"},
}


def key_of(template: Template, kind: str, name: str) -> Any:
    """Return what stands for the key in the one resource of a kind that the pipeline has brought."""
    (made,) = (one["Properties"] for one in of_type(template, kind).values() if name in json.dumps(one["Properties"]))
    if kind == "AWS::S3::Bucket":
        (rule,) = made["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        return rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    if kind == "AWS::DynamoDB::Table":
        return made["SSESpecification"]["KMSMasterKeyId"]
    return made.get("KmsMasterKeyId", made.get("KmsKeyIdentifier"))


def synthesised(folder: Path, source: dict[str, Any], *, together: bool) -> tuple[Template, Template]:
    """Return the templates of the platform and of a pipeline, which are one if they stand together."""
    app = App(outdir=str(folder / "out"))
    home = Stack(app, "home")
    platform = Platform(home, "Platform", encryption=Encryption.CUSTOMER_MANAGED)
    declaration = declare(
        folder, pipeline="keyed", source=source, tenant=None, contract=None, idempotency={"key": ["body.order_id"]}
    )
    if together:
        Pipeline(home, "Pipeline", declaration, platform=platform)
    else:
        PipelineStack(app, "pipeline", declaration, platform=platform)
    assembly = app.synth()
    home_template = assembly.get_stack_by_name("home").template
    return home_template, home_template if together else assembly.get_stack_by_name("pipeline").template


@pytest.mark.parametrize("kind", KEYED)
def test_in_the_platforms_stack_the_key_is_named_as_no_parameter_tells_of_it_yet(tmp_path: Path, kind: str) -> None:
    home, template = synthesised(tmp_path, KEYED[kind], together=True)
    (key,) = of_type(home, "AWS::KMS::Key")
    assert key_of(template, kind, "keyed-dev") == {"Fn::GetAtt": [key, "Arn"]}


@pytest.mark.parametrize("kind", KEYED)
def test_in_another_stack_a_parameter_tells_of_the_key(tmp_path: Path, kind: str) -> None:
    _, template = synthesised(tmp_path, KEYED[kind], together=False)
    assert key_of(template, kind, "keyed-dev") == DYNAMIC


def test_the_key_lets_event_bridge_encrypt_what_is_on_the_buses_of_pipelines(tmp_path: Path) -> None:
    home, _ = synthesised(tmp_path, KEYED["AWS::Events::EventBus"], together=False)
    policy = only(home, "AWS::KMS::Key")["Properties"]["KeyPolicy"]
    (granted,) = (one for one in policy["Statement"] if one.get("Sid") == "EventBusesOfThisAccount")
    assert granted["Principal"] == {"Service": "events.amazonaws.com"}
    assert granted["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert "event-bus/*" in json.dumps(granted["Condition"]["ArnLike"]["aws:SourceArn"])
