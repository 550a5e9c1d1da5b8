"""Records land in the Raw Stage exactly as they were received."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from constructs_lib.outputs import OUTPUTS
from functions.contract.environment import TenantSettings
from functions.contract.ledger import Status
from functions.runtime import Recoverable, Run
from functions.runtime.outputs.raw import RawDraft
from functions.runtime.run import Outputs
from tests.runtime.fakes import BUCKET, World, put

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@dataclass(frozen=True)
class Order:
    order_id: str
    total: float = 0.0


class Model(BaseModel):
    order_id: str


def test_every_kind_that_can_be_declared_can_be_made() -> None:
    types = [kind.model_fields["type"].default for kind in OUTPUTS]
    assert all(callable(import_module(f"functions.runtime.outputs.{one}").make) for one in types)


def test_what_was_received_lands_token_for_token() -> None:
    text = '{\r\n  "total": 1.10, "order_id": "o-1",\n\t"note": "a\\nb \u2028"\n}'
    world = World()
    world.send(text)
    world.deliver()
    assert world.s3.objects[next(iter(world.s3.objects))].decode() == (
        '{   "total": 1.10, "order_id": "o-1", \t"note": "a\\nb \u2028" }\n'
    )


@given(value=JSON, indent=st.sampled_from([None, 1, 4]))
def test_a_landed_line_is_one_line_that_means_what_was_received(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    draft = RawDraft(text, value)
    draft.put(value)
    (line,) = draft.lines
    assert b"\n" not in line
    assert b"\r" not in line
    assert json.loads(line) == value


def test_anything_else_lands_as_canonical_json() -> None:
    draft = RawDraft('{"received": 1}', {"received": 1})
    for value in ({"b": 1, "a": "ä"}, Order("o-1", 2.5), Model(order_id="o-1"), [1]):
        draft.put(value)
    assert [line.decode() for line in draft.lines] == [
        '{"a":"ä","b":1}',
        '{"order_id":"o-1","total":2.5}',
        '{"order_id":"o-1"}',
        "[1]",
    ]


def test_a_dataclass_that_was_handed_over_lands_as_received() -> None:
    def handler(order: Any, run: Run) -> None:
        run.outputs.raw.put(order)

    handler.__annotations__["order"] = Order
    world = World(handler)
    world.send('{"order_id": "o-1", "total": 1.50, "unknown": true}')
    world.deliver()
    assert world.landed() == ['{"order_id": "o-1", "total": 1.50, "unknown": true}']


def test_what_cannot_be_written_fails_its_own_record() -> None:
    world = World(lambda order, run: run.outputs.raw.put({"bad": object()} if order["bad"] else order))
    world.send({"order_id": "o-1", "bad": True}, {"order_id": "o-2", "bad": False})
    world.deliver()
    assert [entry.error_type for entry in world.entries(Status.FAILED)] == ["TypeError"]
    assert len(world.landed()) == 1


def test_several_lines_of_one_record_stand_together() -> None:
    def handler(order: Any, run: Run) -> None:
        for _ in range(order["lines"]):
            put(order, run)

    world = World(handler)
    world.send({"order_id": "o-1", "lines": 2}, {"order_id": "o-2", "lines": 0}, {"order_id": "o-3", "lines": 1})
    world.deliver()
    places = [(entry.location or "#none").rpartition("#")[2] for entry in world.entries()]
    assert places == ["1-2", "none", "3"]
    assert [len(world.lines(entry)) for entry in world.entries() if entry.location] == [2, 1]


def test_what_a_failed_run_has_put_does_not_land() -> None:
    def handler(order: Any, run: Run) -> None:
        put(order, run)
        raise Recoverable

    world = World(handler)
    world.send({"order_id": "o-1"})
    world.deliver()
    assert world.s3.objects == {}


def test_the_object_says_what_it_holds() -> None:
    world = World()
    world.send({"order_id": "o-1"}, {"order_id": "o-2"})
    world.deliver()
    (metadata,) = world.s3.metadata.values()
    assert metadata == {
        "pipeline": "shop-orders",
        "source-id": "http",
        "build-id": "shop-orders-dev-land-order:7",
        "record-count": "2",
    }


@pytest.mark.parametrize(("isolation", "objects"), [("pooled", 1), ("per_tenant", 2)])
def test_isolated_tenants_have_objects_of_their_own(isolation: str, objects: int) -> None:
    world = World(tenant=TenantSettings(key="body.shop", isolation=isolation))
    world.send(*({"order_id": f"o-{number}", "shop": f"s-{number % 2}"} for number in range(4)))
    world.deliver()
    assert len(world.s3.objects) == objects
    assert sorted(json.loads(line)["order_id"] for line in world.landed()) == ["o-0", "o-1", "o-2", "o-3"]
    for entry in world.entries():
        own = f"s3://{BUCKET}/raw/shop-orders/tenant={entry.tenant}/"
        assert (entry.location or "").startswith(own) is (isolation == "per_tenant")
        assert json.loads(world.lines(entry)[0])["shop"] == entry.tenant


def test_one_tenants_object_that_fails_leaves_the_others_alone() -> None:
    world = World(tenant=TenantSettings(key="body.shop", isolation="per_tenant"))
    world.send(*({"order_id": f"o-{number}", "shop": f"s-{number % 2}"} for number in range(4)))
    from constructs_lib.drills.memory.faults import Fault, at

    world.calls.plan = at(1, Fault.REFUSED)
    world.deliver()
    assert {entry.tenant for entry in world.entries(Status.FAILED)} == {"s-0"}
    assert {entry.tenant for entry in world.entries(Status.SUCCEEDED)} == {"s-1"}


def test_only_declared_outputs_exist() -> None:
    outputs = Outputs({"raw": RawDraft("{}", {})})
    assert outputs.raw.lines == []
    with pytest.raises(AttributeError, match="'bus' is not declared; declared outputs: raw"):
        _ = outputs.bus
    with pytest.raises(AttributeError, match="none"):
        _ = Outputs({}).raw
