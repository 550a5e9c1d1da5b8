"""Wherever the function that shares records out dies, every worker does each part of a record once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from constructs_lib.drills.memory.faults import Fault, at
from tests.runtime.fan_out.workers import Shared

RECORDS = [{"order_id": f"o-{number}", "rows": [{"n": row} for row in range(7)]} for number in range(3)]
ITEMS: dict[str, Any] = {"items": "body.rows", "max_items": 7, "batch_items": 2}
PARTS = {"captions": 4, "thumbnails": 4}


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("via", ["topic", "event_bus"])
def test_no_call_that_goes_wrong_loses_a_part_or_has_it_done_twice(via: str, fault: Fault) -> None:
    calls = _run(via, None)
    assert max(_run(via, at(index, fault)) for index in range(calls)) > calls


def _run(via: str, plan: Any) -> int:
    """Share three records out, let the workers work, and return how many calls the sharing took."""
    shared = Shared(via=via, **ITEMS)
    if plan:
        shared.sharing.calls.plan = plan
    shared.send(*RECORDS, RECORDS[0])
    calls = len(shared.sharing.calls.names)
    shared.work()
    done = Counter(str(entry.step).partition("[")[0] for entry in shared.parts() if entry.status.value == "succeeded")
    assert done == {name: count * len(RECORDS) for name, count in PARTS.items()}
    assert shared.sharing.statuses().count("started") == len(RECORDS)
    return calls
