"""Requests as both kinds of gateway hand them over, with the claims of a token."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.runtime.http_request import Request
from functions.runtime.readers import reader

HTTP_API: dict[str, Any] = {
    "version": "2.0",
    "headers": {"x-correlation-id": "c-1"},
    "pathParameters": {"id": "i-1"},
    "queryStringParameters": {"page": "2"},
    "requestContext": {
        "requestId": "r-1",
        "timeEpoch": 1_700_000_000_000,
        "http": {"sourceIp": "192.0.2.1"},
        "authorizer": {"jwt": {"claims": {"sub": "user-1", "exp": "1700000300"}, "scopes": ["orders.write"]}},
    },
    "body": '{"a":1}',
}
REST_API: dict[str, Any] = {
    "version": "1.0",
    "headers": {"X-Correlation-Id": "c-1"},
    "pathParameters": {"id": "i-1"},
    "queryStringParameters": {"page": "2"},
    "requestContext": {
        "requestId": "r-1",
        "requestTimeEpoch": 1_700_000_000_000,
        "identity": {"sourceIp": "192.0.2.1", "apiKeyId": "k-1"},
    },
    "body": '{"a":1}',
}


@pytest.mark.parametrize("event", [HTTP_API, REST_API], ids=["http", "rest"])
def test_both_gateways_say_the_same_of_a_request(event: dict[str, Any]) -> None:
    request = Request.of(event, 0.0)
    assert (request.request_id, request.correlation_id, request.source_ip) == ("r-1", "c-1", "192.0.2.1")
    assert (request.received_at, request.body) == ("1700000000000", b'{"a":1}')
    assert (request.path, request.query) == ({"id": "i-1"}, {"page": "2"})


def test_claims_are_there_where_the_gateway_has_verified_a_token() -> None:
    assert Request.of(HTTP_API, 0.0).claims == {"sub": "user-1", "exp": "1700000300"}
    assert Request.of(REST_API, 0.0).claims == {}
    assert reader("request", {})(HTTP_API).fields["claims"]["sub"] == "user-1"


def test_a_header_is_no_claim() -> None:
    event = {**REST_API, "headers": {"claims.sub": "root", "authorization": "Bearer x"}}
    assert reader("request", {})(event).fields["claims"] == {}


@pytest.mark.parametrize(("size", "code"), [(20, None), (21, "body-too-large")])
def test_a_body_above_the_limit_is_not_even_decoded(size: int, code: str | None) -> None:
    body = '"' + "x" * (size - 2) + '"'
    record = reader("request", {"max_body": 20})({**HTTP_API, "body": body})
    assert (record.fault.code if record.fault else None) == code
    assert (record.body is None) == (code is not None)


def message(**attributes: str) -> dict[str, Any]:
    told = {name: {"dataType": "String", "stringValue": value} for name, value in attributes.items()}
    return {"messageId": "m-1", "body": "{}", "messageAttributes": told, "attributes": {}}


def test_claims_of_a_queued_request_are_in_the_record() -> None:
    queued = message(**{"claims.sub": "user-1", "claims.client_id": "app", "path.id": "i-1"})
    fields = reader("http", {})(queued).fields
    assert (fields["claims"], fields["path"]) == ({"sub": "user-1", "client_id": "app"}, {"id": "i-1"})
    assert "claims" not in reader("http", {})(message()).fields


@given(st.text())
def test_a_claim_stays_one_value_whatever_it_says(value: str) -> None:
    fields = reader("http", {})(message(**{"claims.sub": value})).fields
    assert set(fields["claims"]) == {"sub"}
