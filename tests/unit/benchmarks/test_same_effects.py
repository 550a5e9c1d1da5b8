"""The benchmark of the runtime compares like with like, and what it counts does not depend on the machine."""

from __future__ import annotations

from benchmarks.runtime.measure import run


def test_both_handlers_land_and_record_a_batch_of_ten_and_ours_needs_three_calls() -> None:
    """``run`` itself fails unless each of them has added ten ledger entries and ten landed lines."""
    counted = run(records=10, rounds=1)["counted"]

    assert counted["ours"] == {"calls": {"dynamodb": 2, "s3": 1}, "write_units": 20}
    assert counted["peer"] == {"calls": {"dynamodb": 30, "s3": 10}, "write_units": 30}
