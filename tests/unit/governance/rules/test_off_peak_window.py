from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.governance.rules.off_peak_window import OffPeakWindow
from tests.unit.governance.cases import pipeline, planned

RULE = OffPeakWindow()


def found(**source: Any) -> list[str]:
    fields = {"type": "schedule", "off_peak": True, **source}
    return [finding.found for finding in planned(RULE, pipeline(source=fields, idempotency={}))]


@pytest.mark.parametrize("cron", ["30 1 * * ? *", "0 20 * * ? *", "59 5 ? * MON-FRI *"])
def test_runs_within_the_hours_pass(cron: str) -> None:
    assert found(cron=cron) == []


def test_a_run_outside_of_them_requires_an_approval() -> None:
    assert found(cron="0 6 * * ? *") == ["a run may begin at 06:00 UTC"]


def test_the_end_of_a_flexible_window_counts() -> None:
    assert found(cron="30 5 * * ? *", flexible_window="45m") == ["a run may begin at 06:15 UTC"]


def test_winter_time_counts() -> None:
    assert found(cron="30 0 * * ? *", timezone="America/New_York") == []
    assert found(cron="30 1 * * ? *", timezone="America/New_York") == ["a run may begin at 06:30 UTC"]


def test_a_schedule_that_does_not_say_so_may_run_at_any_time() -> None:
    assert found(cron="0 12 * * ? *", off_peak=False) == []
