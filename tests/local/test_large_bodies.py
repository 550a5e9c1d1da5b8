"""A signed body that no message holds lands whole on the embedded AWS, also out of the dead-letter queue."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local.trial import Trial
from functions.contract.message import MAX_MESSAGE_BYTES

if TYPE_CHECKING:
    from constructs_lib.local.session import LocalSession

SHOP = {"shop_id": "s-1"}


@pytest.fixture(scope="module")
def trial(empty_session: LocalSession, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return Trial.of(Path(__file__).parent / "large", empty_session, tmp_path_factory.mktemp("large"))


def order(order_id: str, **more: Any) -> dict[str, Any]:
    return {"order_id": order_id, "note": "x" * (MAX_MESSAGE_BYTES + 1000), **more}


def landed(trial: Trial, order_id: str) -> list[Any]:
    evidence = trial.evidence("large-orders")
    token = evidence.run_token("s-1", order_id)
    evidence.wait_until("it lands", lambda: bool(evidence.landed(token)))
    return [json.loads(record.text) for record in evidence.landed(token)]


def test_a_large_body_lands_whole_and_once(trial: Trial) -> None:
    sender = trial.session.sender(trial.plans["large-orders"])
    assert [sender.send(order("o-1"), SHOP, age=age).status for age in (0, 1)] == [202, 202]
    assert landed(trial, "o-1") == [order("o-1")]
    evidence = trial.evidence("large-orders")
    assert len(evidence.objects("large")) == 2
    evidence.wait_until_quiet()
    statuses = [entry.status.value for entry in evidence.entries(evidence.run_token("s-1", "o-1"))]
    assert statuses == ["succeeded", "duplicate"]


def test_a_large_dead_letter_is_replayed_and_all_is_accounted_for(trial: Trial) -> None:
    held = order("o-2", held=True)
    assert trial.session.sender(trial.plans["large-orders"]).send(held, SHOP).status == 202
    evidence = trial.evidence("large-orders")
    token = evidence.run_token("s-1", "o-2")
    evidence.wait_until("it is given up", lambda: bool(evidence.dead_letters(token)))
    assert trial.replay("large-orders") == 1
    assert landed(trial, "o-2") == [held]
    evidence.wait_until_quiet()
    found = trial.reconcile("large-orders")
    assert found.unexplained == ()


def test_a_body_above_the_limit_is_answered_413(trial: Trial) -> None:
    huge = {"order_id": "o-3", "note": "x" * 4_000_000}
    assert trial.session.sender(trial.plans["large-orders"]).send(huge, SHOP).status == 413
