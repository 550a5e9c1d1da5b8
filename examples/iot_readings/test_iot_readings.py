"""Every reading is kept, what met a busy table is tried again, and each breach alerts once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local.faults import Action, Fault
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.trial import Trial

READING: dict[str, Any] = json.loads((Path(__file__).parent / "events" / "reading.json").read_text())
HOT = [READING, {**READING, "sensor": "p-2"}]
BUSY = Fault(
    service="dynamodb",
    action=Action.ANSWER,
    resource="plant-readings-dev-breaches",
    status=400,
    code="ProvisionedThroughputExceededException",
    times=6,
)
"""The table of breaches refuses its first six calls; a client makes several before a reading fails."""
STILL_HOT = [{**one, "taken_at": f"2026-11-21T08:0{minute}:00Z"} for one in HOT for minute in (1, 2)]


def publish(example: Trial, readings: list[dict[str, Any]]) -> None:
    for reading in readings:
        payload = json.dumps(reading).encode()
        example.client("iot-data").publish(topic="plants/north/readings", payload=payload)


def kept(evidence: Evidence) -> list[dict[str, Any]]:
    entries = [entry for entry in evidence.every_entry() if entry.status is Status.SUCCEEDED]
    return [json.loads(record.text) for entry in entries for record in evidence.landed(entry.run_token)]


@pytest.fixture(scope="module")
def told(example: Trial) -> tuple[Evidence, Evidence]:
    """What readings and alerts have left behind, after a moment in which the table of breaches was too busy."""
    readings, alerts = example.evidence("plant-readings"), example.evidence("plant-alerts")
    with example.session.proxy.faults.active(BUSY):
        publish(example, HOT)
        readings.wait_until("the first are kept", lambda: len(kept(readings)) >= len(HOT))
    publish(example, STILL_HOT)
    readings.wait_until("all are kept", lambda: len(kept(readings)) >= len(HOT + STILL_HOT))
    alerts.wait_until("both alerts are there", lambda: len(kept(alerts)) >= len(HOT))
    alerts.wait_until_quiet()
    return readings, alerts


def test_every_reading_is_kept_once_and_what_met_the_busy_table_was_tried_again(
    told: tuple[Evidence, Evidence],
) -> None:
    readings, _ = told
    found = [(one["sensor"], one["taken_at"], one["celsius"]) for one in kept(readings)]
    assert sorted(found) == sorted((one["sensor"], one["taken_at"], one["celsius"]) for one in HOT + STILL_HOT)
    assert [entry for entry in readings.every_entry() if entry.status is Status.FAILED]


def test_each_breach_alerts_once(told: tuple[Evidence, Evidence]) -> None:
    _, alerts = told
    found = sorted((one["sensor"], one["since"]) for one in kept(alerts))
    assert found == [(one["sensor"], one["taken_at"]) for one in HOT]
