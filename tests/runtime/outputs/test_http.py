"""Requests keep to the rate, are tried again where that may help, and else are given up with the reason."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.faults import Fault
from functions.contract.environment import OutputSettings
from functions.contract.identity import run_token
from functions.contract.ledger import Status
from functions.runtime.http_client import Answer
from tests.runtime.fakes import World, orders

if TYPE_CHECKING:
    from functions.runtime import Run

OPTIONS = {"method": "POST", "timeout": 5, "id_header": "Idempotency-Key"}
URL = "https://api.example.com/v1/orders"


def put(order: Any, run: Run) -> None:
    run.outputs.crm.put(order)


def world_of(handler: Any = put, url: str = URL, timeout: float = 30.0, **options: Any) -> World:
    world = World(handler, timeout, outputs=(OutputSettings("crm", "http", url, {**OPTIONS, **options}),))
    world.secrets = {"crm-key": "s3cret-value"}
    return world


def answering(world: World, *answers: Answer) -> None:
    """Answer the first requests so, and the rest with 200."""
    waiting = list(answers)
    world.clients.http.answer = lambda _asked: waiting.pop(0) if waiting else Answer(200, {})


def test_one_request_says_what_was_put_and_by_which_id() -> None:
    world = world_of()
    world.send({"order_id": "o-1"})
    world.deliver()
    (asked,) = world.clients.http.asked
    assert (asked.host, asked.method, asked.target) == ("api.example.com", "POST", "/v1/orders")
    assert json.loads(asked.body) == {"order_id": "o-1"}
    assert asked.headers["Idempotency-Key"] == f"{run_token('shop-orders', ('o-1',))}-0"
    assert asked.headers["Content-Type"] == "application/json"


def test_parameters_stay_one_part_of_the_path() -> None:
    handler = lambda order, run: run.outputs.crm.put(order, path={"id": order["order_id"]})  # noqa: E731
    world = world_of(handler, "https://api.example.com/v1/{id}/orders?full=1")
    world.send({"order_id": "a/../b?c#d é"})
    world.deliver()
    assert world.clients.http.asked[0].target == "/v1/a%2F..%2Fb%3Fc%23d%20%C3%A9/orders?full=1"


@pytest.mark.parametrize("path", [{}, {"id": ""}, {"id": ".."}, {"id": "x", "more": "y"}, {"id": "x" * 3000}], ids=str)
def test_parameters_that_lead_elsewhere_give_the_record_up(path: dict[str, str]) -> None:
    world = world_of(lambda order, run: run.outputs.crm.put(order, path=path), "https://api.example.com/{id}")
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert [entry.error_type for entry in world.entries(Status.DEAD_LETTERED)] == ["OutputMisuse"]
    assert world.clients.http.asked == []


def test_requests_of_a_worker_are_its_interval_apart() -> None:
    world = world_of(interval=2.0)
    world.send(*orders(5))
    world.deliver()
    times = [asked.at for asked in world.clients.http.asked]
    assert [later - earlier for earlier, later in itertools.pairwise(times)] == [2.0] * 4


def test_what_the_time_does_not_suffice_for_goes_back_without_an_attempt() -> None:
    world = world_of(interval=4.0, timeout=10.0)
    world.send(*orders(5))
    world.deliver()
    sent = len(world.clients.http.asked)
    assert 1 <= sent < 5
    assert world.statuses() == ["succeeded"] * sent
    world.until_quiet()
    assert world.statuses() == ["succeeded"] * 5
    assert {entry.attempt for entry in world.entries()} == {1}
    assert len(world.clients.http.asked) == 5


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_what_may_succeed_later_is_tried_again_under_the_same_id(status: int) -> None:
    world = world_of()
    answering(world, Answer(status, {}))
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert world.statuses() == ["failed", "succeeded"]
    assert len({asked.headers["Idempotency-Key"] for asked in world.clients.http.asked}) == 1
    assert world.entries(Status.FAILED)[0].error_type == f"http-{status}"


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_an_endpoint_that_asks_for_less_is_left_alone_for_as_long_as_it_says(form: str) -> None:
    world = world_of()
    later = datetime.fromtimestamp(world.clock.now(), UTC) + timedelta(seconds=60)
    answering(world, Answer(429, {"Retry-After": "60" if form == "seconds" else format_datetime(later, usegmt=True)}))
    world.send(*orders(3))
    world.deliver()
    assert len(world.clients.http.asked) == 1
    assert world.statuses() == ["failed"]
    assert {world.sqs.delays[f"message-{number}"] for number in (1, 2, 3)} == {60}
    world.until_quiet()
    assert world.clients.http.asked[1].at - world.clients.http.asked[0].at >= 60
    assert sorted(entry.attempt for entry in world.entries(Status.SUCCEEDED)) == [1, 1, 2]


@pytest.mark.parametrize("status", [301, 302, 400, 404, 409, 422])
def test_what_is_refused_is_given_up_at_once_with_the_reason_and_without_the_answers_words(status: int) -> None:
    world = world_of()
    world.clients.http.answer = lambda asked: Answer(status, {"Location": "https://elsewhere.example.com"})
    world.send({"order_id": "o-1"})
    world.until_quiet()
    (letter,) = world.entries(Status.DEAD_LETTERED)
    assert (letter.error_type, letter.attempt) == (f"http-{status}", 1)
    assert str(letter.error_message).startswith(f"crm: POST was answered by {status}")
    assert len(world.clients.http.asked) == 1
    assert "elsewhere" not in world.log.getvalue()


def test_a_status_that_is_declared_to_mean_later_is_tried_again() -> None:
    world = world_of(retry_statuses=[409])
    answering(world, Answer(409, {}))
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert world.statuses() == ["failed", "succeeded"]


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"type": "bearer"}, "Authorization", "Bearer s3cret-value"),
        ({"type": "header", "header": "X-Api-Key"}, "X-Api-Key", "s3cret-value"),
        ({"type": "basic"}, "Authorization", "Basic czNjcmV0LXZhbHVl"),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else "",
)
def test_the_key_is_sent_and_never_said(auth: dict[str, str], header: str, value: str) -> None:
    world = world_of(auth={**auth, "secret": "crm-key"})
    world.clients.http.answer = lambda asked: Answer(403, {})
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert world.clients.http.asked[0].headers[header] == value
    told = world.log.getvalue() + "".join(map(repr, world.entries()))
    assert "s3cret-value" not in told
    assert "czNjcmV0" not in told


def test_a_key_that_was_rotated_is_read_anew_within_the_same_attempt() -> None:
    world = world_of(auth={"type": "bearer", "secret": "crm-key"})

    def answer(asked: Any) -> Answer:
        if asked.headers["Authorization"] == "Bearer new":
            return Answer(200, {})
        world.secrets["crm-key"] = "new"
        return Answer(401, {})

    world.clients.http.answer = answer
    world.send({"order_id": "o-1"})
    world.deliver()
    assert world.statuses() == ["succeeded"]


def test_a_key_that_stays_refused_spends_two_tries() -> None:
    world = world_of(auth={"type": "bearer", "secret": "crm-key"})
    world.clients.http.answer = lambda asked: Answer(401, {})
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert world.statuses() == ["dead_lettered", "failed"]


def test_a_connection_that_breaks_is_tried_again() -> None:
    world = world_of()
    broken = [True]
    world.calls.plan = lambda _index, name: (
        Fault.LOST_ANSWER if name == "HttpRequest" and broken and broken.pop() else None
    )
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert world.statuses() == ["failed", "succeeded"]
    assert world.clients.sent.differing() == []
    assert len(world.clients.sent.arrivals) == 2
