from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.governance.assembly import read_templates
from constructs_lib.governance.template import QUEUE, Template, name_in, text
from tests.unit.governance.cases import resource, template

HERE = "<Region>:<AccountId>"


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("orders", "orders"),
        (5, "5"),
        ({"Ref": "Buffer"}, "${Buffer}"),
        ({"Ref": "AWS::Region"}, "<Region>"),
        ({"Fn::GetAtt": ["Buffer", "Arn"]}, "${Buffer.Arn}"),
        ({"Fn::GetAtt": "Buffer.Arn"}, "${Buffer.Arn}"),
        ({"Fn::Sub": "${AWS::Partition}/${Buffer}"}, "<Partition>/${Buffer}"),
        ({"Fn::Sub": ["${name}-x", {"name": {"Ref": "AWS::AccountId"}}]}, "<AccountId>-x"),
        ({"Fn::Join": [":", ["arn", {"Ref": "AWS::Partition"}]]}, "arn:<Partition>"),
        ({"Fn::Join": [",", {"Ref": "List"}]}, "<?>"),
        ({"Fn::ImportValue": "shared"}, "<?>"),
        ({"Fn::If": ["Prod", "a", "b"]}, "<?>"),
        (None, "<?>"),
    ],
)
def test_a_value_reads_as_the_text_it_stands_for(value: Any, meant: str) -> None:
    assert text(value) == meant


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("orders", "orders"),
        (f"arn:<Partition>:sqs:{HERE}:orders", "orders"),
        ("https://sqs.<Region>.<URLSuffix>/<AccountId>/orders", "orders"),
        (f"arn:<Partition>:dynamodb:{HERE}:table/orders", "orders"),
        (f"arn:<Partition>:dynamodb:{HERE}:table/orders/index/day", "orders"),
        ("arn:<Partition>:s3:::raw-<AccountId>/orders/*", "raw-<AccountId>"),
        (f"arn:<Partition>:lambda:{HERE}:function:land:live", "land"),
        (f"arn:<Partition>:logs:{HERE}:log-group:/aws/lambda/land:*", "/aws/lambda/land"),
        (f"arn:<Partition>:sns:{HERE}:alarms", "alarms"),
    ],
)
def test_a_name_is_found_in_whatever_refers_to_it(reference: str, name: str) -> None:
    assert name_in(reference) == name


@pytest.mark.parametrize(
    "reference",
    [
        {"Ref": "Buffer"},
        {"Fn::GetAtt": ["Buffer", "Arn"]},
        {"Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:orders"},
        "https://sqs.eu-west-1.amazonaws.com/123456789012/orders",
    ],
)
def test_a_resource_is_found_by_reference_and_by_name(reference: Any) -> None:
    found = template({"Buffer": resource("AWS::SQS::Queue", QueueName="orders")}).find(reference, QUEUE)
    assert found is not None
    assert found.logical_id == "Buffer"


@pytest.mark.parametrize("reference", [{"Ref": "Other"}, "elsewhere", {"Fn::ImportValue": "x"}, None])
def test_what_is_not_there_is_not_found(reference: Any) -> None:
    resources = {"Buffer": resource("AWS::SQS::Queue", QueueName="orders"), "Other": resource("AWS::SNS::Topic")}
    assert template(resources).find(reference, QUEUE) is None


def test_templates_of_one_app_know_each_other_and_their_nested_stacks(tmp_path: Path) -> None:
    nested = {"Deep": resource("AWS::SQS::Queue", QueueName="deep")}
    parent = {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "deep.nested.template.json"}}
    files = {"one.json": {"Nested": parent}, "two.json": {}, "deep.nested.template.json": nested}
    for name, resources in files.items():
        (tmp_path / name).write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    one, two, deep = read_templates([tmp_path / "one.json", tmp_path / "two.json"])
    assert deep.name == str(tmp_path / "deep.nested.template.json")
    assert one.find("deep", QUEUE) == two.find("deep", QUEUE) == deep.of_type(QUEUE)[0]


def test_what_a_stack_imports_is_found_where_it_is_exported(tmp_path: Path) -> None:
    def exported(**values: Any) -> dict[str, Any]:
        return {name: {"Value": value, "Export": {"Name": f"one:{name}"}} for name, value in values.items()}

    one = {"Named": resource("AWS::SQS::Queue", QueueName="orders"), "Bare": resource("AWS::SQS::Queue")}
    outputs = exported(Arn={"Fn::GetAtt": ["Named", "Arn"]}, Url={"Ref": "Bare"}, Text="orders")
    (tmp_path / "one.json").write_text(json.dumps({"Resources": one, "Outputs": outputs}), encoding="utf-8")
    (tmp_path / "two.json").write_text(
        json.dumps({"Resources": {"M": resource("X::Y::Z", Of=[{"Fn::ImportValue": f"one:{n}"} for n in outputs])}}),
        encoding="utf-8",
    )
    _, two = read_templates([tmp_path / "one.json", tmp_path / "two.json"])
    (reader,) = two.of_type("X::Y::Z")
    by_arn, by_url, other = (two.find(value, QUEUE) for value in reader.get("Of"))
    assert by_arn is not None
    assert by_url is not None
    assert (by_arn.logical_id, by_url.logical_id, other) == ("Named", "Bare", None)


def test_a_resource_without_properties_is_read() -> None:
    bare = Template({"Resources": {"Bare": {"Type": "AWS::SQS::Queue", "Properties": None}}})
    (queue,) = bare.resources()
    assert (queue.name, queue.get("RedrivePolicy", "maxReceiveCount")) == ("Bare", None)
