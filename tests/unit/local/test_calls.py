"""A request is recognised as a call by its headers and body alone."""

from __future__ import annotations

import json
from email.message import Message

import pytest

from constructs_lib.local.calls import Call, read_call


def headers(service: str | None = None, **more: str) -> Message:
    made = Message()
    if service:
        made["Authorization"] = f"AWS4-HMAC-SHA256 Credential=AKIAX/20250115/eu-central-1/{service}/aws4_request, X"
    for name, value in more.items():
        made[name.replace("_", "-")] = value
    return made


@pytest.mark.parametrize(
    ("method", "target", "given", "body", "expected"),
    [
        ("PUT", "/raw/a%3Db/c", headers("s3"), b"x", Call("s3", "PutObject", "raw", "AKIAX", key="a=b/c")),
        ("GET", "/raw?list-type=2", headers("s3"), b"", Call("s3", "GET bucket", "raw", "AKIAX")),
        (
            "POST", "/", headers("sqs", X_Amz_Target="AmazonSQS.SendMessage"),
            b'{"QueueUrl": "http://h/000000000000/buffer"}', Call("sqs", "SendMessage", "buffer", "AKIAX"),
        ),
        (
            "POST", "/", headers("dynamodb", X_Amz_Target="DynamoDB_20120810.BatchGetItem"),
            json.dumps({"RequestItems": {"ledger": {}}}).encode(), Call("dynamodb", "BatchGetItem", "ledger", "AKIAX"),
        ),
        ("POST", "/", headers("sts"), b"Action=AssumeRole&Version=1", Call("sts", "AssumeRole", "", "AKIAX")),
        ("POST", "/shops/1/orders", headers(), b"{}", Call("execute-api", "POST", "/shops/1/orders", "")),
        (
            "POST", "/orders", headers("execute-api", Host="a1.execute-api.localhost:1"), b"{}",
            Call("execute-api", "POST", "/orders", "AKIAX"),
        ),
    ],
)  # fmt: skip
def test_a_request_is_read_as_the_call_that_it_is(
    method: str, target: str, given: Message, body: bytes, expected: Call
) -> None:
    assert read_call(method, target, given, body) == expected


def test_a_batch_of_statements_names_its_tables() -> None:
    body = json.dumps({"Statements": [{"Statement": 'UPDATE "state" SET a = ? WHERE pk = ?', "Parameters": []}]})
    call = read_call("POST", "/", headers("dynamodb", X_Amz_Target="D.BatchExecuteStatement"), body.encode())
    assert (call.resource, [one.verb for one in call.statements]) == ("state", ["Update"])
