"""Steps that count what they do in a table, and fail for as long as the table says so."""

from __future__ import annotations

from typing import Any

from functions.runtime import Run, runner


class Broken(Exception):  # noqa: N818 - the workflows know it by this name
    """The step's dependency is down."""


@runner
def act(order: dict[str, Any], run: Run) -> dict[str, Any]:
    """Do the step once, and count that; the item ``broken-<order>`` names the steps that cannot be done."""
    name = run.step.name if run.step else "handler"
    broken = run.stores.effects.get(f"broken-{order['order_id']}")
    if broken and name in broken["steps"]:
        raise Broken(f"{name} is down")
    run.stores.effects.update(f"{name}-{order['order_id']}", add={"times": 1})
    return {"done": name, "order_id": order["order_id"]}
