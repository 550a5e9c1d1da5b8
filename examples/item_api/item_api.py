"""One function for each route of the item API: what reads, what writes, what deletes."""

from __future__ import annotations

from typing import Any

from functions.runtime import Refused, Response, Run, runner


@runner
def read_item(_body: None, run: Run) -> dict[str, Any]:
    """Return the item of the path; 404 where there is none."""
    item = run.stores.items.get(run.record["path"]["item_id"])
    if item is None:
        raise Refused(404, "item-unknown", "there is no such item")
    return {name: item[name] for name in ("item_id", "name", "price_cents")}


@runner
def write_item(item: dict[str, Any], run: Run) -> Response:
    """Put the item under the id of the path, which its own must be."""
    if item["item_id"] != run.record["path"]["item_id"]:
        raise Refused(409, "item-elsewhere", "the item has another id than the path")
    run.stores.items.put(item)
    return Response({"item_id": item["item_id"], "status": "written"})


@runner
def delete_item(_body: None, run: Run) -> None:
    """Delete the item; one that is gone already is gone, so a repeat after a crash is no error."""
    run.stores.items.delete(run.record["path"]["item_id"])
