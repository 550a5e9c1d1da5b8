"""Land what a bus hands over, whole or counted."""

from __future__ import annotations

from typing import Any

from functions.runtime import Run, runner


@runner
def keep(given: Any, run: Run) -> None:
    run.outputs.raw.put({"given": given, "part": run.record["share"]["part"]})


@runner
def count(order: dict[str, Any], run: Run) -> None:
    run.outputs.raw.put({"characters": len(order["note"])})
