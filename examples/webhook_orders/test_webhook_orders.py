"""Signed orders land once, whatever is sent twice, forged, or in the way of an outage; and all is accounted for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local.faults import Action, Fault

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


def test_an_outage_ends_in_the_dead_letter_queue_and_a_replay_lands_once(
    example: Trial, shop: OrderSender, evidence: Evidence
) -> None:
    order = {**ORDER, "order_id": "o-outage"}
    down = Fault(service="s3", action=Action.ANSWER, operation="PutObject", key_prefix="raw", code="SlowDown")
    with example.session.proxy.faults.active(down):
        assert shop.send(order, SHOP).status == 202
        evidence.wait_until("it is given up", lambda: "dead_lettered" in statuses(evidence, "o-outage"))
    entries = evidence.entries(evidence.run_token("s-1", "o-outage"))
    assert [(entry.attempt, entry.status.value) for entry in entries] == [
        (1, "failed"),
        (2, "failed"),
        (3, "dead_lettered"),
    ]
    assert [entry.error_type for entry in entries] == ["SlowDown"] * 3
    assert example.replay("webhook-orders") == 1
    evidence.wait_until("it lands", lambda: "succeeded" in statuses(evidence, "o-outage"))
    assert [json.loads(record.text) for record in evidence.landed(evidence.run_token("s-1", "o-outage"))] == [order]


def test_everything_that_was_accepted_is_accounted_for(example: Trial, shop: OrderSender, evidence: Evidence) -> None:
    assert shop.send({**ORDER, "order_id": "o-bad", "lines": []}, SHOP).status == 202
    evidence.wait_until("it is quarantined", lambda: statuses(evidence, "o-bad") == ["quarantined"])
    evidence.wait_until_quiet()
    found = example.reconcile("webhook-orders")
    assert found.unexplained == ()
    assert found.accepted == sum(found.counts.values()) - found.replays
    assert (found.counts["succeeded"], found.counts["duplicate"], found.counts["quarantined"]) == (2, 1, 1)
