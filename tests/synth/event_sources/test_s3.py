"""The s3 source in the template: a private bucket, and a queue that lets in one rule or one bucket."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk import App

from constructs_lib.patterns import PipelineStack, PlatformReference
from tests.declarations import declare
from tests.synth.templates import Template, of_type, only, statements

PLAIN: dict[str, Any] = {"tenant": None, "contract": None, "idempotency": None}
SOURCES: dict[str, dict[str, Any]] = {
    "told": {"prefix": "in/", "suffix": ".csv"},
    "direct": {"via": "notification", "prefix": "in/", "expire_after": "30d"},
    "existing": {"bucket": "files-${stage}"},
}


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    folder, app = tmp_path_factory.mktemp("project"), App(outdir=str(tmp_path_factory.mktemp("assembly")))
    for name, source in SOURCES.items():
        declaration = declare(folder, pipeline=name, source={"type": "s3", **source}, **PLAIN)
        PipelineStack(app, name, declaration, platform=PlatformReference())
    assembly = app.synth()
    return {name: assembly.get_stack_by_name(name).template for name in SOURCES}


def senders(template: Template) -> list[dict[str, Any]]:
    return [one for one in statements(template, "AWS::SQS::QueuePolicy") if one["Effect"] == "Allow"]


def test_one_rule_may_send_to_the_buffer_and_what_it_cannot_deliver_to_the_dead_letters(
    templates: dict[str, Template],
) -> None:
    allowed = senders(templates["told"])
    assert [one["Principal"] for one in allowed] == [{"Service": "events.amazonaws.com"}] * 2
    assert [one["Action"] for one in allowed] == ["sqs:SendMessage"] * 2
    assert all("rule/told-dev-objects" in json.dumps(one["Condition"]["ArnEquals"]) for one in allowed)
    (target,) = only(templates["told"], "AWS::Events::Rule")["Properties"]["Targets"]
    queues = of_type(templates["told"], "AWS::SQS::Queue")
    names = [queues[target[part]["Fn::GetAtt"][0]]["Properties"]["QueueName"] for part in ("Arn",)]
    assert names == ["told-dev-buffer"]
    dead = queues[target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]]
    assert dead["Properties"]["QueueName"] == "told-dev-dlq"


def test_a_notifying_bucket_is_made_after_the_policy_that_lets_it_in(templates: dict[str, Template]) -> None:
    (allowed,) = senders(templates["direct"])
    assert allowed["Principal"] == {"Service": "s3.amazonaws.com"}
    assert set(allowed["Condition"]) == {"ArnEquals", "StringEquals"}
    bucket = only(templates["direct"], "AWS::S3::Bucket")
    policies = of_type(templates["direct"], "AWS::SQS::QueuePolicy")
    assert any(name in policies for name in bucket["DependsOn"])
    assert of_type(templates["direct"], "AWS::Events::Rule") == {}


@pytest.mark.parametrize("name", ["told", "direct"])
def test_the_own_bucket_is_private_versioned_encrypted_and_kept(name: str, templates: dict[str, Template]) -> None:
    bucket = only(templates[name], "AWS::S3::Bucket")
    properties = bucket["Properties"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    expires = {rule["Id"]: rule.get("ExpirationInDays") for rule in properties["LifecycleConfiguration"]["Rules"]}
    lasting = {"unfinished": None}
    assert expires == (lasting if name == "told" else {**lasting, "replaced": None, "expired": 30})
    (denied,) = statements(templates[name], "AWS::S3::BucketPolicy")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_of_an_existing_bucket_nothing_is_made_but_the_rule(templates: dict[str, Template]) -> None:
    assert of_type(templates["existing"], "AWS::S3::Bucket") == {}
    rule = only(templates["existing"], "AWS::Events::Rule")["Properties"]
    assert "files-dev" in json.dumps(rule["EventPattern"]["detail"]["bucket"]["name"])
