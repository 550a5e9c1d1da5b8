"""A request that reads is answered anew each time: no claim, no kept response, one entry."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.faults import Crash, Fault, always, at
from functions.contract.environment import RequestSettings
from functions.contract.ledger import Status
from functions.runtime import Recoverable, Refused, Response, Run
from functions.runtime.response import MAX_BYTES, MAX_READ_BYTES
from tests.runtime.fakes import LEDGER, STATE, World
from tests.runtime.test_synchronous import Client

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATH = {"order_id": "o-1"}
PARAMETERS = {
    "type": "object",
    "properties": {
        "path": {"properties": {"order_id": {"type": "string", "pattern": "^o-[0-9]+$"}}},
        "query": {"properties": {"fields": {"enum": ["status", "all"]}}, "additionalProperties": False},
    },
}


def reader(handler: Callable[[Any, Run], object], **changes: Any) -> Client:
    return Client(World(handler, mode="read", queue_url="", dlq_url="", outputs=(), **changes))


def get(shop: Client, **event: Any) -> dict[str, Any]:
    return shop.post("", **{"pathParameters": PATH, **event})


def order(_body: Any, run: Run) -> object:
    return {"order": run.record["path"]["order_id"], "query": run.record["query"]}


def test_a_read_is_answered_with_one_write_and_leaves_no_claim() -> None:
    shop = reader(order)
    answer = get(shop, queryStringParameters={"fields": "all"})
    assert (answer["statusCode"], answer["body"]) == (200, {"order": "o-1", "query": {"fields": "all"}})
    assert shop.world.calls.names == ["BatchExecuteStatement"]
    assert shop.world.dynamodb.items(STATE) == []
    (entry,) = shop.world.entries()
    assert (entry.status, entry.run_id, entry.attempt) == (Status.SUCCEEDED, "request-1.1", 1)


def test_the_same_read_again_is_answered_anew() -> None:
    prices = [3, 4]
    shop = reader(lambda body, run: {"price": prices.pop(0)})
    assert [get(shop)["body"]["price"] for _ in range(2)] == [3, 4]
    assert shop.world.statuses() == ["succeeded", "succeeded"]
    assert "idempotent-replayed" not in get(reader(order))["headers"]


def test_a_request_id_that_comes_twice_is_answered_both_times() -> None:
    shop = reader(order)
    answers = [get(shop, requestContext={"requestId": "same", "timeEpoch": 1_700_000_000_000}) for _ in range(2)]
    assert [answer["statusCode"] for answer in answers] == [200, 200]
    assert answers[0]["body"] == answers[1]["body"]


def test_a_refusal_has_the_status_and_the_words_of_the_handler() -> None:
    def missing(_body: Any, _run: Run) -> object:
        raise Refused(404, "order-unknown", "there is no such order")

    shop = reader(missing)
    answer = get(shop)
    assert answer["statusCode"] == 404
    assert answer["body"]["error"] == {"code": "order-unknown", "message": "there is no such order"}
    assert answer["body"]["request_id"] == "request-1"
    assert "retry-after" not in answer["headers"]
    (entry,) = shop.world.entries()
    assert (entry.status, entry.error_type) == (Status.REJECTED, "order-unknown")


def test_a_read_that_failed_succeeds_when_it_is_sent_again() -> None:
    failing = [Recoverable("later")]

    def flaky(body: Any, run: Run) -> object:
        if failing:
            raise failing.pop()
        return order(body, run)

    shop = reader(flaky)
    assert [get(shop)["statusCode"] for _ in range(2)] == [503, 200]
    assert shop.world.statuses() == ["failed", "succeeded"]


@pytest.mark.parametrize(
    ("event", "place"),
    [
        ({"pathParameters": {"order_id": "a secret"}}, "request.path.order_id breaks pattern"),
        ({"queryStringParameters": {"colour": "red"}}, "request.query.* breaks not"),
    ],
)
def test_parameters_that_break_their_contract_are_refused_without_their_values(
    tmp_path: Path, event: dict[str, Any], place: str
) -> None:
    (tmp_path / "parameters.json").write_text(json.dumps(PARAMETERS), encoding="utf-8")
    shop = reader(order, request=RequestSettings(parameters="parameters.json"))
    shop.world.folder = tmp_path
    answer = get(shop, **event)
    assert answer["statusCode"] == 400
    assert answer["body"]["error"] == {"code": "parameters-broken", "message": place}
    assert get(shop)["statusCode"] == 200
    assert shop.world.statuses() == ["rejected", "succeeded"]


def test_a_read_may_answer_with_more_than_a_kept_response_holds_but_not_with_more_than_lambda_sends() -> None:
    assert get(reader(lambda body, run: "x" * (MAX_BYTES + 1)))["statusCode"] == 200
    assert get(reader(lambda body, run: "x" * (MAX_READ_BYTES + 1)))["statusCode"] == 500


def test_a_status_that_the_handler_returns_is_a_read_that_succeeded() -> None:
    shop = reader(lambda body, run: Response({"reason": "unknown"}, 404))
    assert get(shop)["statusCode"] == 404
    assert shop.world.statuses() == ["succeeded"]


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_of_its_one_call_costs_a_read_one_more_asking(fault: Fault) -> None:
    shop = reader(order)
    shop.world.calls.plan = at(0, fault)
    with suppress(Crash):
        assert get(shop)["statusCode"] in {200, 503}
    shop.world.calls.plan = lambda index, name: None
    assert get(shop)["statusCode"] == 200
    assert shop.world.dynamodb.items(STATE) == []


def test_a_read_that_leaves_no_evidence_is_not_answered() -> None:
    shop = reader(order)
    shop.world.calls.plan = always("BatchExecuteStatement")
    answer = get(shop)
    assert (answer["statusCode"], "retry-after" in answer["headers"]) == (503, True)
    assert shop.world.dynamodb.items(LEDGER) == []
