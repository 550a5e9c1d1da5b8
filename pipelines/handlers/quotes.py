"""Prices that partners wait for."""

from __future__ import annotations

from typing import Any

from functions.runtime import Run, runner

BULK = 100
"""Pieces from which a line is five percent cheaper."""


@runner
def quote(question: dict[str, Any], run: Run) -> dict[str, Any]:
    """Land the question and answer with its price, in cents."""
    run.outputs.raw.put(question)
    total = sum(_price(line["quantity"], line["unit_cents"]) for line in question["lines"])
    return {"quote_id": question["quote_id"], "total_cents": total}


def _price(quantity: int, unit_cents: int) -> int:
    full = quantity * unit_cents
    return full * 95 // 100 if quantity >= BULK else full
