"""Check the rows of an upload, many at a time."""

from __future__ import annotations

from typing import Any

from functions.runtime import Run, runner


@runner
def check_rows(rows: list[Any], run: Run) -> None:
    """Land the rows that have an amount, each with the number that it has in its upload."""
    first = run.record["share"]["first"]
    good = [
        {"row": first + number, "amount": row["amount"]}
        for number, row in enumerate(rows)
        if isinstance(row, dict) and isinstance(row.get("amount"), (int, float))
    ]
    for row in good:
        run.outputs.raw.put(row)
