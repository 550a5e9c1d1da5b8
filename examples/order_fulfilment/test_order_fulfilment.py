"""A declined payment is tried three times and cancels the order; a mail that fails is a warning and no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.local.stub_api import StubAnswer, StubApi, StubRequest
from functions.contract.ledger import Status
from functions.runtime.stores.values import from_attributes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.local.trial import Trial
    from constructs_lib.local.workflow_runs import WorkflowRuns

ORDER: dict[str, Any] = json.loads((Path(__file__).parent / "events" / "order.json").read_text())
NAME = "order-fulfilment"
STOCK, ORDERS = f"{NAME}-dev-stock", f"{NAME}-dev-orders"


def payment_answer(request: StubRequest) -> StubAnswer:
    poor = request.json()["order_id"] == "o-poor"
    return StubAnswer(402) if poor else StubAnswer(201, {"charge_id": "c-" + request.json()["order_id"]})


def mail_answer(request: StubRequest) -> StubAnswer:
    return StubAnswer(503) if request.json()["order_id"] == "o-unheard" else StubAnswer(202, {})


@pytest.fixture(scope="module")
def provider(example: Trial) -> Iterator[StubApi]:
    with StubApi(payment_answer) as api:
        api.introduce(example.session.aws, "payment-provider")
        yield api


@pytest.fixture(scope="module")
def mails(example: Trial) -> Iterator[StubApi]:
    with StubApi(mail_answer) as api:
        api.introduce(example.session.aws, "mail-service")
        yield api


@pytest.fixture(scope="module")
def runs(example: Trial, provider: StubApi, mails: StubApi) -> WorkflowRuns:
    example.client("dynamodb").put_item(TableName=STOCK, Item={"sku": {"S": "kettle"}, "left": {"N": "10"}})
    return example.runs(NAME)


def fulfil(example: Trial, runs: WorkflowRuns, order_id: str, **fields: Any) -> tuple[str, Status]:
    """Send an order and wait for the end of its run; return its run token, and how it ended."""
    example.send(NAME, {**ORDER, "order_id": order_id, **fields})
    token = example.evidence(NAME).run_token(order_id)
    return token, runs.wait_until_ended(token)


def item(example: Trial, table: str, **key: str) -> dict[str, Any]:
    attributes = {name: {"S": value} for name, value in key.items()}
    return from_attributes(example.client("dynamodb").get_item(TableName=table, Key=attributes).get("Item", {}))


def charges(provider: StubApi, order_id: str) -> list[str]:
    """Return under which key each charge of an order was tried."""
    return [one.headers["idempotency-key"] for one in provider.requests if one.json()["order_id"] == order_id]


def test_a_good_order_goes_through_every_step_once(example: Trial, runs: WorkflowRuns, provider: StubApi) -> None:
    before = item(example, STOCK, sku="kettle")["left"]
    token, end = fulfil(example, runs, "o-good")
    assert end is Status.SUCCEEDED
    names = ("validate", "reserve", "charge", "confirm", "mail")
    assert runs.steps(token) == tuple((name, Status.SUCCEEDED) for name in names)
    assert runs.execution(token).output == {"order_id": "o-good", "warnings": 0}
    assert item(example, ORDERS, order_id="o-good") == {
        "order_id": "o-good",
        "state": "confirmed",
        "charge": "c-o-good",
    }
    assert item(example, STOCK, sku="kettle")["left"] == before - 2
    assert len(charges(provider, "o-good")) == 1


def test_an_order_that_is_sent_twice_runs_once(example: Trial, runs: WorkflowRuns, provider: StubApi) -> None:
    token, _ = fulfil(example, runs, "o-twice")
    example.send(NAME, {**ORDER, "order_id": "o-twice"})
    evidence = example.evidence(NAME)
    evidence.wait_until("the repeat is found", lambda: bool(evidence.entries(token, Status.DUPLICATE)))
    assert len(charges(provider, "o-twice")) == 1
    assert len(evidence.entries(token, Status.SUCCEEDED)) == 1


def test_a_payment_that_is_declined_three_times_cancels_the_order(
    example: Trial, runs: WorkflowRuns, provider: StubApi
) -> None:
    before = item(example, STOCK, sku="kettle")
    token, end = fulfil(example, runs, "o-poor")
    assert end is Status.DEAD_LETTERED
    assert len(charges(provider, "o-poor")) == 3
    assert len(set(charges(provider, "o-poor"))) == 1
    assert runs.steps(token) == (
        ("validate", Status.SUCCEEDED),
        ("reserve", Status.SUCCEEDED),
        *[("charge", Status.FAILED)] * 3,
        ("cancel", Status.SUCCEEDED),
        ("reserve_undo", Status.UNDONE),
    )
    assert item(example, ORDERS, order_id="o-poor") == {
        "order_id": "o-poor",
        "state": "cancelled",
        "reason": "PaymentDeclined",
    }
    assert item(example, STOCK, sku="kettle")["left"] == before["left"]
    execution = runs.execution(token)
    assert (execution.status, execution.error) == ("FAILED", "OrderCancelled")
    (letter,) = example.evidence(NAME).dead_letters(token)
    assert letter.error_type == "OrderCancelled"


def test_an_order_whose_mail_fails_succeeds_with_a_warning(example: Trial, runs: WorkflowRuns, mails: StubApi) -> None:
    token, end = fulfil(example, runs, "o-unheard")
    assert end is Status.SUCCEEDED
    assert runs.steps(token)[-3:] == (("mail", Status.FAILED), ("mail", Status.FAILED), ("mail", Status.WARNED))
    assert len([one for one in mails.requests if one.json()["order_id"] == "o-unheard"]) == 2
    assert runs.execution(token).output == {"order_id": "o-unheard", "warnings": 1}
    assert item(example, ORDERS, order_id="o-unheard")["state"] == "confirmed"


def test_what_no_retry_cures_is_tried_once(example: Trial, runs: WorkflowRuns, provider: StubApi) -> None:
    token, end = fulfil(example, runs, "o-many", quantity=101)
    assert end is Status.DEAD_LETTERED
    assert runs.steps(token) == (("validate", Status.FAILED),)
    assert runs.execution(token).error == "Permanent"
    token, end = fulfil(example, runs, "o-all", quantity=99)
    assert end is Status.DEAD_LETTERED
    assert runs.steps(token) == (("validate", Status.SUCCEEDED), ("reserve", Status.FAILED))
    assert charges(provider, "o-all") == []


def test_each_step_has_a_role_that_reaches_its_own_stores_alone(example: Trial, runs: WorkflowRuns) -> None:
    fulfil(example, runs, "o-role")
    plan, aws = example.plans[NAME], example.session.aws
    for function, store, other in (("reserve", STOCK, ORDERS), ("confirm", ORDERS, STOCK)):
        table = aws.client_as("dynamodb", example.session.worker_of(plan, function))
        key = {"sku" if store == STOCK else "order_id": {"S": "x"}}
        table.put_item(TableName=store, Item=key)
        with pytest.raises(ClientError, match="AccessDenied"):
            table.put_item(TableName=other, Item={"sku": {"S": "x"}, "order_id": {"S": "x"}})
