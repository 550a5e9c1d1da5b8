"""One faulty declaration for every code that a schedule or a checkpoint can bring."""

from __future__ import annotations

from typing import Any

CRON = {"type": "schedule", "cron": "30 1 * * ? *"}
CURSOR = {"cursor": "updated_since", "initial": "2026-01-01T00:00:00Z"}
GROUPS = {
    "group": ["schedule.scheduled_at"],
    "part": "schedule.page",
    "expected": 4,
    "handler": "handlers.orders:land_order",
}


def _source(**changes: Any) -> dict[str, Any]:
    return {"source": {**CRON, **changes}, "idempotency": {}}


CHANGED: dict[str, dict[str, Any]] = {
    "cron-wrong": _source(cron="30 25 * * ? *"),
    "rate-wrong": _source(cron=None, rate="90s"),
    "flexible-window-wrong": _source(flexible_window="25h"),
    "schedule-not-single": _source(rate="15m"),
    "schedule-time-wrong": _source(start="tomorrow"),
    "input-too-large": _source(input={"note": "x" * 262_144}),
    "timezone-unknown": _source(timezone="Europe/Dubln"),
    "calendar-unknown": _source(calendar="lunar"),
    "schedule-key": {"source": CRON},
    "fan-in-of-ticks": {**_source(), "fan_in": GROUPS},
    "expected-run-wrong": {"observability": {"expect_run_within": "90m"}},
    "expected-run-of-tenants": {
        "observability": {"expect_run_within": "26h"},
        "tenant": {"key": "body.order_id"},
    },
    "checkpoint-without-schedule": {"checkpoint": CURSOR},
    "checkpoint-overlap": {**_source(overlap="allow"), "checkpoint": CURSOR},
    "checkpoint-initial": {**_source(), "checkpoint": {**CURSOR, "initial": "change-0", "overlap": "5m"}},
}
