"""Identities never run into one another: of tenants, of keys with several parts, of pipelines."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.contract.environment import IdempotencySettings, TenantSettings
from functions.contract.ledger import Status
from functions.contract.raw import own_objects
from tests.runtime.fakes import BUCKET, World

BY_SHOP = TenantSettings(key="body.shop")


def by(*expressions: str) -> IdempotencySettings:
    return IdempotencySettings(key=expressions, ttl_seconds=86_400)


def landed(world: World) -> list[Any]:
    return sorted((json.loads(line) for line in world.landed()), key=str)


def test_the_same_key_of_two_tenants_is_two_records() -> None:
    world = World(tenant=BY_SHOP)
    orders = [{"order_id": "o-1", "shop": "a"}, {"order_id": "o-1", "shop": "b"}, {"order_id": "o-1", "shop": "a"}]
    world.send(*orders)
    world.deliver()
    assert landed(world) == orders[:2]
    assert {entry.tenant for entry in world.entries(Status.DUPLICATE)} == {"a"}


def test_a_key_that_names_the_tenant_is_left_as_it_is() -> None:
    named, added = World(tenant=BY_SHOP, idempotency=by("body.shop", "body.order_id")), World(tenant=BY_SHOP)
    for world in (named, added):
        world.send({"order_id": "o-1", "shop": "a"})
        world.deliver()
    assert named.entries()[0].run_token == added.entries()[0].run_token


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": "x", "b": "y,z"}, {"a": "x,y", "b": "z"}),
        ({"a": 'x","y', "b": "z"}, {"a": "x", "b": 'y","z'}),
        ({"a": "1", "b": "x"}, {"a": 1, "b": "x"}),
        ({"a": 1, "b": "x"}, {"a": 1.0, "b": "x"}),
        ({"a": "x#y", "b": "z"}, {"a": "x", "b": "#yz"}),
        ({"a": "é", "b": "x"}, {"a": "e\u0301", "b": "x"}),
        ({"a": "x", "b": [["y"], "z"]}, {"a": "x", "b": ["y", "z"]}),
        ({"a": False, "b": "x"}, {"a": 0, "b": "x"}),
    ],
)
def test_parts_of_a_key_keep_their_boundaries_and_types(one: dict[str, Any], other: dict[str, Any]) -> None:
    world = World(idempotency=by("body.a", "body.b"))
    world.send(one, other)
    world.deliver()
    assert len(world.landed()) == 2


@pytest.mark.parametrize("expression", ["ceil(body.x)", "to_number(body.x)", "sort(body.x)", "join(',', body.x)"])
@pytest.mark.parametrize("value", ["1e400", '"nan"', "[null, 1]", "[{}, {}]", '{"a": 1}'])
def test_a_key_that_cannot_be_worked_out_is_no_identity(expression: str, value: str) -> None:
    world = World(idempotency=by(expression))
    world.send('{"x": ' + value + "}")
    assert world.deliver() == {"batchItemFailures": []}
    (entry,) = world.entries()
    assert (entry.status, entry.error_type) == (Status.QUARANTINED, "key-missing")


def test_objects_of_the_same_fields_in_another_order_are_the_same_key() -> None:
    world = World(idempotency=by("body.a"))
    world.send('{"a": {"x": 1, "y": 2}}', '{"a": {"y": 2, "x": 1}}')
    world.deliver()
    assert world.statuses() == ["duplicate", "succeeded"]


@pytest.mark.parametrize(
    "tenant",
    ["../other", "a/b", "a#b", "a\x00", "", "x" * 65, "ä", ".", "..", "a\n", "%2F", "a'b", None, True, {"a": 1}],
)
def test_a_tenant_that_could_break_out_of_a_key_or_a_path_is_refused(tenant: Any) -> None:
    world = World(tenant=TenantSettings(key="body.shop", isolation="per_tenant"))
    world.send({"order_id": "o-1", "shop": tenant})
    world.deliver()
    (entry,) = world.entries()
    assert (entry.status, entry.tenant, entry.error_type) == (Status.QUARANTINED, "unknown", "tenant-missing")


@pytest.mark.parametrize("value", ["a/b", "a#b", "a%00b", "'; DROP", "x" * 8000, "ä🙂", "a\nb", "..\\..", "\u2028"])
def test_a_path_parameter_of_any_text_stays_inside_its_pipelines_keys(value: str) -> None:
    world = World(idempotency=by("path.shop_id", "body.order_id"))
    world.send({"order_id": "o-1"}, path={"shop_id": value})
    world.send({"order_id": "o-1"}, path={"shop_id": value + "x"})
    world.deliver()
    assert world.statuses() == ["succeeded", "succeeded"]
    for table in ("state", "ledger"):
        for item in world.dynamodb.items(table):
            pipeline, _, token = item["pk"]["S"].partition("#")
            assert (pipeline, len(token), token.isalnum()) == ("shop-orders", 32, True)
    prefix = f"s3://{BUCKET}/" + own_objects("raw", "shop-orders").removesuffix("*")
    assert all(place.startswith(prefix) for place in world.s3.objects)
