"""An order is confirmed when payment and inventory have succeeded; when one fails, the other is taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.ledger import Status
from functions.runtime.stores.values import from_attributes

if TYPE_CHECKING:
    from constructs_lib.local.trial import Trial
    from constructs_lib.local.workflow_runs import WorkflowRuns

ORDER: dict[str, Any] = json.loads((Path(__file__).parent / "events" / "order.json").read_text())
NAME = "order-checkout"


def item(example: Trial, table: str, **key: str) -> dict[str, Any]:
    attributes = {name: {"S": value} for name, value in key.items()}
    found = example.client("dynamodb").get_item(TableName=f"{NAME}-dev-{table}", Key=attributes)
    return from_attributes(found.get("Item", {}))


@pytest.fixture(scope="module")
def runs(example: Trial) -> WorkflowRuns:
    put = example.client("dynamodb").put_item
    for customer, cents in (("ann", "5000"), ("bob", "5")):
        put(TableName=f"{NAME}-dev-accounts", Item={"customer": {"S": customer}, "cents": {"N": cents}})
    for sku, pieces in (("kettle", "3"), ("teapot", "0")):
        stock = {"sku": {"S": sku}, "pieces": {"N": pieces}, "shelf": {"S": "a-1"}}
        put(TableName=f"{NAME}-dev-stock", Item=stock)
    return example.runs(NAME)


def check_out(example: Trial, runs: WorkflowRuns, order_id: str, **fields: Any) -> tuple[str, Status]:
    """Send an order and wait for the end of its run; return its run token, and how it ended."""
    example.send(NAME, {**ORDER, "order_id": order_id, **fields})
    token = example.evidence(NAME).run_token(order_id)
    return token, runs.wait_until_ended(token)


def test_an_order_with_both_is_confirmed(example: Trial, runs: WorkflowRuns) -> None:
    token, end = check_out(example, runs, "o-both")
    assert end is Status.SUCCEEDED
    steps = runs.steps(token)
    assert sorted(steps[:2]) == [("pay", Status.SUCCEEDED), ("pick", Status.SUCCEEDED)]
    assert steps[2:] == (("confirm", Status.SUCCEEDED),)
    assert item(example, "orders", order_id="o-both") == {"order_id": "o-both", "paid": 1250, "shelf": "a-1"}
    assert runs.execution(token).output == {"order_id": "o-both"}


def test_an_order_without_a_piece_is_not_confirmed_and_its_payment_is_given_back(
    example: Trial, runs: WorkflowRuns
) -> None:
    before = item(example, "accounts", customer="ann")["cents"]
    token, end = check_out(example, runs, "o-empty", sku="teapot")
    assert end is Status.DEAD_LETTERED
    steps = runs.steps(token)
    assert sorted(steps[:2]) == [("pay", Status.SUCCEEDED), ("pick", Status.FAILED)]
    assert steps[2:] == (("pay_undo", Status.UNDONE),)
    account = item(example, "accounts", customer="ann")
    assert (account["cents"], "for-o-empty" in account) == (before, False)
    assert item(example, "orders", order_id="o-empty") == {}
    assert runs.execution(token).error == "Permanent"
    (letter,) = example.evidence(NAME).dead_letters(token)
    assert "no teapot left" in letter.error_message


def test_an_order_without_money_is_not_confirmed_and_its_piece_is_put_back(example: Trial, runs: WorkflowRuns) -> None:
    before = item(example, "stock", sku="kettle")["pieces"]
    token, end = check_out(example, runs, "o-poor", customer="bob")
    assert end is Status.DEAD_LETTERED
    assert runs.steps(token)[2:] == (("pick_undo", Status.UNDONE),)
    assert item(example, "stock", sku="kettle")["pieces"] == before
    assert item(example, "accounts", customer="bob")["cents"] == 5
    assert item(example, "orders", order_id="o-poor") == {}


def test_a_letter_that_is_replayed_once_there_is_stock_is_a_run_of_its_own(example: Trial, runs: WorkflowRuns) -> None:
    token, _ = check_out(example, runs, "o-later", sku="jug")
    stock = {"sku": {"S": "jug"}, "pieces": {"N": "1"}, "shelf": {"S": "b-2"}}
    example.client("dynamodb").put_item(TableName=f"{NAME}-dev-stock", Item=stock)
    assert example.replay(NAME) >= 1
    evidence = example.evidence(NAME)
    evidence.wait_until("the replay is confirmed", lambda: bool(item(example, "orders", order_id="o-later")))
    evidence.wait_until("its run ended", lambda: bool(evidence.entries(token, Status.SUCCEEDED)))
    assert item(example, "stock", sku="jug")["pieces"] == 0
    assert item(example, "accounts", customer="ann")["for-o-later"] == 1250
