"""A synchronous request is answered by its handler, once; the same request again is answered with the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.faults import Crash, Fault, always, at
from functions.contract.ledger import Status
from functions.runtime import Permanent, Recoverable, Response, Run, Throttled
from functions.runtime.response import MAX_BYTES
from tests.runtime.fakes import STATE, World, contract

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ORDER = {"order_id": "o-1", "total": 3}


@dataclass
class Client:
    """Sends requests to one route and keeps what the handler was called with."""

    world: World
    sent: int = 0

    def post(self, body: Any = ORDER, **event: Any) -> dict[str, Any]:
        self.sent += 1
        text = body if isinstance(body, str) else json.dumps(body)
        context = {"requestId": f"request-{self.sent}", "timeEpoch": 1_700_000_000_000}
        answer = self.world.ask({"body": text, "requestContext": context, **event})
        return {**answer, "body": json.loads(answer["body"]) if answer["body"] else None}


def client(handler: Callable[[Any, Run], object], **changes: Any) -> Client:
    return Client(World(handler, mode="sync", queue_url="", dlq_url="", **changes))


def counting() -> tuple[list[str], Callable[[Any, Run], object]]:
    calls: list[str] = []

    def handler(order: Any, run: Run) -> object:
        calls.append(run.run_id)
        run.outputs.raw.put(order)
        return {"accepted": order["order_id"], "call": len(calls)}

    return calls, handler


def test_what_the_handler_returns_is_the_response() -> None:
    calls, handler = counting()
    shop = client(handler)
    answer = shop.post()
    assert (answer["statusCode"], answer["body"]) == (200, {"accepted": "o-1", "call": 1})
    assert answer["headers"] == {"content-type": "application/json"}
    assert shop.world.statuses() == ["succeeded"]
    assert len(shop.world.landed()) == 1
    assert calls == ["request-1.1"]


def test_the_same_request_again_is_answered_with_the_kept_response_and_has_no_effect() -> None:
    calls, handler = counting()
    shop = client(handler)
    first, second = shop.post(), shop.post()
    assert second["body"] == first["body"]
    assert second["headers"]["idempotent-replayed"] == "true"
    assert len(calls) == 1
    assert shop.world.statuses() == ["duplicate", "succeeded"]
    assert len(shop.world.landed()) == 1


def test_the_same_key_with_another_payload_is_reported_and_refused() -> None:
    calls, handler = counting()
    shop = client(handler)
    shop.post()
    answer = shop.post({**ORDER, "total": 4})
    assert (answer["statusCode"], answer["body"]["error"]["code"]) == (422, "payload-differs")
    assert len(calls) == 1
    (duplicate,) = shop.world.entries(Status.DUPLICATE)
    assert duplicate.error_type == "payload-differs"


def test_a_request_that_is_being_processed_is_told_to_come_back() -> None:
    answers: list[dict[str, Any]] = []

    def handler(order: Any, run: Run) -> object:
        if not answers:
            answers.append(shop.post())
        return "done"

    shop = client(handler)
    assert shop.post()["body"] == "done"
    assert (answers[0]["statusCode"], answers[0]["body"]["error"]["code"]) == (409, "in-flight")
    assert 0 < int(answers[0]["headers"]["retry-after"]) <= shop.world.timeout + 2


def test_a_status_of_the_handlers_own_is_kept_like_any_other_response() -> None:
    shop = client(lambda order, run: Response({"reason": "unknown shop"}, 404))
    answers = [shop.post(), shop.post()]
    assert [answer["statusCode"] for answer in answers] == [404, 404]
    assert answers[0]["body"] == answers[1]["body"] == {"reason": "unknown shop"}


def test_nothing_returned_is_no_content() -> None:
    shop = client(lambda order, run: None)
    assert [shop.post()["statusCode"] for _ in range(2)] == [204, 204]


@pytest.mark.parametrize(
    ("error", "status", "code", "waits"),
    [
        (Permanent("never"), 422, "not-processable", False),
        (Recoverable("later"), 503, "temporarily-unavailable", True),
        (Throttled(retry_after=7), 503, "temporarily-unavailable", True),
        (ValueError("a fault of the code"), 500, "failed", False),
    ],
)
def test_a_failure_is_told_by_kind_and_the_request_can_be_sent_again(
    error: Exception, status: int, code: str, *, waits: bool
) -> None:
    failing = [error]

    def handler(order: Any, run: Run) -> object:
        if failing:
            raise failing.pop()
        return "done"

    shop = client(handler)
    answer = shop.post()
    assert (answer["statusCode"], answer["body"]["error"]["code"]) == (status, code)
    assert ("retry-after" in answer["headers"]) is waits
    assert str(error) == "" or str(error) not in json.dumps(answer)
    assert shop.post()["body"] == "done"
    assert shop.world.statuses() == ["failed", "succeeded"]
    assert shop.world.dead_letters() == []


def test_a_request_that_is_no_json_or_has_no_key_is_rejected_with_evidence() -> None:
    calls, handler = counting()
    shop = client(handler)
    answers = [shop.post("no json"), shop.post({"total": 3})]
    assert [answer["statusCode"] for answer in answers] == [400, 422]
    assert [answer["body"]["error"]["code"] for answer in answers] == ["body-not-json", "key-missing"]
    assert (calls, shop.world.statuses()) == ([], ["rejected", "rejected"])
    assert shop.world.s3.objects == {}


def test_a_request_that_breaks_its_contract_is_told_where_and_not_what(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"total": {"type": "number"}}}
    (tmp_path / "order.json").write_text(json.dumps(schema), encoding="utf-8")
    shop = client(lambda order, run: "done", contract=contract())
    shop.world.folder = tmp_path
    answer = shop.post({"order_id": "o-1", "total": "a secret"})
    assert (answer["statusCode"], answer["body"]["error"]["code"]) == (422, "contract-broken")
    assert "total" in answer["body"]["error"]["message"]
    assert "a secret" not in json.dumps(answer)


def test_the_key_may_stand_in_a_header() -> None:
    _, handler = counting()
    shop = client(handler)
    shop.world.settings = shop.world.settings.__class__(
        **{
            **vars(shop.world.settings),
            "idempotency": type(shop.world.settings.idempotency)(('headers."x-key"',), 9_999),
        }
    )
    answers = [shop.post(headers={"X-Key": key}) for key in ("a", "a", "b")]
    assert [answer["body"]["call"] for answer in answers] == [1, 1, 2]


@pytest.mark.parametrize("result", [object(), "x" * (MAX_BYTES + 1), Response(status=99)])
def test_a_response_that_cannot_be_kept_is_a_fault_of_the_handler(result: object) -> None:
    shop = client(lambda order, run: result)
    assert shop.post()["statusCode"] == 500
    assert shop.world.statuses() == ["failed"]


def test_a_response_that_is_not_kept_any_more_is_said_to_be_gone() -> None:
    calls, handler = counting()
    shop = client(handler)
    shop.post()
    (claim,) = shop.world.dynamodb.items(STATE)
    del claim["result"]
    answer = shop.post()
    assert (answer["statusCode"], answer["body"]["error"]["code"]) == (409, "response-gone")
    assert len(calls) == 1


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("index", range(5))
def test_a_fault_at_any_call_leaves_one_effect_and_one_response(index: int, fault: Fault) -> None:
    _, handler = counting()
    shop = client(handler)
    shop.world.calls.plan = at(index, fault)
    answers = []
    for _ in range(4):
        try:
            answers.append(shop.post())
        except Crash:
            shop.world.clock.advance(1)
        shop.world.clock.advance(shop.world.timeout + 3)
        shop.world.calls.plan = lambda index, name: None
    good = [answer["body"] for answer in answers if answer["statusCode"] == 200]
    assert good
    assert all(body == good[0] for body in good)
    assert len(shop.world.entries(Status.SUCCEEDED)) == len(shop.world.landed()) == 1
    assert {answer["statusCode"] for answer in answers} <= {200, 503}


def test_a_store_that_is_down_is_answered_and_nothing_is_kept() -> None:
    shop = client(lambda order, run: "done")
    shop.world.calls.plan = always("BatchExecuteStatement")
    answer = shop.post()
    assert (answer["statusCode"], "retry-after" in answer["headers"]) == (503, True)
