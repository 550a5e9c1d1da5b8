"""What an exception means that nobody has declared, as the page on handlers says it."""

from __future__ import annotations

import email.message
import http.client
import socket
import urllib.error
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import requests
import urllib3
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, ParamValidationError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

import constructs_lib
from constructs_lib.drills.memory.faults import client_error
from functions.runtime import Permanent, Recoverable, Run, Throttled
from functions.runtime.failure import Failure, Verdict, classify
from functions.runtime.http_failures import MAX_RETRY_AFTER
from tests.runtime.fakes import World

NOW = 1_700_000_000.0
PAGE = (Path(constructs_lib.__file__).parents[1] / "docs/handlers.md").read_text(encoding="utf-8")


def of_requests(status: int, **headers: str) -> Exception:
    response = requests.Response()
    response.status_code = status
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return requests.HTTPError("refused", response=response)


def of_httpx(status: int, **headers: str) -> Exception:
    request = httpx.Request("GET", "https://example.com")
    response = httpx.Response(status, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return httpx.HTTPStatusError("refused", request=request, response=response)


def of_urllib(status: int, **headers: str) -> Exception:
    message = email.message.Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return urllib.error.HTTPError("https://example.com", status, "refused", message, None)


@dataclass
class ApiError(Exception):
    """As generated clients raise them: status and headers on the exception itself."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)


def of_client(status: int, **headers: str) -> Exception:
    return ApiError(status, {name.replace("_", "-"): value for name, value in headers.items()})


CONNECTION = urllib3.connection.HTTPConnection("localhost")
POOL = urllib3.HTTPConnectionPool("localhost")
LIBRARIES = [of_requests, of_httpx, of_urllib, of_client]
ROWS: dict[str, list[BaseException]] = {
    "AWS asks for less": [client_error("ThrottlingException"), client_error("SlowDown")],
    "AWS refuses the request itself": [client_error("ValidationException"), ParamValidationError(report="x")],
    "AWS refuses the caller, or does not know the resource": [
        client_error("AccessDenied"),
        client_error("AccessDeniedException"),
        client_error("NoSuchBucket"),
        client_error("ResourceNotFoundException"),
        NoCredentialsError(),
    ],
    "any other failure of an AWS call": [
        client_error("InternalServerError"),
        client_error("ConditionalCheckFailedException"),
        EndpointConnectionError(endpoint_url="http://localhost"),
        ReadTimeoutError(endpoint_url="http://localhost"),
    ],
    "HTTP 429, and 503 with `Retry-After`": [
        *(make(429) for make in LIBRARIES),
        *(make(503, Retry_After="1") for make in LIBRARIES),
    ],
    "HTTP 408, 425 and any other 5xx": [make(status) for make in LIBRARIES for status in (408, 425, 500, 502, 503)],
    "HTTP 401, 403, 407": [make(status) for make in LIBRARIES for status in (401, 403, 407)],
    "any other HTTP 4xx": [make(status) for make in LIBRARIES for status in (400, 404, 409, 410, 413, 422)],
    "no connection, or no answer in time": [
        TimeoutError(),
        ConnectionResetError(),
        socket.gaierror(),
        http.client.RemoteDisconnected(""),
        http.client.IncompleteRead(b""),
        urllib.error.URLError("no route"),
        requests.ConnectionError(),
        requests.Timeout(),
        httpx.ConnectTimeout(""),
        httpx.ReadError(""),
        urllib3.exceptions.NewConnectionError(CONNECTION, ""),
        urllib3.exceptions.MaxRetryError(POOL, ""),
        urllib3.exceptions.ReadTimeoutError(POOL, "", ""),
    ],
    "anything else": [
        KeyError("x"),
        ValueError("503"),
        SystemExit(404),
        type("CodedError", (Exception,), {"code": 404})(),
        type("OddError", (Exception,), {"status": "404"})(),
        of_client(302),
    ],
}
SAID = {Verdict.SLOW_DOWN: "slow down", Verdict.GIVE_UP: "give up", Verdict.RETRY: "retry"}


def in_words(failure: Failure) -> str:
    few = f" at most {failure.max_tries} times" if failure.max_tries else ""
    return SAID[failure.verdict] + few + ("" if failure.expected else ", logged as an error")


def table() -> dict[str, str]:
    lines = PAGE.split("| not declared | by default |", 1)[1].split("\n\n", 1)[0].splitlines()
    return dict(line.strip("| ").split(" | ") for line in lines if line.startswith("|") and "---" not in line)


def test_the_page_has_a_row_for_every_kind_of_error_and_no_other() -> None:
    assert list(table()) == list(ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_the_page_is_so_also_for_what_it_has_caused(row: str) -> None:
    wrapped = [RuntimeError("call failed") for _ in ROWS[row]]
    for outer, inner in zip(wrapped, ROWS[row], strict=True):
        outer.__cause__ = inner
    said = {in_words(classify(error, (), lambda: NOW)) for error in [*ROWS[row], *wrapped]}
    assert said == {table()[row]}


@pytest.mark.parametrize("make", LIBRARIES)
@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("7", 7),
        ("0.5", 0.5),
        (format_datetime(datetime.fromtimestamp(NOW + 90, UTC), usegmt=True), 90),
        (format_datetime(datetime.fromtimestamp(NOW - 90, UTC), usegmt=True), 0),
        ("86400", MAX_RETRY_AFTER),
        ("Fri, 31 Dec 9999 23:59:59 GMT", MAX_RETRY_AFTER),
    ],
)
def test_the_time_that_a_service_asks_for_is_obeyed_up_to_an_hour(make: Any, written: str, seconds: float) -> None:
    failure = classify(make(503, Retry_After=written), (), lambda: NOW)
    assert (failure.verdict, failure.retry_after) == (Verdict.SLOW_DOWN, seconds)


def test_a_date_is_held_against_the_clock_of_the_one_who_sent_it() -> None:
    dates = [format_datetime(datetime.fromtimestamp(NOW + seconds, UTC), usegmt=True) for seconds in (5000, 5030)]
    error = of_requests(429, Date=dates[0], Retry_After=dates[1])
    assert classify(error, (), lambda: NOW).retry_after == 30


@given(st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.none(), st.binary(), st.lists(st.text())))
def test_whatever_stands_in_the_header_is_a_delay_or_left_to_the_backoff(written: Any) -> None:
    failure = classify(ApiError(429, {"Retry-After": written}), (), lambda: NOW)
    assert failure.verdict is Verdict.SLOW_DOWN
    assert 0 <= failure.retry_after <= MAX_RETRY_AFTER


class HostileError(Exception):
    """Its attributes raise, as those of some libraries do before there is an answer."""

    @property
    def response(self) -> Any:
        raise RuntimeError("no response yet")

    @property
    def status(self) -> int:
        raise ValueError


def test_attributes_that_raise_and_causes_in_a_circle_do_no_harm() -> None:
    first, second = HostileError("a"), RuntimeError("b")
    first.__cause__, second.__cause__ = second, first
    failure = classify(first, ())
    assert (failure.verdict, failure.expected) == (Verdict.RETRY, False)


def test_a_status_may_be_an_enumeration_and_headers_may_be_missing() -> None:
    answered = {"response": SimpleNamespace(status=HTTPStatus.TOO_MANY_REQUESTS)}
    error: Exception = type("AnsweredError", (Exception,), answered)("x")
    assert classify(error, ()).verdict is Verdict.SLOW_DOWN


def test_what_is_declared_goes_before_what_is_known() -> None:
    named = classify(of_requests(404), ("RequestException",))
    assert (named.verdict, named.expected, named.max_tries) == (Verdict.RETRY, True, None)
    assert classify(client_error("AccessDenied"), ("ClientError",)).max_tries is None
    assert classify(of_requests(429, Retry_After="9"), ("HTTPError",)).verdict is Verdict.SLOW_DOWN


def test_what_the_handler_says_itself_goes_before_everything() -> None:
    for own, verdict in ((Recoverable("x"), Verdict.RETRY), (Permanent("x"), Verdict.GIVE_UP)):
        own.__cause__ = of_requests(429, Retry_After="9")
        assert classify(own, ()).verdict is verdict
    throttled = Throttled(retry_after=3)
    throttled.__cause__ = of_requests(404)
    assert (classify(throttled, ()).verdict, classify(throttled, ()).retry_after) == (Verdict.SLOW_DOWN, 3)


@pytest.mark.parametrize(
    ("error", "tries", "reason"),
    [
        (of_requests(404), 1, "permanent"),
        (client_error("AccessDenied"), 2, "retries-exhausted"),
        (of_requests(500), 5, "retries-exhausted"),
    ],
)
def test_a_record_is_tried_as_often_as_its_error_deserves_and_is_never_lost(
    error: Exception, tries: int, reason: str
) -> None:
    def handler(order: Any, run: Run) -> None:
        raise error

    world = World(handler)
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert world.statuses() == ["dead_lettered", *["failed"] * (tries - 1)]
    (letter,) = world.dead_letters()
    assert f'"reason":"{reason}"' in letter.attributes["failure"]["StringValue"]


def test_a_throttled_request_holds_back_its_batch_for_as_long_as_was_asked_for() -> None:
    def handler(order: Any, run: Run) -> None:
        calls.append(order["order_id"])
        raise of_requests(429, Retry_After="120")

    calls: list[str] = []
    world = World(handler)
    world.send({"order_id": "o-1"}, {"order_id": "o-2"})
    world.deliver()
    assert calls == ["o-1"]
    assert min(message.visible_at for message in world.sqs.queue(world.buffer)) - world.clock.now() >= 120
