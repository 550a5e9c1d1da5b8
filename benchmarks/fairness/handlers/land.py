"""The handler that the declaration names; the measurement puts one that takes time in its place."""

from __future__ import annotations

from typing import Any

from functions.runtime import Run, runner


@runner
def land(record: dict[str, Any], run: Run) -> None:
    """Land a record as it was received."""
    run.outputs.raw.put(record)
