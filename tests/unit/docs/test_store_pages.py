"""The handlers on the pages of the stores do what the pages say, on the stores that the pages declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.composition import plan_pipeline
from functions.contract.environment import StoreSettings, Variable, load_stores
from tests.runtime.fakes import World
from tests.unit.docs.test_kind_pages import DOCS, examples, handler_of

if TYPE_CHECKING:
    from pathlib import Path


def stores_of(page: str, folder: Path) -> tuple[StoreSettings, ...]:
    """Return the stores of the first declaration on a page, as its handler is told of them."""
    plan = plan_pipeline(examples(DOCS / page)[0].load(folder))
    environment = {variable.name: variable.value for variable in plan.function(plan.runner).environment}
    return load_stores(environment[Variable.STORES])


def world(page: str, folder: Path) -> World:
    return World(handler_of(page), source="queue", stores=stores_of(page, folder))


def test_the_handler_of_the_table_page_writes_reads_and_counts(tmp_path: Path) -> None:
    here = world("stores/table.md", tmp_path)
    orders: Any = here.stores["orders"]
    orders.put({"customer": "ann", "placed_at": 0, "count": 4})
    orders.put({"customer": "bob", "placed_at": 10, "status": "open"})
    here.send({"order_id": "o-1", "customer": "ann", "placed_at": 9000})
    here.until_quiet()
    assert here.statuses() == ["succeeded"]
    assert orders.get(("ann", 9000)) == {"customer": "ann", "placed_at": 9000, "status": "open"}
    assert orders.get(("ann", 0))["count"] == 5
    assert [line["customer"] for line in here.logged() if line["message"] == "still open"] == ["bob"]


def test_the_handler_of_the_bucket_page_streams_and_writes(tmp_path: Path) -> None:
    here = world("stores/bucket.md", tmp_path)
    receipts: Any = here.stores["receipts"]
    templates: Any = here.stores["templates"]
    templates.access = "read_write"
    templates.put("receipts/plain.html", b"<!-- note -->\n<p>thanks</p>\n")
    templates.access = "read"
    here.send({"order_id": "o-1", "customer": "ann"})
    here.until_quiet()
    assert here.statuses() == ["succeeded"]
    ((key, body),) = receipts.objects.items()
    assert (key.startswith("ann/"), body) == (True, b"<p>thanks</p>\n")
    assert receipts.info(key).metadata == {"order": "o-1"}


def test_a_store_that_is_not_declared_is_named_with_those_that_are(tmp_path: Path) -> None:
    asked: list[str] = []

    def handler(_order: Any, run: Any) -> None:
        with pytest.raises(AttributeError) as found:
            _ = run.stores.order
        asked.append(str(found.value))

    here = World(handler, source="queue", stores=stores_of("stores/bucket.md", tmp_path))
    here.send({"order_id": "o-1"})
    here.until_quiet()
    bare = World(handler, source="queue")
    bare.send({"order_id": "o-1"})
    bare.until_quiet()
    assert asked == [
        "store 'order' is not declared; declared stores: receipts, templates",
        "store 'order' is not declared; declared stores: none",
    ]


def test_a_write_to_a_store_for_reading_gives_the_record_up_at_once(tmp_path: Path) -> None:
    def handler(_order: Any, run: Any) -> None:
        run.stores.templates.put("receipts/x", b"")

    here = World(handler, source="queue", stores=stores_of("stores/bucket.md", tmp_path))
    here.send({"order_id": "o-1"})
    here.until_quiet()
    (entry,) = here.entries()
    assert (entry.status.value, entry.error_type, entry.attempt) == ("dead_lettered", "StoreMisuse", 1)
