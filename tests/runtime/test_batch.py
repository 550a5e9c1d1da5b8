"""What becomes of the records of a batch."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.contract.ledger import Status
from functions.runtime import Recoverable, Run
from functions.runtime.partiql import from_attributes
from tests.runtime.fakes import BUCKET, BUFFER, SETTINGS, STATE, World, orders, put


def test_every_record_of_a_batch_lands_with_one_entry() -> None:
    world = World()
    world.send(*orders(10))
    assert world.deliver() == {"batchItemFailures": []}
    assert [json.loads(line) for line in world.landed()] == orders(10)
    assert world.statuses() == ["succeeded"] * 10
    assert world.sqs.queue(BUFFER) == []


@pytest.mark.parametrize(("records", "most"), [(10, 3), (25, 3), (100, 12)])
def test_a_happy_batch_costs_three_calls_for_each_25_records_and_two_write_units_a_record(
    records: int, most: int
) -> None:
    world = World()
    world.send(*orders(records))
    world.deliver(records)
    assert len(world.calls.names) == most
    assert world.dynamodb.write_units == 2 * records
    assert len(world.entries(Status.SUCCEEDED)) == records


def test_the_entry_says_who_ran_under_what_and_where_the_record_is() -> None:
    world = World()
    world.send({"order_id": "o-1"})
    world.deliver()
    (entry,) = world.entries()
    assert (entry.function, entry.function_version, entry.request_id) == (
        "shop-orders-dev-land-order",
        "7",
        "request-1",
    )
    assert (entry.attempt, entry.run_id, entry.parent_run_id) == (1, "message-1.1", None)
    assert entry.location == f"s3://{BUCKET}/raw/shop-orders/load_date=2023-11-14/run_id=lease-1-1/records.ndjson#1"
    assert entry.expires_at == int(world.clock.now()) + SETTINGS.ledger_retention
    assert (entry.error_type, entry.error_message) == (None, None)


def test_the_same_record_later_is_a_duplicate_without_effect() -> None:
    world = World()
    world.send({"order_id": "o-1"})
    world.deliver()
    world.send({"order_id": "o-1"})
    assert world.deliver() == {"batchItemFailures": []}
    assert len(world.landed()) == 1
    assert world.statuses() == ["duplicate", "succeeded"]
    assert len(world.s3.objects) == 1


def test_a_duplicate_with_another_payload_is_told_as_such() -> None:
    world = World()
    world.send({"order_id": "o-1", "total": 1})
    world.deliver()
    world.send({"order_id": "o-1", "total": 2})
    world.deliver()
    (entry,) = world.entries(Status.DUPLICATE)
    assert entry.error_type == "payload-differs"
    assert entry.location is None


def test_the_same_record_twice_in_a_batch_has_one_effect() -> None:
    runs: list[str] = []

    def handler(order: Any, run: Run) -> None:
        runs.append(run.run_id)
        put(order, run)

    world = World(handler)
    world.send({"order_id": "o-1"}, {"order_id": "o-1"}, {"order_id": "o-2"})
    assert world.deliver() == {"batchItemFailures": []}
    assert runs == ["message-1.1", "message-3.1"]
    assert world.statuses() == ["duplicate", "succeeded", "succeeded"]


def test_the_same_record_in_two_parts_of_a_large_batch_has_one_effect() -> None:
    world = World()
    world.send(*orders(40), {"order_id": "o-0"})
    assert world.deliver(100) == {"batchItemFailures": []}
    assert len(world.landed()) == 40
    assert len(world.entries(Status.DUPLICATE)) == 1


def test_the_repeat_of_a_failed_record_comes_back_instead_of_passing_for_done() -> None:
    def handler(order: Any, run: Run) -> None:
        if run.attempt == 1:
            raise Recoverable
        put(order, run)

    world = World(handler)
    world.send({"order_id": "o-1"}, {"order_id": "o-1"})
    assert len(world.deliver()["batchItemFailures"]) == 2
    world.until_quiet()
    assert len(world.landed()) == 1
    assert world.statuses() == ["duplicate", "failed", "succeeded"]


def test_the_claim_outlives_the_record_in_the_table() -> None:
    world = World()
    world.send({"order_id": "o-1"})
    world.deliver()
    (claim,) = [from_attributes(item) for item in world.dynamodb.items(STATE)]
    assert claim["expires_at"] == int(world.clock.now()) + SETTINGS.idempotency.ttl_seconds


def test_a_duplicate_after_the_claim_has_expired_has_no_second_effect() -> None:
    world = World()
    world.send({"order_id": "o-1"})
    world.deliver()
    (claim,) = world.dynamodb.items(STATE)
    world.dynamodb.remove(STATE, claim["pk"]["S"], claim["sk"]["S"])
    world.send({"order_id": "o-1"})
    assert world.deliver() == {"batchItemFailures": []}
    assert len(world.landed()) == 1
    assert world.statuses() == ["duplicate", "succeeded"]


def test_a_handler_that_puts_nothing_still_leaves_evidence() -> None:
    world = World(lambda order, run: None)
    world.send({"order_id": "o-1"})
    world.deliver()
    (entry,) = world.entries(Status.SUCCEEDED)
    assert entry.location is None
    assert world.s3.objects == {}


def test_an_empty_event_is_answered_without_a_call() -> None:
    world = World()
    assert world.invoke([]) == {"batchItemFailures": []}
    assert world.calls.names == []
