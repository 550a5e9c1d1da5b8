"""Functions that a map calls have an alarm on more invocations than the expected events explain; others have none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.composition import plan_pipeline
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path

TASK = {"type": "task", "timeout": "30s"}
STEPS = [
    {**TASK, "name": "reserve", "handler": "handlers.steps:reserve_stock"},
    {
        "type": "map",
        "name": "lines",
        "items": "{% $record.body.lines %}",
        "max_items": 20,
        "max_concurrency": 5,
        "steps": [{**TASK, "name": "ship", "handler": "handlers.steps:ship_order"}],
    },
]


@pytest.mark.parametrize(
    ("budget", "thresholds"), [({"events_per_month": 3000}, {"ship-multiplied": 4000.0}), ({}, {})]
)
def test_an_alarm_tells_a_day_with_more_calls_than_twice_an_even_share(
    tmp_path: Path, budget: dict[str, Any], thresholds: dict[str, float]
) -> None:
    declared = declare(tmp_path, runner=None, outputs=None, workflow={"timeout": "5m", "steps": STEPS}, budget=budget)
    alarms = [alarm for alarm in plan_pipeline(declared).alarms if alarm.id.endswith("-multiplied")]
    assert {alarm.id: alarm.threshold for alarm in alarms} == thresholds
