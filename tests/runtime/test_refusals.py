"""``Refused`` answers a request with a status of its own, and gives a record of a queue up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.runtime import Refused, Run
from tests.runtime.fakes import STATE, World
from tests.runtime.test_synchronous import client


def refusing(*refusals: Refused) -> Any:
    left = list(refusals)

    def handler(order: Any, run: Run) -> object:
        run.outputs.raw.put(order)
        if left:
            raise left.pop(0)
        return "done"

    return handler


def test_a_refused_request_lands_nothing_and_may_be_sent_again() -> None:
    shop = client(refusing(Refused(409, "sold-out")))
    answer = shop.post()
    assert (answer["statusCode"], answer["body"]["error"]) == (409, {"code": "sold-out", "message": "sold-out"})
    assert shop.world.landed() == []
    assert shop.post()["body"] == "done"
    assert shop.world.statuses() == ["rejected", "succeeded"]
    assert len(shop.world.landed()) == 1


@pytest.mark.parametrize(
    ("status", "given", "told"),
    [(429, None, "1"), (503, 2.5, "3"), (409, None, None), (409, 7, "7"), (503, float("nan"), "1")],
)
def test_a_refusal_says_when_to_come_again(status: int, given: float | None, told: str | None) -> None:
    shop = client(refusing(Refused(status, "busy", retry_after=given)))
    assert shop.post()["headers"].get("retry-after") == told


@pytest.mark.parametrize(
    ("status", "code"), [(399, "busy"), (600, "busy"), (True, "busy"), (404, "Not Found"), (404, "")]
)
def test_a_refusal_that_is_none_is_a_fault_of_the_handler(status: Any, code: str) -> None:
    def handler(_order: Any, _run: Run) -> object:
        raise Refused(status, code)

    with pytest.raises(ValueError, match=r"status|code"):
        Refused(status, code)
    assert client(handler).post()["statusCode"] == 500


def test_a_secret_in_a_refusal_reaches_neither_the_caller_nor_the_ledger() -> None:
    def handler(_order: Any, run: Run) -> object:
        raise Refused(422, "crm-refused", f"the token {run.secrets['crm']} is no good")

    shop = client(handler, secrets=("crm",))
    shop.world.secrets = {"crm": "s3cr3t-of-the-crm"}
    answer = shop.post()
    assert answer["body"]["error"]["message"] == "the token *** is no good"
    assert (
        "s3cr3t" not in json.dumps([entry.error_message for entry in shop.world.entries()]) + shop.world.log.getvalue()
    )


def test_a_record_of_a_queue_that_is_refused_is_given_up_with_the_code() -> None:
    world = World(refusing(Refused(404, "order-unknown")))
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert world.statuses() == ["dead_lettered"]
    (letter,) = world.dead_letters()
    assert json.loads(letter.attributes["failure"]["StringValue"])["error_type"] == "order-unknown"
    assert world.dynamodb.items(STATE) != []
