"""The stand-in for somebody else's API."""

from __future__ import annotations

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from constructs_lib.local.stub_api import StubAnswer, StubApi, StubRequest


def answer(request: StubRequest) -> StubAnswer:
    if request.query.get("page") == "busy":
        return StubAnswer(429, {"error": "slow down"}, {"Retry-After": "2"})
    return StubAnswer(201, {"path": request.path, "got": request.json()})


def test_it_answers_as_it_is_told_and_records_what_it_is_asked() -> None:
    with StubApi(answer) as api:
        sent = Request(f"{api.url}/orders?page=", b'{"a": 1}', {"X-Token": "t"}, method="PUT")
        with urlopen(sent, timeout=5) as response:
            assert (response.status, json.load(response)) == (201, {"path": "/orders", "got": {"a": 1}})
    (request,) = api.requests
    assert (request.method, request.query, request.headers["x-token"]) == ("PUT", {"page": ""}, "t")


def test_an_error_has_its_status_and_headers() -> None:
    with StubApi(answer) as api, pytest.raises(HTTPError) as refused:
        urlopen(f"{api.url}/?page=busy", timeout=5)
    assert (refused.value.code, refused.value.headers["Retry-After"]) == (429, "2")


def test_nobody_listens_once_the_context_is_closed() -> None:
    with StubApi(answer) as api:
        pass
    with pytest.raises(OSError, match="refused"):
        urlopen(api.url, timeout=5)
