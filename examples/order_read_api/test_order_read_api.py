"""An order is read with its payment; what is no order number is 400, an unknown order 404, and nothing is claimed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_lib.local.callers import ask, user

if TYPE_CHECKING:
    import httpx
    from botocore.credentials import Credentials

    from constructs_lib.local.trial import Trial

PAID = json.loads((Path(__file__).parent / "events" / "get_order.json").read_text())["pathParameters"]["order_id"]


@pytest.fixture(scope="module")
def partner(example: Trial) -> Credentials:
    return user(example.session, "reading-partner", allowed=True)


@pytest.fixture(scope="module")
def _orders(example: Trial) -> None:
    tables = {part: f"order-read-dev-{part}" for part in ("orders", "payments")}
    database = example.client("dynamodb")
    for number, status in (("o-1001", "shipped"), ("o-1002", "open"), ("o-1003", "lost")):
        item = {"order_id": {"S": number}, "status": {"S": status}, "total_cents": {"N": "11498"}}
        database.put_item(TableName=tables["orders"], Item=item)
    for attempt, status in ((1, "refused"), (2, "paid")):
        item = {"order_id": {"S": "o-1001"}, "attempt": {"N": str(attempt)}, "status": {"S": status}}
        database.put_item(TableName=tables["payments"], Item=item)


def get(example: Trial, order_id: str, caller: Credentials | None) -> httpx.Response:
    return ask(example.session, example.plans["order-read"], {}, path={"order_id": order_id}, caller=caller)


@pytest.mark.usefixtures("_orders")
def test_an_order_is_read_with_the_last_payment(example: Trial, partner: Credentials) -> None:
    first, second = get(example, PAID, partner), get(example, "o-1002", partner)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == {"order_id": "o-1001", "status": "shipped", "total_cents": 11498, "payment": "paid"}
    assert second.json()["payment"] == "not-tried"


@pytest.mark.usefixtures("_orders")
@pytest.mark.parametrize(
    ("order_id", "status", "code"),
    [
        ("latest", 400, "parameters-broken"),
        ("o-9999", 404, "order-unknown"),
        ("o-1003", 500, "failed"),
    ],
)
def test_what_cannot_be_answered_has_a_status_of_its_own(
    example: Trial, partner: Credentials, order_id: str, status: int, code: str
) -> None:
    answer = get(example, order_id, partner)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert "lost" not in answer.text


@pytest.mark.usefixtures("_orders")
def test_a_read_leaves_one_entry_and_no_claim(example: Trial, partner: Credentials) -> None:
    evidence = example.evidence("order-read")
    before = len(evidence.every_entry())
    answers = [get(example, "o-1001", partner) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(evidence.every_entry()) == before + 2
    state = example.plans["order-read"].platform.state_table
    assert example.client("dynamodb").scan(TableName=state)["Items"] == []


def test_nobody_without_the_right_is_answered(example: Trial) -> None:
    assert get(example, "o-1001", None).status_code == 403
