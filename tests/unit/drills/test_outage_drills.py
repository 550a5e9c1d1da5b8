"""Drills take every declared output down, and count each call of a store."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.registry import drill
from constructs_lib.drills.subject import Subject
from functions.contract.environment import OutputSettings
from tests.declarations import declare
from tests.runtime.fakes import World

if TYPE_CHECKING:
    from pathlib import Path

    from functions.runtime import Run

OUTPUTS: dict[str, dict[str, Any]] = {
    "raw": {"type": "raw"},
    "s3": {"type": "s3", "key": "{token}/{name}"},
    "topic": {"type": "topic"},
    "queue": {"type": "queue"},
    "event_bus": {"type": "event_bus", "detail_type": "OrderTaken"},
    "dynamodb": {"type": "dynamodb", "partition_key": "order_id"},
    "http": {"type": "http", "url": "https://shop.example.com/orders"},
}
WHAT = {"s3": '"order.json", order["order_id"]'}
OPTIONS: dict[str, dict[str, Any]] = {
    "event_bus": {"source": "pipelines.shop-orders", "detail_type": "OrderTaken"},
    "dynamodb": {"key": [["order_id", "S"]]},
    "s3": {"prefix": "", "key": "{token}/{name}", "if_exists": "replace", "max_object_size": 1000},
    "http": {"method": "POST", "timeout": 5, "id_header": "Idempotency-Key"},
}
HANDLER = '''"""A handler that sends each order on, and one that keeps orders in a store first."""

from functions.runtime import runner


@runner
def sends(order, run):
    run.outputs.{output}.put({what})


@runner
def keeps(order, run):
    known = run.stores.orders.get(order["order_id"])
    if known is None:
        run.stores.orders.put_if_absent({{**order, "run_token": run.token}})
    run.outputs.{output}.put({what})
'''
STORE = {"type": "table", "name": "orders", "access": "read_write", "partition_key": "order_id"}


def subject(folder: Path, handler: str, output: str, **more: Any) -> Subject:
    name = f"outage_{uuid.uuid4().hex}"
    (folder / "samples").mkdir()
    (folder / "samples" / "shop-orders.json").write_text(json.dumps([{"order_id": "o-1"}]))
    (folder / f"{name}.py").write_text(HANDLER.format(output=output, what=WHAT.get(output, "order")))
    changes = {"source": {"type": "queue"}, "tenant": None, "idempotency": {"key": ["body.order_id"]}}
    runner = {"handler": f"{name}:{handler}"}
    declaration = declare(folder, runner=runner, outputs=[OUTPUTS[output]], **changes, **more)
    return Subject.of(folder / "shop-orders.yaml", declaration)


@pytest.mark.parametrize("name", ["dependency-down", "partial-outage"])
@pytest.mark.parametrize("output", OUTPUTS)
def test_an_outage_of_any_output_is_stood(output: str, name: str, tmp_path: Path) -> None:
    outcome = drill(name).run(subject(tmp_path, "sends", output), seed=1)
    assert outcome.found is None, outcome.found


@pytest.mark.parametrize("output", OUTPUTS)
def test_nothing_of_an_output_arrives_while_it_is_out(output: str) -> None:
    def put(order: Any, run: Run) -> None:
        getattr(run.outputs, output).put(*["order.json", order["order_id"]] if output == "s3" else [order])

    target = {"http": "https://shop.example.com/orders"}.get(output, f"the-{output}")
    world = World(put, outputs=(OutputSettings(output, output, target, OPTIONS.get(output, {})),))
    reached = world.clients.targets()
    world.calls.out = lambda target: target in reached
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert world.statuses() == ["dead_lettered", *["failed"] * (world.settings.retry.max_attempts - 1)]
    assert world.clients.arrived() == 0
    assert world.s3.objects == {}


def test_every_call_of_a_store_is_one_at_which_a_worker_dies(tmp_path: Path) -> None:
    drilled, without = (tmp_path / "with", tmp_path / "without")
    for folder in (drilled, without):
        folder.mkdir()
    found = drill("crash-at-every-call").run(subject(drilled, "keeps", "raw", stores=[STORE]), seed=1)
    plain = drill("crash-at-every-call").run(subject(without, "sends", "raw"), seed=1)
    assert (found.found, plain.found) == (None, None)
    assert found.crashes > plain.crashes
