"""Requests that are not the same request: none is answered with what another one got."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from functions.runtime import Response
from tests.runtime.fakes import SETTINGS
from tests.runtime.test_synchronous import ORDER, Client, client, counting

KEY_IN_HEADER = replace(SETTINGS.idempotency, key=('headers."idempotency-key"',))
HEADERS = {"Idempotency-KEY": "k-1"}


@pytest.mark.parametrize("name", ["pathParameters", "queryStringParameters"])
def test_the_same_body_for_another_path_or_query_is_another_payload(name: str) -> None:
    calls, handler = counting()
    shop = client(handler, idempotency=KEY_IN_HEADER)
    first = shop.post(headers=HEADERS, **{name: {"shop": "1"}})
    same = shop.post(headers=HEADERS, **{name: {"shop": "1"}})
    other = shop.post(headers=HEADERS, **{name: {"shop": "2"}})
    assert (first["statusCode"], same["body"]) == (200, first["body"])
    assert (other["statusCode"], other["body"]["error"]["code"]) == (422, "payload-differs")
    assert len(calls) == 1


def post_bytes(shop: Client, body: bytes) -> dict[str, Any]:
    return shop.post(base64.b64encode(body).decode(), isBase64Encoded=True)


def test_bytes_that_are_no_text_are_refused_and_never_pass_for_each_other() -> None:
    calls, handler = counting()
    shop = client(handler)
    answers = [post_bytes(shop, b'{"order_id": "' + byte + b'"}') for byte in (b"\xff", b"\xfe")]
    assert [answer["statusCode"] for answer in answers] == [400, 400]
    assert [answer["body"]["error"]["code"] for answer in answers] == ["body-not-json"] * 2
    assert calls == []
    first, second = shop.world.entries()
    assert first.payload_hash != second.payload_hash


def test_a_body_in_base64_is_the_same_request_as_its_text() -> None:
    calls, handler = counting()
    shop = client(handler)
    shop.post('{"order_id": "o-1"}')
    again = post_bytes(shop, b'{"order_id": "o-1"}')
    assert (again["headers"]["idempotent-replayed"], len(calls)) == ("true", 1)


@pytest.mark.parametrize("event", [{"requestContext": None}, {"requestContext": {"http": None, "timeEpoch": None}}])
def test_a_request_without_a_context_is_answered(event: dict[str, Any]) -> None:
    shop = client(lambda order, run: "done")
    assert shop.post(**event)["statusCode"] == 200


@pytest.mark.parametrize("status", [200.5, True, "404", 199, 600])
def test_a_status_that_is_none_of_http_is_a_fault_of_the_code_and_not_kept(status: Any) -> None:
    shop = client(lambda order, run: Response({"order": order}, status))
    assert [shop.post(ORDER)["statusCode"] for _ in range(2)] == [500, 500]
    assert shop.world.landed() == []
