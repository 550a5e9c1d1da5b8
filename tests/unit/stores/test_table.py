"""The table store: exact grants, keys for the runtime, own and existing tables."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalog import load_catalog
from constructs_lib.composition import plan_pipeline
from constructs_lib.stores import STORES
from constructs_lib.stores.table import Table
from functions.contract.environment import StoreSettings, Variable, load_stores
from functions.contract.identity import canonical_json
from functions.runtime.settings import RunnerSettings
from functions.runtime.stores.memory import MemoryTable
from functions.runtime.stores.wiring import keys_of
from tests.declarations import declare
from tests.unit.declaration.bad_input import from_fields
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from pathlib import Path

ARN = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/shop-orders-dev-open-orders"
READ = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
WRITE = {"dynamodb:PutItem", "dynamodb:UpdateItem"}
DELETE = {"dynamodb:DeleteItem"}


def table(**changes: Any) -> Table:
    values = {"name": "open_orders", "partition_key": "customer", "sort_key": "placed_at:N", **changes}
    return Table.model_validate(values)


def granted(store: Table) -> dict[str, tuple[set[str], tuple[str, ...]]]:
    """Return actions and resources of every grant by its name."""
    grants = store.contribute(context(), "stores[0]").runner_grants
    assert all(grant.needed_by == "stores[0]" and not grant.conditions for grant in grants)
    return {grant.sid: (set(grant.actions), grant.resources) for grant in grants}


def test_the_store_is_found_by_its_module() -> None:
    assert Table in STORES


def test_each_access_is_granted_and_nothing_else() -> None:
    assert granted(table()) == {"ReadStoreOpenOrders": (READ, (ARN,))}
    assert granted(table(access="write")) == {"WriteStoreOpenOrders": (WRITE, (ARN,))}
    both = granted(table(access="read_write"))
    assert both == {"ReadStoreOpenOrders": (READ, (ARN,)), "WriteStoreOpenOrders": (WRITE, (ARN,))}
    assert granted(table(access="delete")) == {"DeleteStoreOpenOrders": (DELETE, (ARN,))}
    everything = granted(table(access="read_write_delete"))
    assert everything == {**both, "DeleteStoreOpenOrders": (DELETE, (ARN,))}


def test_indexes_are_read_and_never_written() -> None:
    store = table(access="read_write", indexes=[{"name": "by-status", "partition_key": "status"}])
    read, write = granted(store).values()
    assert read[1] == (ARN, f"{ARN}/index/by-status")
    assert write[1] == (ARN,)


def test_the_runtime_is_told_the_table_and_its_keys() -> None:
    store = table(indexes=[{"name": "by-status", "partition_key": "status", "sort_key": "placed_at:N"}])
    settings = store.settings(context())
    assert (settings.name, settings.target, settings.access) == ("open_orders", "shop-orders-dev-open-orders", "read")
    keys = keys_of(settings)
    assert (keys.table.names, keys.table.attributes[1].type) == (("customer", "placed_at"), "N")
    assert keys.index("by-status").names == ("status", "placed_at")


def test_an_existing_table_is_used_by_its_name_and_not_made() -> None:
    store = table(table="stock-${stage}-items")
    assert store.settings(context()).target == "stock-dev-items"
    (resource,) = store.contribute(context(), "stores[0]").resources
    assert (resource.name, resource.existing) == ("stock-dev-items", True)


def test_a_stream_is_told_to_others_by_a_parameter() -> None:
    stored, parameter = table(stream="new_and_old_images").contribute(context(), "stores[0]").resources
    assert stored.id == "open_orders-table"
    assert parameter.name == "/pipelines/dev/tables/shop-orders-dev-open-orders/stream-arn"


def test_use_is_priced_by_meters_of_the_catalogue() -> None:
    meters = {
        access: [driver.meter for driver in table(access=access).contribute(context(), "stores[0]").cost_drivers]
        for access in ("read", "write", "delete", "read_write", "write_delete")
    }
    assert meters["read"] == ["dynamodb-read"]
    assert meters["write"] == meters["delete"] == meters["write_delete"] == ["dynamodb-write"]
    assert meters["read_write"] == ["dynamodb-read", "dynamodb-write"]
    assert all(load_catalog().prices.unit_price(meter) > 0 for meter in meters["read_write"])


def test_the_runner_reads_its_stores_from_its_environment_only_when_there_are_some(tmp_path: Path) -> None:
    store = {"type": "table", "name": "orders", "partition_key": "order_id"}
    with_store = plan_pipeline(declare(tmp_path, stores=[store])).function("land_order").environment
    values = {variable.name: variable.value for variable in with_store}
    expected = StoreSettings("orders", "table", "shop-orders-dev-orders", "read", {"key": [["order_id", "S"]]})
    assert load_stores(values[Variable.STORES]) == (expected,)
    assert RunnerSettings.from_environment(values).stores == (expected,)
    without = plan_pipeline(declare(tmp_path)).function("land_order").environment
    assert Variable.STORES not in {variable.name for variable in without}


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"partition_key": None}, "field-missing", "stores[0].partition_key"),
        ({"partition_key": "a:B"}, "text-wrong", "stores[0].partition_key"),
        ({"name": "Orders"}, "text-wrong", "stores[0].name"),
        ({"name": "source"}, "store-name-reserved", "stores[0].name"),
        ({"access": "all"}, "value-unknown", "stores[0].access"),
        ({"table": "x-items", "stream": "keys_only"}, "store-exists-already", "stores[0]"),
        ({"sort_key": "order_id:N"}, "table-keys-wrong", "stores[0]"),
        ({"indexes": [{"name": "idx", "partition_key": "order_id:N"}]}, "table-keys-wrong", "stores[0]"),
        ({"indexes": [{"name": "idx", "partition_key": n} for n in "ab"]}, "table-keys-wrong", "stores[0]"),
        ({"table": "a${account}"}, "text-wrong", "stores[0].table"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, changes: dict[str, Any], code: str, path: str) -> None:
    store = {"type": "table", "name": "orders", "partition_key": "order_id", **changes}
    faults = from_fields(tmp_path, stores=[{name: value for name, value in store.items() if value is not None}])
    assert [(fault.code, fault.path) for fault in faults] == [(code, path)]


def test_two_stores_of_one_name_are_refused(tmp_path: Path) -> None:
    table = {"type": "table", "name": "orders", "partition_key": "order_id"}
    (fault,) = from_fields(tmp_path, stores=[table, {"type": "bucket", "name": "orders"}])
    assert (fault.code, fault.path) == ("store-twice", "stores[1].name")


def test_an_item_can_be_landed_and_returned_as_it_is() -> None:
    store = MemoryTable("order_id")
    store.put({"order_id": "o-1", "total": 12.5, "pieces": 3, "rate": Decimal("0.1")})
    assert canonical_json(store.get("o-1")) == '{"order_id":"o-1","pieces":3,"rate":0.1,"total":12.5}'
    assert canonical_json([Decimal("1E+3"), Decimal("-0.0")]) == "[1000,0]"
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(Decimal("Infinity"))
    with pytest.raises(TypeError, match="a set is no JSON"):
        canonical_json({"a": {1}})
