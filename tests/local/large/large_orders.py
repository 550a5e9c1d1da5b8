"""Land an order of any size, unless it says that it cannot be."""

from __future__ import annotations

from typing import Any

from functions.runtime import Permanent, Run, runner


@runner
def land(order: dict[str, Any], run: Run) -> None:
    if order.get("held") and run.parent_run_id is None:
        raise Permanent("held back until it is replayed")
    run.outputs.raw.put(order)


@runner
def land_with_claims(order: dict[str, Any], run: Run) -> None:
    run.outputs.raw.put({"sub": run.record["claims"]["sub"], "order": order})
