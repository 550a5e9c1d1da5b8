"""Drills give a handler its declared stores in memory, new for each drill."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

import pytest

from constructs_lib.drills.registry import drill
from constructs_lib.drills.subject import Subject
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path

STORES = [
    {"type": "table", "name": "totals", "access": "read_write", "partition_key": "shop"},
    {"type": "table", "name": "stock", "partition_key": "sku"},
]
HANDLER = '''"""A handler that counts, and one that writes what it may only read."""

from functions.runtime import runner


@runner
def counts(order, run):
    total = run.stores.totals.update("all", add={"orders": 1})
    assert total.item["orders"] < 500, "another drill's records are here"
    run.outputs.raw.put(order)


@runner
def oversteps(order, run):
    run.stores.stock.put({"sku": "a"})
    run.outputs.raw.put(order)
'''


def subject(folder: Path, handler: str) -> Subject:
    name = f"stores_{uuid.uuid4().hex}"
    (folder / "samples").mkdir()
    (folder / "samples" / "shop-orders.json").write_text(json.dumps([{"order_id": "o-1"}]))
    changes = {"source": {"type": "queue"}, "tenant": None, "idempotency": {"key": ["body.order_id"]}}
    runner = {"handler": f"{name}:{handler}"}
    (folder / f"{name}.py").write_text(HANDLER)
    return Subject.of(folder / "shop-orders.yaml", declare(folder, runner=runner, stores=STORES, **changes))


@pytest.mark.parametrize("name", ["duplicate", "crash-at-every-call", "out-of-order"])
def test_a_handler_with_stores_stands_the_drills(name: str, tmp_path: Path) -> None:
    assert drill(name).run(subject(tmp_path, "counts"), seed=1).found is None


def test_a_handler_that_writes_what_it_may_only_read_fails_them(tmp_path: Path) -> None:
    assert drill("duplicate").run(subject(tmp_path, "oversteps"), seed=1).found is not None
