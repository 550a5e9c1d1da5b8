"""Drift is told by an event: once for each set of fields and environment, and never at the expense of a record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.clock import Context
from constructs_lib.drills.memory.faults import Fault, always
from functions.contract.ledger import Status
from functions.runtime import Permanent, Run, runner
from functions.runtime.drift_news import MAX_SETS, PATIENCE
from tests.runtime.fakes import World, contract, put

if TYPE_CHECKING:
    from pathlib import Path

    from functions.contract.environment import ContractSettings

SCHEMA = {"type": "object", "properties": {"order_id": {}, "lines": {"items": {"properties": {"sku": {}}}}}}


class Environment:
    """One environment of a function that stays warm between batches."""

    def __init__(self, folder: Path, handler: Any = put, settings: ContractSettings | None = None, **changes: Any):
        (folder / "order.json").write_text(json.dumps(SCHEMA))
        self.world = World(handler, contract=settings or contract(), **changes)
        self.warm = runner(handler).with_(self.world.settings, self.world.services(), folder)

    def batch(self, *orders: Any, seconds: float = 30.0) -> int:
        """Deliver orders in one batch and return how often the bus was called."""
        before = self.world.calls.names.count("PutEvents")
        self.world.send(*orders)
        records = [message.to_record() for message in self.world.sqs.receive(self.world.buffer, 10)]
        context = Context(self.world.clock, self.world.clock.now() + seconds, "request")
        assert self.warm({"Records": records}, context) == {"batchItemFailures": []}
        return self.world.calls.names.count("PutEvents") - before

    @property
    def told(self) -> list[dict[str, Any]]:
        return self.world.bus.details("ContractDrift")


def order(number: int, **fields: Any) -> dict[str, Any]:
    return {"order_id": f"o-{number}", **fields}


def test_an_event_tells_pipeline_contract_fields_and_the_first_run(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    assert environment.batch(order(1), order(2, colour="red"), order(3, colour="blue")) == 1
    first = environment.world.entries(Status.SUCCEEDED)[1]
    assert first.drift == ("colour",)
    assert environment.told == [
        {
            "pipeline": "shop-orders",
            "stage": "dev",
            "tenant": first.tenant,
            "contract_id": "order",
            "contract_version": "1",
            "schema_hash": "s" * 64,
            "fields": ["colour"],
            "run_token": first.run_token,
            "run_id": first.run_id,
            "records": 2,
        }
    ]
    assert len(environment.world.landed()) == 3


def test_a_stream_of_drifted_records_costs_one_call(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    calls = [environment.batch(*(order(10 * batch + i, colour=i) for i in range(10))) for batch in range(5)]
    assert calls == [1, 0, 0, 0, 0]
    assert len(environment.told) == 1


def test_another_set_of_fields_is_news_and_the_values_are_not(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    assert environment.batch(order(1, a=1), order(2, a=2, b=2)) == 1
    assert environment.batch(order(3, b=1, a=1), order(4, lines=[{"sku": 1, "size": 2}])) == 1
    assert [told["fields"] for told in environment.told] == [["a"], ["a", "b"], ["lines[].size"]]


def test_records_without_drift_cost_no_call(tmp_path: Path) -> None:
    assert Environment(tmp_path).batch(order(1), order(2)) == 0


def test_more_sets_than_one_call_takes_are_told_over_several_batches(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    sets = [{f"f{number}": 1} for number in range(12)]
    messages = [order(i, **fields) for i, fields in enumerate(sets)]
    environment.world.send(*messages[:2])
    again = [order(100 + i, **fields) for i, fields in enumerate(sets)]
    assert environment.batch(*messages[2:10]) == 1
    assert environment.batch(*messages[10:], *again[:8]) == 1
    assert len(environment.told) == 12


def test_a_source_that_makes_up_names_is_told_of_so_often_and_no_more(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    for batch in range(15):
        environment.batch(*(order(10 * batch + i, **{f"made-up-{batch}-{i}": 1}) for i in range(10)))
    assert len(environment.told) == MAX_SETS == 100
    assert environment.world.calls.names.count("PutEvents") == 10
    assert len(environment.world.landed()) == 150


def test_a_bus_that_refuses_fails_no_record_and_is_asked_again_with_the_next_news(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    environment.world.calls.plan = always("PutEvents", Fault.REFUSED)
    assert environment.batch(order(1, colour=1)) == 1
    assert environment.world.statuses() == ["succeeded"]
    assert [line["message"] for line in environment.world.logged()] == ["events lost"]
    environment.world.calls.plan = lambda _index, _name: None
    assert environment.batch(order(2, colour=1)) == 1
    assert [told["records"] for told in environment.told] == [1]


def test_an_invocation_that_is_about_to_end_keeps_its_news_for_later(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    assert environment.batch(order(1, colour=1), seconds=PATIENCE - 0.5) == 0
    assert environment.world.statuses() == ["succeeded"]
    assert environment.batch(order(2, colour=1)) == 1


def test_what_did_not_land_is_no_news(tmp_path: Path) -> None:
    def refuse(order: Any, run: Run) -> None:
        raise Permanent("no")

    environment = Environment(tmp_path, refuse)
    assert environment.batch(order(1, colour=1)) == 0
    assert environment.world.statuses() == ["dead_lettered"]
    blocking = Environment(tmp_path, put, contract(on_drift="block"))
    assert blocking.batch(order(1, colour=1)) == 0
    assert blocking.world.statuses() == ["quarantined"]


@pytest.mark.parametrize(("data_class", "shown"), [("internal", True), ("confidential", False), ("restricted", False)])
def test_names_of_sensitive_data_are_hashed_in_ledger_event_and_log(
    tmp_path: Path, data_class: str, shown: bool
) -> None:
    environment = Environment(tmp_path, data_class=data_class)
    environment.batch(order(1, lines=[{"sku": 1, "jane@example.com": 1}]))
    (entry,) = environment.world.entries(Status.SUCCEEDED)
    for place in (entry.text, json.dumps(environment.told), environment.world.log.getvalue()):
        assert ("jane" in place) is shown
        assert "lines[]." in place
    assert "jane" in environment.world.landed()[0]
