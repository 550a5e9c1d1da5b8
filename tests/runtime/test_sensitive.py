"""Sensitive parts of a record: masked in logs, entries, letters and samples, and only there."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.contract.environment import IdempotencySettings, RequestSettings
from functions.runtime import Permanent, Run
from functions.runtime.matcher import MASK
from functions.runtime.sample import MAX_SAMPLE, outline
from functions.runtime.sensitive import DEEPEST, SensitiveParts
from tests.runtime.fakes import World, contract, put

if TYPE_CHECKING:
    from pathlib import Path

MARKED = {"x-sensitive": True}
SCHEMA = {
    "type": "object",
    "properties": {
        "order_id": {"type": "string"},
        "email": {"type": "string", **MARKED},
        "card": {"$ref": "#/$defs/card"},
        "lines": {"type": "array", "items": {"properties": {"note": MARKED}}},
        "extra": {"additionalProperties": MARKED, "properties": {"open": {}}},
    },
    "anyOf": [{"properties": {"kind": MARKED}}, {}],
    "$defs": {"card": {"type": "object", **MARKED}},
}
ORDER = {
    "order_id": "order-1",
    "email": "jane@example.com",
    "card": {"number": 4111222233334444, "holder": ["Jane Doe"], "pin": "12"},
    "lines": [{"note": "gift for Joe", "sku": "sku-1"}],
    "extra": {"open": "visible", "iban": "DE02120300000000202051"},
    "kind": "private",
}
SENSITIVE = ("jane@example.com", "4111222233334444", "Jane Doe", "gift for Joe", "DE02120300000000202051", "private")
CLOSED = ("order-1", "sku-1", "visible")


def talkative(order: Any, run: Run) -> None:
    card = order["card"]
    run.logger.info(f"order {json.dumps(order)}", extra={"order": order, "shown": repr(order), "pin": card["pin"]})
    run.logger.warning("to %s with %s", order["email"], card["number"])
    if order["order_id"] == "order-1":
        raise Permanent(f"cannot bill {order}") from KeyError(order["lines"][0]["note"])
    put(order, run)


def after_trouble(folder: Path, data_class: str, schema: Any = SCHEMA) -> World:
    (folder / "order.json").write_text(json.dumps(schema))
    world = World(talkative, data_class=data_class, contract=contract())
    world.folder = folder
    world.send(ORDER, {"order_id": 5, "email": ORDER["email"]}, json.dumps(ORDER)[:-1])
    world.until_quiet()
    return world


def told_by(world: World) -> str:
    letters = [letter.attributes["failure"]["StringValue"] for letter in world.dead_letters()]
    return json.dumps([world.logged(), [entry.text for entry in world.entries()], letters], ensure_ascii=False)


@pytest.mark.parametrize("data_class", ["public", "internal", "confidential", "restricted"])
def test_what_the_contract_marks_is_seen_nowhere(data_class: str, tmp_path: Path) -> None:
    told = told_by(after_trouble(tmp_path, data_class))
    assert [value for value in SENSITIVE if value in told] == []
    assert MASK in told


@pytest.mark.parametrize(("data_class", "shown"), [("internal", CLOSED), ("confidential", ()), ("restricted", ())])
def test_other_values_are_seen_only_of_open_data(data_class: str, shown: tuple[str, ...], tmp_path: Path) -> None:
    told = told_by(after_trouble(tmp_path, data_class))
    assert tuple(value for value in CLOSED if value in told) == shown


@pytest.mark.parametrize("data_class", ["internal", "restricted"])
def test_the_record_itself_is_kept_whole(data_class: str, tmp_path: Path) -> None:
    world = after_trouble(tmp_path, data_class)
    assert json.loads(world.dead_letters()[0].body) == ORDER
    assert all(any(value in body.decode() for body in world.s3.objects.values()) for value in SENSITIVE[:1])


def test_a_short_value_is_masked_where_it_stands_alone(tmp_path: Path) -> None:
    lines = after_trouble(tmp_path, "internal").logged()
    assert next(line["pin"] for line in lines if "pin" in line) == MASK


def test_an_open_contract_without_marks_shows_what_the_handler_says(tmp_path: Path) -> None:
    told = told_by(after_trouble(tmp_path, "internal", {"properties": {"order_id": {"type": "string"}}}))
    assert all(value in told for value in SENSITIVE)


def test_samples_say_what_the_record_looked_like(tmp_path: Path) -> None:
    def samples(data_class: str) -> list[str | None]:
        return [entry.sample for entry in after_trouble(tmp_path, data_class).entries()]

    open_samples, closed = samples("internal"), samples("restricted")
    no_json = f"{len(json.dumps(ORDER)) - 1} characters that are no JSON"
    assert sorted(map(str, open_samples)) == sorted(
        [
            '{"order_id": "order-1", "email": "***", "card": "***", "lines": [{"note": "***", "sku": "sku-1"}], '
            '"extra": {"open": "visible", "iban": "***"}, "kind": "***"}',
            '{"order_id": 5, "email": "***"}',
            no_json,
        ]
    )
    assert "{order_id: number, email: text(16)}" in closed
    assert no_json in closed
    outlined = next(str(sample) for sample in closed if "lines" in str(sample))
    assert (
        "card: {*: number, *: list(1) of text(8), *: text(2)}, lines: list(1) of {note: text(12), *: text(5)}"
        in outlined
    )


def test_an_entry_of_a_record_that_landed_has_no_sample() -> None:
    world = World()
    world.send({"order_id": "o-1"}, {"order_id": "o-1"})
    world.deliver()
    assert [entry.sample for entry in world.entries()] == [None, None]


def test_a_sample_is_short_and_a_record_that_is_nested_deeply_has_one_too(tmp_path: Path) -> None:
    (tmp_path / "order.json").write_text(json.dumps(SCHEMA))
    for data_class in ("internal", "restricted"):
        world = World(data_class=data_class, contract=contract())
        world.folder = tmp_path
        world.send(
            json.dumps({"order_id": 1, "x" * 500: "y" * 500}), '{"order_id": 1, "deep": ' + "[" * 500 + "]" * 500 + "}"
        )
        world.until_quiet()
        assert all(0 < len(entry.sample or "") <= MAX_SAMPLE for entry in world.entries())


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
    max_leaves=20,
)


@given(JSON)
def test_a_contract_without_marks_leaves_every_body_as_it_is(body: Any) -> None:
    schema = {"properties": {"a": {"items": {"$ref": "#"}}}, "additionalProperties": {"$ref": "#"}}
    assert SensitiveParts(schema).of(body) == (body, [])


@given(JSON)
def test_an_outline_holds_no_text_of_the_body(body: Any) -> None:
    assert "secret-text" not in outline({"a": ["secret-text", body], "secret-text": body}, frozenset({"a"}))


def test_a_contract_that_refers_to_itself_ends_and_what_lies_too_deep_counts_as_sensitive() -> None:
    schema = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#", "items": {"$ref": "#"}}}}
    body: Any = "deep"
    for _ in range(DEEPEST + 1):
        body = [body]
    copy, found = SensitiveParts(schema).of(body)
    assert found == ["deep"]
    assert MASK in str(copy)
    assert SensitiveParts(schema).of([["shallow"]]) == ([["shallow"]], [])


def told_of(order: Any, run: Run) -> object:
    run.logger.info("asked by %s", run.record["headers"]["x-customer"], extra={"query": run.record["query"]})
    raise Permanent(f"cannot show {run.record['path']['order_id']} to {run.record['headers']['x-customer']}")


@pytest.mark.parametrize("method", ["read", "sync"])
def test_marked_parameters_of_a_request_are_masked_and_no_others(tmp_path: Path, method: str) -> None:
    beside = {
        "headers": {"properties": {"x-customer": MARKED}},
        "query": {"properties": {"card": MARKED, "page": {}}},
        "path": {"properties": {"order_id": {"type": "string"}}},
    }
    (tmp_path / "parameters.json").write_text(json.dumps({"properties": beside}))
    request = RequestSettings(parameters="parameters.json")
    free = replace(contract(), file="")
    key: dict[str, Any] = {} if method == "read" else {"idempotency": IdempotencySettings(("path.order_id",), 3600)}
    world = World(told_of, mode=method, queue_url="", dlq_url="", outputs=(), request=request, contract=free, **key)
    world.folder = tmp_path
    asked = {
        "body": json.dumps({"note": "plain"}),
        "pathParameters": {"order_id": "order-1"},
        "headers": {"x-customer": "jane@example.com"},
        "queryStringParameters": {"card": "4111222233334444", "page": "second"},
        "requestContext": {"requestId": "r-1", "timeEpoch": 1_700_000_000_000},
    }
    assert world.ask(asked)["statusCode"] == 422
    said = world.log.getvalue() + "".join(map(repr, world.entries()))
    assert "jane@example.com" not in said
    assert "4111222233334444" not in said
    assert MASK in said
    assert "order-1" in said
    assert "second" in said
