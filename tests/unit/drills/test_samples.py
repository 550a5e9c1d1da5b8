"""Sample records satisfy the contract, differ in their run token, and are the same in every run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from constructs_lib.drills.samples.schema import made_of
from constructs_lib.drills.subject import Subject
from constructs_lib.errors import UserError
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path

SCHEMAS: list[dict[str, Any]] = [
    {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 7}}},
    {"type": "number", "exclusiveMinimum": 3, "multipleOf": 5},
    {"type": "integer", "maximum": -4},
    {"type": "string", "minLength": 9},
    {"type": "string", "maxLength": 2},
    {"type": "string", "pattern": "^[A-Z]{3}$"},
    {"type": "array", "minItems": 3, "items": {"enum": ["x", "y"]}},
    {"type": "array", "maxItems": 0},
    {"$defs": {"line": {"const": 4}}, "type": "array", "minItems": 1, "items": {"$ref": "#/$defs/line"}},
    {"type": ["null", "string"]},
    {"anyOf": [{"type": "boolean"}, {"type": "string"}]},
    {"type": "object", "properties": {"when": {"type": "string", "format": "date-time"}}},
]


def subject(folder: Path, schema: Any = None, **changes: Any) -> Subject:
    declaration = declare(folder, **changes)
    if schema is not None:
        (folder / "schemas/order.json").write_text(json.dumps(schema))
    return Subject.of(folder / "shop-orders.yaml", declaration)


def samples_of(folder: Path, bodies: Any) -> None:
    (folder / "samples").mkdir()
    (folder / "samples/shop-orders.json").write_text(json.dumps(bodies))


@pytest.mark.parametrize("schema", SCHEMAS, ids=json.dumps)
def test_what_is_made_of_a_schema_satisfies_it(schema: dict[str, Any]) -> None:
    assert Draft202012Validator(schema).is_valid(made_of(schema))


@pytest.mark.parametrize("keyword", ["examples", "enum"])
def test_what_a_schema_shows_is_taken_first(keyword: str) -> None:
    assert made_of({"type": "string", keyword: ["EUR", "JPY"]}) == "EUR"


def test_a_hundred_records_have_a_hundred_run_tokens_and_few_tenants(tmp_path: Path) -> None:
    samples = subject(tmp_path).samples
    records = [samples.record(number) for number in range(100)]
    assert len({samples.token(record) for record in records}) == 100
    assert 1 < len({record.path["shop_id"] for record in records}) <= 3
    assert records == [subject(tmp_path).samples.record(number) for number in range(100)]


def test_records_drift_only_where_the_contract_takes_fields_that_it_does_not_name(tmp_path: Path) -> None:
    order = {"type": "object", "required": ["order_id"], "properties": {"order_id": {"type": "string"}}}
    assert subject(tmp_path, order).samples.may_drift
    assert not subject(tmp_path, {**order, "additionalProperties": False}).samples.may_drift


def test_records_of_a_file_are_taken_before_those_of_the_contract(tmp_path: Path) -> None:
    samples_of(tmp_path, [{"order_id": "mine", "total": 3}])
    record = subject(tmp_path).samples.record(5)
    assert record.body == {"order_id": "mine-5", "total": 3}


def test_records_of_a_route_with_tokens_have_claims_that_a_key_may_vary(tmp_path: Path) -> None:
    auth = {"type": "jwt", "issuer": "https://id.example.com/", "audience": ["orders"]}
    source = {"type": "http", "path": "/orders", "auth": auth}
    key = {"key": ["claims.sub", "body.order_id"]}
    samples = subject(tmp_path, source=source, tenant=None, idempotency=key).samples
    records = [samples.record(number) for number in range(10)]
    assert len({record.claims["sub"] for record in records}) == 10
    assert records[0].sent().attributes["claims.sub"].startswith("sub-1")


def test_a_key_with_a_bound_length_is_varied_within_it(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "required": ["order_id"],
        "properties": {"order_id": {"type": "string", "maxLength": 4}},
    }
    samples = subject(tmp_path, schema).samples
    assert len({samples.token(samples.record(number)) for number in range(300)}) == 300


@pytest.mark.parametrize("bodies", [[{"total": 3}], [], [{"order_id": 5}]])
def test_a_file_of_samples_that_the_contract_refuses_is_told(tmp_path: Path, bodies: Any) -> None:
    samples_of(tmp_path, bodies)
    with pytest.raises(UserError, match="sample-invalid"):
        subject(tmp_path).prepare()


def test_a_contract_that_nothing_can_be_made_of_asks_for_samples(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"order_id": {"type": "string"}}, "allOf": [{"required": ["rest"]}]}
    with pytest.raises(UserError, match="sample-unmakeable") as caught:
        subject(tmp_path, schema).prepare()
    assert "samples/shop-orders.json" in caught.value.faults[0].fix
