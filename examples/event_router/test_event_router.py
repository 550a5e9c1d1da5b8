"""Each trigger reaches exactly one function, and each function has a role that reaches its own queue alone."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.local.callers import post, user
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.trial import Trial

FUNCTIONS = {
    "router-returns": "return_taken",
    "router-prices": "price_changed",
    "router-stock": "stock_counted",
    "router-orders": "order_placed",
    "router-photos": "photo_taken",
    "router-fridges": "fridge_warm",
}
BUS = "router-orders-dev-bus"
LEFT_OUT = {"id": "left-out"}


def sample(function: str) -> dict[str, Any]:
    """Return the event that reaches one function."""
    found: dict[str, Any] = json.loads((Path(__file__).parent / "events" / f"{function}.json").read_text())
    return found


def send_everything(example: Trial) -> None:
    """Send one event by each trigger, and one more that the trigger is to leave out."""
    caller = user(example.session, "till", allowed=True)
    assert post(example.session, example.plans["router-returns"], sample("return_taken"), caller).status_code == 202
    topic = example.resolve("arn:aws:sns:${AWS::Region}:${AWS::AccountId}:router-prices-dev-topic")
    for kind, body in (("price", sample("price_changed")), ("photo", LEFT_OUT)):
        attributes = {"kind": {"DataType": "String", "StringValue": kind}}
        example.client("sns").publish(TopicArn=topic, Message=json.dumps(body), MessageAttributes=attributes)
    queue = example.evidence("router-stock").queue_url("buffer")
    example.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(sample("stock_counted")))
    for kind, body in (("OrderPlaced", sample("order_placed")), ("OrderSeen", LEFT_OUT)):
        entry = {"EventBusName": BUS, "Source": "shop", "DetailType": kind, "Detail": json.dumps(body)}
        assert example.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    bucket = example.resolve("router-photos-dev-in-${AWS::AccountId}-${AWS::Region}")
    for key in ("photos/photo_taken", "left-out"):
        example.client("s3").put_object(Bucket=bucket, Key=key, Body=b"P5")
    for body in (sample("fridge_warm"), {**LEFT_OUT, "celsius": 4}):
        example.client("iot-data").publish(topic="shops/s-1/fridge", payload=json.dumps(body).encode())


def has_run(evidence: Evidence) -> bool:
    return bool(evidence.every_entry())


@pytest.fixture(scope="module")
def noted(example: Trial) -> dict[str, list[dict[str, str]]]:
    """What the function of each pipeline has written down, once all have."""
    send_everything(example)
    found = {name: example.evidence(name) for name in FUNCTIONS}
    for name, evidence in found.items():
        evidence.wait_until(f"{name} has run", partial(has_run, evidence))
    for evidence in found.values():
        evidence.wait_until_quiet()
    return {
        name: [
            json.loads(record.text)
            for entry in evidence.every_entry()
            if entry.status is Status.SUCCEEDED
            for record in evidence.landed(entry.run_token)
        ]
        for name, evidence in found.items()
    }


def test_each_trigger_reaches_exactly_one_function(noted: dict[str, list[dict[str, str]]]) -> None:
    expected = {name: [{"function": function, "id": function}] for name, function in FUNCTIONS.items()}
    assert noted == expected


def test_each_function_has_a_role_that_reaches_its_own_queue_alone(
    example: Trial, noted: dict[str, list[dict[str, str]]]
) -> None:
    assert len(noted) == len(FUNCTIONS)
    worker = example.session.worker_of(example.plans["router-stock"], "stock_counted")
    sqs = example.session.aws.client_as("sqs", worker)
    sqs.get_queue_attributes(QueueUrl=example.evidence("router-stock").queue_url("buffer"), AttributeNames=["All"])
    for name in FUNCTIONS.keys() - {"router-stock"}:
        with pytest.raises(ClientError, match=r"AccessDenied|not authorized"):
            sqs.receive_message(QueueUrl=example.evidence(name).queue_url("buffer"))
