"""The table of statuses on the page of the http source is what requests are answered with, no more and no less."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import constructs_lib
from functions.contract.environment import RequestSettings
from functions.runtime import Permanent, Recoverable, Refused
from tests.runtime.fakes import STATE, contract
from tests.runtime.test_synchronous import ORDER, Client, client

PAGE = Path(constructs_lib.__file__).parents[1] / "docs" / "event-sources" / "http.md"
ROW = re.compile(r"^\| `(\d{3})` \| `([a-z-]+)` \| .* \| (yes|no) \|$", re.MULTILINE)


def raising(*errors: Exception, **changes: Any) -> Client:
    left = list(errors)

    def handler(_order: Any, _run: Any) -> object:
        if left:
            raise left.pop()
        return "done"

    return client(handler, **changes)


def checked(tmp_path: Path) -> Client:
    (tmp_path / "order.json").write_text('{"properties": {"total": {"type": "string"}}}')
    shop = raising(contract=contract())
    shop.world.folder = tmp_path
    return shop


def with_parameters(tmp_path: Path) -> Client:
    (tmp_path / "parameters.json").write_text('{"properties": {"query": {"required": ["shop"]}}}')
    shop = raising(request=RequestSettings(parameters="parameters.json"))
    shop.world.folder = tmp_path
    return shop


def in_flight() -> dict[str, Any]:
    answers: list[dict[str, Any]] = []
    shop = client(lambda order, run: answers.append(shop.post()) if not answers else None)
    shop.post()
    return answers[0]


def gone() -> dict[str, Any]:
    shop = raising()
    shop.post()
    (claim,) = shop.world.dynamodb.items(STATE)
    del claim["result"]
    return shop.post()


def differing() -> dict[str, Any]:
    shop = raising()
    shop.post()
    return shop.post({**ORDER, "total": 4})


SCENARIOS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "body-not-json": lambda folder: raising().post("no json"),
    "parameters-broken": lambda folder: with_parameters(folder).post(),
    "order-unknown": lambda folder: raising(Refused(404, "order-unknown")).post(),
    "in-flight": lambda folder: in_flight(),
    "response-gone": lambda folder: gone(),
    "body-too-large": lambda folder: raising(source_options={"max_body": 10}).post(),
    "contract-broken": lambda folder: checked(folder).post(),
    "key-missing": lambda folder: raising().post({"total": 3}),
    "payload-differs": lambda folder: differing(),
    "not-processable": lambda folder: raising(Permanent("never")).post(),
    "slow-down": lambda folder: raising(Refused(429, "slow-down")).post(),
    "failed": lambda folder: raising(ValueError("a fault")).post(),
    "temporarily-unavailable": lambda folder: raising(Recoverable("later")).post(),
}


def told() -> dict[str, tuple[str, str]]:
    part = PAGE.read_text(encoding="utf-8").partition("<!-- statuses -->")[2].partition("```")[0]
    return {code: (status, waits) for status, code, waits in ROW.findall(part)}


def test_the_table_and_the_scenarios_name_the_same_codes() -> None:
    assert set(told()) == set(SCENARIOS)


@pytest.mark.parametrize("code", SCENARIOS)
def test_a_row_is_what_a_request_is_answered_with(tmp_path: Path, code: str) -> None:
    answer = SCENARIOS[code](tmp_path)
    waits = "yes" if "retry-after" in answer["headers"] else "no"
    assert (str(answer["statusCode"]), waits) == told()[code]
    assert set(answer["body"]) == {"status", "error", "request_id"}
    assert (answer["body"]["status"], answer["body"]["error"]["code"]) == ("refused", code)
    assert answer["body"]["error"]["message"]
    assert answer["body"]["request_id"].startswith("request-")
