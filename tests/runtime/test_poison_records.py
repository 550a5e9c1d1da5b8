"""One poisoned record fails alone: its neighbour in the batch lands, whatever the record holds."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.ledger import Status
from functions.contract.message import REPLAY
from tests.runtime.fakes import World, contract, put

if TYPE_CHECKING:
    from pathlib import Path

    from functions.runtime import Run

HEALTHY = {"order_id": "healthy"}
NEAR_THE_LIMIT = range(800, 1000)
"""Levels of which some are taken by the decoder and not by the encoder, which is called from deeper down."""


@dataclass
class Node:
    order_id: str
    child: Node | None = None


@dataclass
class Money:
    order_id: str
    total: str = "1"

    def __post_init__(self) -> None:
        Decimal(self.total)


@dataclass
class Looked:
    order_id: str
    currency: str = "EUR"

    def __post_init__(self) -> None:
        {"EUR": 1}[self.currency]


def land_node(order: Node, run: Run) -> None:
    put(order, run)


def land_money(order: Money, run: Run) -> None:
    put(order, run)


def land_looked(order: Looked, run: Run) -> None:
    put(order, run)


def with_schema(folder: Path, schema: dict[str, Any]) -> World:
    (folder / "order.json").write_text(json.dumps(schema))
    world = World(contract=contract())
    world.folder = folder
    return world


def assert_quarantined_alone(world: World, code: str) -> None:
    assert [json.loads(line)["order_id"] for line in world.landed()] == ["healthy"]
    (entry,) = world.entries(Status.QUARANTINED)
    assert entry.error_type == code


@pytest.mark.parametrize("parts", [("[", "]"), ('{"a":', "}")])
def test_a_key_that_is_nested_too_deeply(parts: tuple[str, str]) -> None:
    world = World()
    depths = [*NEAR_THE_LIMIT, 100_000]
    world.send(HEALTHY, *('{"order_id":' + parts[0] * n + "1" + parts[1] * n + "}" for n in depths))
    assert world.deliver(len(depths) + 1) == {"batchItemFailures": []}
    assert json.dumps(HEALTHY) in world.landed()
    refused = world.entries(Status.QUARANTINED)
    assert refused
    assert {entry.error_type for entry in refused} <= {"key-missing", "body-not-json"}


def test_two_numbers_that_are_too_large_are_no_identity_and_do_not_pass_for_one_another() -> None:
    world = World()
    world.send(HEALTHY, '{"order_id": 1e400, "a": 1}', '{"order_id": 1e401, "a": 2}')
    world.deliver()
    assert world.statuses() == ["quarantined", "quarantined", "succeeded"]


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" + "0" * 400])
@pytest.mark.parametrize("step", [2, 0.01])
def test_a_number_that_cannot_be_divided(tmp_path: Path, number: str, step: float) -> None:
    world = with_schema(tmp_path, {"properties": {"order_id": {}, "total": {"multipleOf": step}}})
    world.send(HEALTHY, '{"order_id": "x", "total": ' + number + "}")
    assert world.deliver() == {"batchItemFailures": []}
    exact = step == 2 and number.startswith("1000")
    assert world.statuses() == (["succeeded"] * 2 if exact else ["quarantined", "succeeded"])


def test_a_recursive_dataclass_that_is_nested_too_deeply() -> None:
    world = World(land_node)
    world.send(HEALTHY, '{"order_id": "x", "child": ' * 400 + "null" + "}" * 400)
    world.deliver()
    assert_quarantined_alone(world, "argument-misfit")


def test_a_dataclass_that_refuses_a_number_breaks_the_contract() -> None:
    world = World(land_money)
    world.send(HEALTHY, {"order_id": "x", "total": "abc"})
    world.deliver()
    assert_quarantined_alone(world, "argument-misfit")


def test_a_validator_that_fails_in_its_own_way_fails_its_record_and_is_tried_again() -> None:
    world = World(land_looked)
    _, poisoned = world.send(HEALTHY, {"order_id": "x", "currency": "XXX"})
    assert world.deliver() == {"batchItemFailures": [{"itemIdentifier": poisoned.id}]}
    assert len(world.landed()) == 1
    assert [entry.error_type for entry in world.entries(Status.FAILED)] == ["KeyError"]
    world.until_quiet()
    assert [message.id for message in world.sqs.queue(world.settings.dlq_url)] != []
    assert world.statuses() == ["dead_lettered", *["failed"] * 4, "succeeded"]


@pytest.mark.parametrize(
    "parent", ["1.5", '{"a": 1}', "[1.5]", "true", '"\\ud800"', "[" * 2000, '""', "null"], ids=lambda text: text[:8]
)
def test_a_replay_attribute_that_anyone_could_have_written(parent: str) -> None:
    world = World(source="queue")
    _, poisoned = world.send(HEALTHY, {"order_id": "x"})
    text = '{"parent_run_id": ' + parent + ', "replayed_by": "a", "replayed_at": "b"}'
    poisoned.attributes[REPLAY] = {"DataType": "String", "StringValue": text}
    assert world.deliver() == {"batchItemFailures": []}
    assert [entry.parent_run_id for entry in world.entries(Status.SUCCEEDED)] == [None, None]


def test_a_parent_of_any_length_is_clipped() -> None:
    world = World(source="queue")
    (message,) = world.send({"order_id": "x"})
    text = json.dumps({"parent_run_id": "p" * 100_000, "replayed_by": "a", "replayed_at": "b"})
    message.attributes[REPLAY] = {"DataType": "String", "StringValue": text}
    world.deliver()
    assert [entry.parent_run_id for entry in world.entries()] == ["p" * 200]


@pytest.mark.parametrize(
    "body", ["", "\ufeff{}", "NaN", '{"order_id": Infinity}', '{"order_id": "\\ud800"}', "1" * 5000]
)
def test_text_that_is_no_record(body: str) -> None:
    world = World()
    world.send(HEALTHY, body)
    assert world.deliver() == {"batchItemFailures": []}
    assert world.statuses() == ["quarantined", "succeeded"]
    (entry,) = world.entries(Status.QUARANTINED)
    assert json.loads(world.lines(entry)[0])["record"] == body


def test_what_json_allows_lands_token_for_token() -> None:
    texts = [
        '{"order_id": 1, "a": 1, "a": 2}',
        '{"order_id":  2.0,"x":1e400}',
        '{"order_id": 3, "s": "\\ud800\\u0000"}',
        '{"order_id": 12345678901234567890123456789012345678901234567890}',
        '{"order_id": "ä\u2028\u0085"}',
    ]
    world = World()
    world.send(*texts)
    world.deliver()
    (landed,) = world.s3.objects.values()
    assert landed.decode().split("\n") == [*texts, ""]


def test_the_invalid_one_of_two_records_with_one_key_does_not_stand_for_the_other(tmp_path: Path) -> None:
    world = with_schema(tmp_path, {"properties": {"order_id": {}, "total": {"type": "number"}}})
    world.send({"order_id": "x", "total": "bad"}, {"order_id": "x", "total": 1}, {"order_id": "x", "total": "worse"})
    world.deliver()
    assert [json.loads(line)["total"] for line in world.landed()] == [1]
    assert world.statuses() == ["quarantined", "quarantined", "succeeded"]


def test_no_ledger_entry_comes_near_the_size_that_dynamodb_refuses(tmp_path: Path) -> None:
    def handler(order: Any, run: Run) -> None:
        raise ValueError("\U0001f600" * 500_000)

    world = with_schema(tmp_path, {"properties": {"order_id": {}}})
    world.handler = handler
    world.settings = replace(world.settings, retry=replace(world.settings.retry, max_attempts=1))
    world.send({"order_id": "x", **{f"{number}-{'ä' * 500}": 1 for number in range(500)}})
    world.deliver()
    (item,) = world.dynamodb.items("ledger")
    assert item["sk"]["S"].startswith("dead_lettered#")
    assert len(json.dumps(item, ensure_ascii=False).encode()) < 40_000
