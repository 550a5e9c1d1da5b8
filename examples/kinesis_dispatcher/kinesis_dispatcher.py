"""Dispatch each shipment to the depot that serves its destination."""

from __future__ import annotations

from typing import Any

from functions.runtime import Permanent, Recoverable, Run, runner


@runner
def dispatch(shipment: dict[str, Any], run: Run) -> None:
    """Land a shipment with its depot; without a route it waits for somebody to add one."""
    route = run.stores.routes.get(shipment["destination"])
    if route is None:
        raise Permanent(f"no route to {shipment['destination']}")
    if route["closed_for"] >= run.attempt:
        raise Recoverable("the depot does not answer yet")
    run.outputs.raw.put({**shipment, "depot": route["depot"]})
