"""Signed orders land once; what is not genuine is refused at the door."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.orders import OrderSender
    from constructs_lib.local.trial import Trial

ORDER: dict[str, Any] = json.loads((Path(__file__).parent / "events" / "order.json").read_text())
SHOP = {"shop_id": "s-1"}


@pytest.fixture(scope="module")
def shop(example: Trial) -> OrderSender:
    return example.session.sender(example.plans["webhook-orders"])


@pytest.fixture(scope="module")
def evidence(example: Trial) -> Evidence:
    return example.evidence("webhook-orders")


def statuses(evidence: Evidence, order_id: str) -> list[str]:
    return sorted(entry.status.value for entry in evidence.entries(evidence.run_token("s-1", order_id)))


def test_a_forged_order_is_refused(shop: OrderSender, evidence: Evidence) -> None:
    order = {**ORDER, "order_id": "o-forged"}
    assert shop.send_forged(order, SHOP).status == 401
    assert statuses(evidence, "o-forged") == []


def test_an_order_that_is_sent_twice_lands_once(shop: OrderSender, evidence: Evidence) -> None:
    assert [shop.send(ORDER, SHOP, age=age).status for age in (0, 1)] == [202, 202]
    evidence.wait_until("both came to something", lambda: len(statuses(evidence, "o-1001")) == 2)
    assert statuses(evidence, "o-1001") == ["duplicate", "succeeded"]
    token = evidence.run_token("s-1", "o-1001")
    assert [json.loads(record.text) for record in evidence.landed(token)] == [ORDER]
