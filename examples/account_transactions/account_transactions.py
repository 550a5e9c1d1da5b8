"""Tell account holders of their transactions."""

from __future__ import annotations

from typing import Any

from functions.runtime import Recoverable, Run, runner


@runner
def notify(transaction: dict[str, Any], run: Run) -> None:
    """Write down what the account holder is told; one who cannot be reached is told later, and then in order."""
    if run.attempt < transaction.get("reachable_at_try", 1):
        raise Recoverable("the account holder cannot be reached")
    run.outputs.raw.put(transaction)
