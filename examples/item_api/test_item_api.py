"""Items are written, read and deleted by three functions behind one API, and each role can do its own part alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.local.callers import ask, user

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from botocore.credentials import Credentials

    from constructs_lib.local.trial import Trial

KETTLE: dict[str, Any] = json.loads((Path(__file__).parent / "events" / "kettle.json").read_text())
ITEMS = "item-write-dev-items"
CALLS: dict[str, dict[str, Any]] = {
    "get_item": {"Key": {"item_id": {"S": "kettle"}}},
    "put_item": {"Item": {"item_id": {"S": "kettle"}}},
    "delete_item": {"Key": {"item_id": {"S": "kettle"}}},
}
MAY = {
    "item-read": {"get_item"},
    "item-write": {"put_item"},
    "item-delete": {"delete_item"},
}


@pytest.fixture(scope="module")
def shop(example: Trial) -> Credentials:
    return user(example.session, "shop", allowed=True)


def send(
    example: Trial, shop: Credentials, pipeline: str, item_id: str, key: str = "", body: dict[str, Any] | None = None
) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return ask(example.session, example.plans[pipeline], headers, body, {"item_id": item_id}, caller=shop)


def test_an_item_is_written_read_and_deleted(example: Trial, shop: Credentials) -> None:
    assert send(example, shop, "item-read", "kettle").status_code == 404
    written = send(example, shop, "item-write", "kettle", "w-1", KETTLE)
    assert (written.status_code, written.json()["status"]) == (200, "written")
    read = send(example, shop, "item-read", "kettle")
    assert (read.status_code, read.json()) == (200, KETTLE)
    assert send(example, shop, "item-delete", "kettle", "d-1").status_code == 204
    assert send(example, shop, "item-read", "kettle").json()["error"]["code"] == "item-unknown"


def test_a_write_that_is_sent_again_changes_nothing_any_more(example: Trial, shop: Credentials) -> None:
    first, second = {**KETTLE, "price_cents": 1}, {**KETTLE, "price_cents": 2}
    for key, item in (("w-2", first), ("w-3", second), ("w-2", first)):
        assert send(example, shop, "item-write", "kettle", key, item).status_code == 200
    assert send(example, shop, "item-read", "kettle").json()["price_cents"] == 2
    assert send(example, shop, "item-delete", "kettle", "d-2").status_code == 204
    assert send(example, shop, "item-delete", "kettle", "d-2").headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize(
    ("item_id", "key", "body", "status", "code"),
    [
        ("Kettle!", "w-4", KETTLE, 400, "parameters-broken"),
        ("toaster", "w-5", KETTLE, 409, "item-elsewhere"),
        ("kettle", "w-6", {**KETTLE, "price_cents": -1}, 422, "contract-broken"),
        ("kettle", "", KETTLE, 422, "key-missing"),
    ],
)
def test_what_is_no_item_is_not_written(
    example: Trial, shop: Credentials, item_id: str, key: str, body: dict[str, Any], status: int, code: str
) -> None:
    answer = send(example, shop, "item-write", item_id, key, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert send(example, shop, "item-read", "toaster").status_code == 404


def test_the_three_routes_are_of_one_api(example: Trial) -> None:
    assert len({example.session.webhook(plan).host for plan in example.plans.values()}) == 1
    (api,) = example.client("apigatewayv2").get_apis()["Items"]
    routes = example.client("apigatewayv2").get_routes(ApiId=api["ApiId"])["Items"]
    assert {route["RouteKey"].split()[0] for route in routes} == {"GET", "PUT", "DELETE"}


@pytest.mark.parametrize("pipeline", MAY)
def test_the_role_of_a_function_can_do_its_own_part_alone(example: Trial, pipeline: str) -> None:
    plan = example.plans[pipeline]
    name = plan.function(plan.runner).name
    role = example.client("lambda").get_function_configuration(FunctionName=name)["Role"]
    table = example.session.aws.client_in_role("dynamodb", role)
    done = {call for call, arguments in CALLS.items() if _is_let(getattr(table, call), arguments)}
    assert done == MAY[pipeline]


def _is_let(call: Callable[..., Any], arguments: dict[str, Any]) -> bool:
    try:
        call(TableName=ITEMS, **arguments)
    except ClientError as error:
        return error.response["Error"]["Code"] != "AccessDeniedException"
    return True
