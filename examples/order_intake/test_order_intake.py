"""An order is answered with its total and told on the bus, once; whoever sends it again hears that it is processed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local.callers import ask, user

if TYPE_CHECKING:
    import httpx
    from botocore.credentials import Credentials

    from constructs_lib.local.trial import Trial

ORDER: dict[str, Any] = json.loads((Path(__file__).parent / "events" / "order.json").read_text())
TOTAL = 2 * 3490 + 6 * 499


@pytest.fixture(scope="module")
def shop(example: Trial) -> Credentials:
    return user(example.session, "shop", allowed=True)


@pytest.fixture(scope="module")
def listener(example: Trial) -> str:
    """Return the queue of somebody who wants to know of orders."""
    sqs, bus = example.client("sqs"), example.client("events")
    url = str(sqs.create_queue(QueueName="listener")["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    name = example.plans["order-intake"].platform.event_bus
    pattern = {"source": ["pipelines.order-intake"], "detail-type": ["OrderPlaced"]}
    bus.put_rule(Name="orders", EventBusName=name, EventPattern=json.dumps(pattern))
    bus.put_targets(Rule="orders", EventBusName=name, Targets=[{"Id": "listener", "Arn": arn}])
    return url


def place(example: Trial, shop: Credentials, key: str, order: dict[str, Any] = ORDER) -> httpx.Response:
    return ask(example.session, example.plans["order-intake"], {"Idempotency-Key": key}, order, caller=shop)


def heard(example: Trial, listener: str) -> list[dict[str, Any]]:
    answer = example.client("sqs").receive_message(QueueUrl=listener, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    return [json.loads(message["Body"])["detail"] for message in answer.get("Messages", [])]


def test_an_order_is_taken_once_and_told_once(example: Trial, shop: Credentials, listener: str) -> None:
    first = place(example, shop, "k-1")
    assert (first.status_code, first.json()) == (
        201,
        {"order_id": "o-1001", "total_cents": TOTAL, "status": "accepted"},
    )
    (told,) = heard(example, listener)
    assert told["data"] == {"order_id": "o-1001", "total_cents": TOTAL}
    assert told["metadata"]["run_token"] == example.evidence("order-intake").run_token("k-1")

    repeated, other_key = place(example, shop, "k-1"), place(example, shop, "k-2")
    assert (repeated.status_code, repeated.headers["idempotent-replayed"]) == (201, "true")
    assert repeated.json() == first.json()
    assert (other_key.status_code, other_key.json()["status"]) == (200, "already processed")
    assert other_key.json()["total_cents"] == TOTAL
    assert heard(example, listener) == []


def test_an_order_without_lines_is_refused_and_told_to_nobody(example: Trial, shop: Credentials, listener: str) -> None:
    answer = place(example, shop, "k-3", {**ORDER, "order_id": "o-1002", "lines": []})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "contract-broken")
    assert heard(example, listener) == []
