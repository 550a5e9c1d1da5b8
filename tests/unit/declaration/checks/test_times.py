"""Times and counts that depend on each other: exactly at the bound is right, below it is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.declaration.checks.retry import longest_wait
from constructs_lib.declaration.retry import Retry
from tests.unit.declaration.bad_input import RUNNER, from_fields

if TYPE_CHECKING:
    from pathlib import Path

KEY = ["body.order_id"]


def codes(folder: Path, **changes: Any) -> list[str]:
    return [fault.code for fault in from_fields(folder, **changes)]


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ({"queue": {"visibility_timeout": "180s"}}, {"queue": {"visibility_timeout": "179s"}}, "visibility-too-short"),
        (
            {"queue": {"visibility_timeout": "182s", "max_batching_window": "2s"}},
            {"queue": {"visibility_timeout": "181s", "max_batching_window": "2s"}},
            "visibility-too-short",
        ),
        (
            {"queue": {"visibility_timeout": "60s"}, "runner": {**RUNNER, "timeout": "10s"}},
            {"queue": {"visibility_timeout": "60s"}, "runner": {**RUNNER, "timeout": "11s"}},
            "visibility-too-short",
        ),
        (
            {"queue": {"retention_period": "9d", "dlq": {"retention_period": "9d"}}},
            {"queue": {"retention_period": "10d", "dlq": {"retention_period": "9d"}}},
            "dlq-retention-too-short",
        ),
        ({"idempotency": {"key": KEY, "ttl": "18d"}}, {"idempotency": {"key": KEY, "ttl": "431h"}}, "ttl-too-short"),
        ({"ledger": {"retention": "18d"}}, {"ledger": {"retention": "17d"}}, "ledger-too-short"),
        ({"queue": {"max_receive_count": 5}}, {"queue": {"max_receive_count": 4}}, "attempts-disagree"),
        ({"queue": {"max_receive_count": 1000}}, {"queue": {"max_receive_count": 1001}}, "attempts-disagree"),
        (
            {"queue": {"batch_size": 10}},
            {"queue": {"batch_size": 11}},
            "batch-without-window",
        ),
        (
            {"queue": {"batch_size": 10_000, "max_batching_window": "5m"}},
            {"queue": {"batch_size": 10_001, "max_batching_window": "5m"}},
            "batch-too-large",
        ),
        ({"queue": {"max_batching_window": "300s"}}, {"queue": {"max_batching_window": "301s"}}, "window-too-long"),
        ({"runner": {**RUNNER, "timeout": "15m"}}, {"runner": {**RUNNER, "timeout": "901s"}}, "timeout-too-long"),
        (
            {"runner": {**RUNNER, "max_concurrency": 2}},
            {"runner": {**RUNNER, "max_concurrency": 1}},
            "concurrency-out-of-range",
        ),
        (
            {"runner": {**RUNNER, "max_concurrency": 1000}},
            {"runner": {**RUNNER, "max_concurrency": 1001}},
            "concurrency-out-of-range",
        ),
        ({"observability": {"log_retention": "1d"}}, {"observability": {"log_retention": "2d"}}, "log-retention-wrong"),
        ({"retry": {"max_delay": "12h"}}, {"retry": {"max_delay": "721m"}}, "retry-delay-too-long"),
        (
            {"retry": {"max_delay": "12h", "interval": "12h", "max_attempts": 8}},
            {"retry": {"max_delay": "12h", "interval": "12h", "max_attempts": 9}},
            "retries-outlive-queue",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_bound_itself_is_right_and_one_beyond_is_refused(
    right: dict[str, Any], wrong: dict[str, Any], code: str, tmp_path: Path
) -> None:
    assert code not in codes(tmp_path, **right)
    assert code in codes(tmp_path, **wrong)


def test_the_longest_wait_is_the_sum_of_all_delays_below_their_bound() -> None:
    retry = Retry(max_attempts=5, interval=timedelta(seconds=2), backoff_rate=2.0, max_delay=timedelta(seconds=10))
    assert longest_wait(retry) == timedelta(seconds=2 + 4 + 8 + 10)
    assert longest_wait(Retry(max_attempts=1)) == timedelta(0)


def test_the_way_out_names_the_value_that_works(tmp_path: Path) -> None:
    fault = from_fields(tmp_path, queue={"visibility_timeout": "30s"})[0]
    assert "3m" in fault.fix
    assert codes(tmp_path, queue={"visibility_timeout": "3m"}) == []
