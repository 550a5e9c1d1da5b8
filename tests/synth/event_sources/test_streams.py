"""Streams in the template: what is made, who reads it, and who learns of what Lambda gives up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from aws_cdk import App

from constructs_lib.patterns import PipelineStack, PlatformReference
from tests.declarations import declare
from tests.synth.templates import Template, of_type, only, statements

ARN = "arn:aws:kinesis:eu-west-1:111122223333:stream/clicks"
SOURCES: dict[str, dict[str, Any]] = {
    "own-stream": {"type": "kinesis", "shards": 2, "max_batching_window": "5s", "filter": {"data": {"kind": ["a"]}}},
    "stream": {"type": "kinesis", "arn": ARN},
    "own-table": {"type": "dynamodb", "partition_key": "id", "sort_key": "at:N", "view": "new_image"},
    "table": {"type": "dynamodb", "table": "orders"},
}


@dataclass(frozen=True)
class Built:
    """A pipeline of each kind of stream."""

    templates: dict[str, Template]
    stacks: dict[str, PipelineStack]

    def mapping(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = only(self.templates[name], "AWS::Lambda::EventSourceMapping")["Properties"]
        return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("project")
    app = App(outdir=str(tmp_path_factory.mktemp("assembly")))
    stacks = {
        name: PipelineStack(
            app,
            name,
            declare(folder, pipeline=name, source=source, tenant=None, idempotency=None),
            platform=PlatformReference(),
        )
        for name, source in SOURCES.items()
    }
    assembly = app.synth()
    return Built({name: assembly.get_stack_by_name(name).template for name in SOURCES}, stacks)


def test_lambda_gives_up_to_the_dead_letter_queue_and_takes_single_failures(built: Built) -> None:
    for name in SOURCES:
        mapping = built.mapping(name)
        letters = of_type(built.templates[name], "AWS::SQS::Queue")
        destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        assert letters[destination]["Properties"]["QueueName"] == f"{name}-dev-dlq"
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert (mapping["MaximumRetryAttempts"], mapping["MaximumRecordAgeInSeconds"]) == (5, 86_400)
        assert (mapping["BisectBatchOnFunctionError"], mapping["ParallelizationFactor"]) == (True, 1)
        assert "ScalingConfig" not in mapping


def test_an_own_stream_is_encrypted_kept_and_read_by_its_arn(built: Built) -> None:
    ((name, stream),) = of_type(built.templates["own-stream"], "AWS::Kinesis::Stream").items()
    assert stream["Properties"]["StreamEncryption"] == {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    assert (stream["Properties"]["ShardCount"], stream["Properties"]["RetentionPeriodHours"]) == (2, 24)
    assert (stream["DeletionPolicy"], stream["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    mapping = built.mapping("own-stream")
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": [name, "Arn"]}
    assert mapping["MaximumBatchingWindowInSeconds"] == 5
    assert mapping["FilterCriteria"] == {"Filters": [{"Pattern": '{"data":{"kind":["a"]}}'}]}
    assert built.stacks["own-stream"].pipeline.resources["stream"].logical_id


def test_an_own_table_tells_what_was_asked_for_and_is_kept(built: Built) -> None:
    ((name, table),) = of_type(built.templates["own-table"], "AWS::DynamoDB::Table").items()
    properties = table["Properties"]
    assert properties["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert {one["AttributeName"]: one["AttributeType"] for one in properties["AttributeDefinitions"]} == {
        "id": "S",
        "at": "N",
    }
    assert (properties["DeletionProtectionEnabled"], table["DeletionPolicy"]) == (True, "Retain")
    assert built.mapping("own-table")["EventSourceArn"] == {"Fn::GetAtt": [name, "StreamArn"]}


def test_the_role_reads_exactly_the_mapped_stream(built: Built) -> None:
    for name in SOURCES:
        read = [
            statement
            for role in of_type(built.templates[name], "AWS::IAM::Role").values()
            for policy in role["Properties"]["Policies"]
            for statement in policy["PolicyDocument"]["Statement"]
            if statement["Sid"].startswith("Read")
        ]
        assert [statement["Resource"] for statement in read] == [built.mapping(name)["EventSourceArn"]]


def test_what_exists_is_neither_made_nor_changed(built: Built) -> None:
    assert built.mapping("stream")["EventSourceArn"] == ARN
    assert built.mapping("table")["EventSourceArn"] == "{{resolve:ssm:/pipelines/dev/tables/orders/stream-arn}}"
    for name in ("stream", "table"):
        made = {item["Type"] for item in built.templates[name]["Resources"].values()}
        assert not made & {"AWS::Kinesis::Stream", "AWS::DynamoDB::Table"}
        assert ARN not in json.dumps(statements(built.templates[name], "AWS::SQS::QueuePolicy"))
