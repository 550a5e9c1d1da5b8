"""One faulty declaration for every code that sharing out can bring."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.declaration import parse_pipeline
from tests.declarations import fields, write_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HANDLER = "handlers.orders:land_order"
ROWS = {"name": "rows", "handler": HANDLER, "max_concurrency": 5}
SYNC = {"type": "http", "path": "/orders", "auth": {"type": "iam"}, "mode": "sync"}
MARKED = {"type": "object", "properties": {"name": {"type": "string", "x-sensitive": True}}}


def fan_out(worker: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Return the changes that make a pipeline with a runner one with a worker."""
    return {"runner": None, "outputs": [], "fan_out": {"workers": [{**ROWS, **(worker or {})}], **changes}}


def _marked(folder: Path) -> object:
    (write_project(folder) / "schemas" / "order.json").write_text(json.dumps(MARKED))
    text = json.dumps(fields(**fan_out(items="body.rows", max_items=2)))
    return parse_pipeline(text, directory=folder)


CHANGED: dict[str, dict[str, Any]] = {
    "worker-twice": fan_out(workers=[ROWS, ROWS]),
    "worker-output-unknown": fan_out({"outputs": ["raw"]}),
    "worker-store-unknown": fan_out({"stores": ["source"]}),
    "items-unbounded": fan_out(items="body.order_id"),
    "items-unclear": fan_out(batch_items=2),
    "fan-out-not-possible": {**fan_out(), "source": SYNC},
    "fan-in-of-workers": {**fan_out(), "fan_in": {"handler": HANDLER, "part": "body.order_id"}},
}
CALLS: dict[str, Callable[[Path], object]] = {"items-marked": _marked}
