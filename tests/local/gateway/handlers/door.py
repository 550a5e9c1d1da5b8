"""Handlers that tell who they think has called."""

from __future__ import annotations

from typing import Any

from functions.runtime import Run, runner


@runner
def land(order: dict[str, Any], run: Run) -> None:
    run.outputs.raw.put({"order_id": order["order_id"], "claims": run.record.get("claims"), "path": run.record["path"]})


@runner
def answer(_order: Any, run: Run) -> dict[str, Any]:
    said = {name: run.record["claims"].get(name) for name in ("sub", "scope")}
    return {"claims": said, "path": run.record["path"], "query": run.record["query"]}


@runner
def write(item: dict[str, Any], run: Run) -> dict[str, Any]:
    run.outputs.raw.put(item)
    return {"written": run.record["path"]["item_id"], "by": run.record["claims"]["sub"]}
