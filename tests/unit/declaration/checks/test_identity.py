"""A key identifies a record: a field that every record has and that stays the same when it is sent again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.declaration.checks.expressions import references
from constructs_lib.declaration.checks.schema_fields import Presence, presence
from tests.declarations import write_project
from tests.unit.declaration.bad_input import from_fields

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "line"],
    "properties": {
        "id": {},
        "note": {},
        "line": {"$ref": "#/$defs/line"},
        "either": {"anyOf": [{"required": ["a"]}]},
        "loop": {"$ref": "#/properties/loop"},
    },
    "$defs": {"line": {"required": ["sku"], "properties": {"sku": {}, "size": {}}}},
}


def key_codes(folder: Path, *key: str, **changes: Any) -> list[str]:
    return [fault.code for fault in from_fields(folder, idempotency={"key": list(key)}, **changes)]


@pytest.mark.parametrize(
    "key",
    ["body.order_id", "path.shop_id", "join('-', [path.shop_id, body.order_id])", "body.order_id || path.shop_id"],
)
def test_fields_of_the_record_are_a_key(key: str, tmp_path: Path) -> None:
    assert key_codes(tmp_path, key) == []


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("message_id", "key-from-transport"),
        ("messageId", "key-from-transport"),
        ("receipt_handle", "key-from-transport"),
        ("request_id", "key-from-transport"),
        ("join('-', [request_id, body.order_id])", "key-from-transport"),
        ("path.store_id", "key-not-in-record"),
        ("order_id", "key-not-in-record"),
        ("headers.id", "key-not-in-record"),
        ("'always the same'", "key-not-in-record"),
        ("body.id", "key-not-in-schema"),
        ("body.total", "key-not-required"),
        ("body.", "key-not-jmespath"),
        ("(" * 250, "key-not-jmespath"),
    ],
)
def test_what_is_no_field_of_every_record_is_no_key(key: str, code: str, tmp_path: Path) -> None:
    assert code in key_codes(tmp_path, key)


def test_an_id_in_the_payload_is_the_senders_own_even_when_it_is_called_like_the_transports(tmp_path: Path) -> None:
    (write_project(tmp_path) / "own.json").write_text(
        json.dumps({"type": "object", "required": ["request_id"], "properties": {"request_id": {"type": "string"}}})
    )
    contract = {"id": "order", "version": "1", "schema": "own.json"}
    assert key_codes(tmp_path, "body.request_id", contract=contract) == []


def test_without_a_contract_any_field_of_the_body_is_a_key(tmp_path: Path) -> None:
    assert key_codes(tmp_path, "body.anything", contract=None) == []


def test_a_queue_has_attributes_of_any_name_and_no_path(tmp_path: Path) -> None:
    queue = {"source": {"type": "queue"}, "tenant": None}
    assert key_codes(tmp_path, "attributes.order", **queue) == []
    assert key_codes(tmp_path, "path.shop_id", **queue) == ["key-not-in-record"]
    assert key_codes(tmp_path, "attributes.message_id", **queue) == ["key-from-transport"]


def test_a_tenant_is_read_from_the_record_like_a_key(tmp_path: Path) -> None:
    faults = from_fields(tmp_path, tenant={"key": "path.shop"})
    assert [(fault.path, fault.code) for fault in faults] == [("tenant.key", "key-not-in-record")]
    assert faults[0].fix == "did you mean path.shop_id?"


@pytest.mark.parametrize(
    ("expression", "read"),
    [
        ("body.order_id", (("body", "order_id"),)),
        ("body.customer.address.street", (("body", "customer", "address", "street"),)),
        ("body.lines[0].sku", (("body", "lines"),)),
        ("body.lines[*].a.b", (("body", "lines"),)),
        ("body.lines[].a", (("body", "lines"),)),
        ("body.lines[?a==`1`].b", (("body", "lines"),)),
        ("join('-', [path.a, body.b])", (("path", "a"), ("body", "b"))),
        ("body.a | b", (("body", "a"),)),
        ("sort_by(body.lines, &sku)", (("body", "lines"),)),
        ("`1`", ()),
    ],
)
def test_what_an_expression_reads_from_the_record(expression: str, read: tuple[tuple[str, ...], ...]) -> None:
    assert references(expression) == read


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("id",), Presence.REQUIRED),
        (("note",), Presence.OPTIONAL),
        (("nowhere",), Presence.ABSENT),
        (("line", "sku"), Presence.REQUIRED),
        (("line", "size"), Presence.OPTIONAL),
        (("line", "colour"), Presence.ABSENT),
        (("either", "a"), Presence.UNDECIDED),
        (("loop", "a"), Presence.UNDECIDED),
    ],
)
def test_what_a_schema_says_of_a_field(names: tuple[str, ...], said: Presence) -> None:
    assert presence(SCHEMA, names) is said
