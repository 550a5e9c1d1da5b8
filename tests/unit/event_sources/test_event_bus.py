"""The event_bus source: which bus, which events, and what is kept of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.event_sources.event_bus import EventArchive, EventBusSource
from tests.unit.declaration.bad_input import from_fields
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from pathlib import Path

SHOP = {"source": ["shop"]}


@pytest.mark.parametrize(
    ("fields", "name", "existing"),
    [
        ({}, "pipelines-dev-events", True),
        ({"bus": "default"}, "default", True),
        ({"bus": "partner-${stage}-bus"}, "partner-dev-bus", True),
        ({"create": True}, "shop-orders-dev-bus", False),
        ({"create": True, "bus": "partner-${stage}"}, "partner-dev", False),
    ],
)
def test_the_bus_is_the_platforms_the_accounts_or_one_by_name(
    fields: dict[str, Any], name: str, existing: bool
) -> None:
    bus = EventBusSource(pattern=SHOP, **fields).contribute(context()).resources[0]
    assert (bus.name, bus.existing) == (name, existing)


def test_events_of_aws_services_cost_nothing_and_others_a_publication() -> None:
    drivers = [
        [one.meter for one in EventBusSource(pattern=SHOP, bus=bus).contribute(context()).cost_drivers]
        for bus in ("default", None)
    ]
    assert drivers == [[], ["event-published"]]


def test_an_archive_costs_what_goes_in_and_how_long_it_stays() -> None:
    source = EventBusSource(pattern=SHOP, bus="default", archive=EventArchive(retention=timedelta(days=60)))
    drivers = source.contribute(context()).cost_drivers
    assert {driver.meter: driver.quantity_per_event for driver in drivers} == {
        "event-archive-gb": 1e-6,
        "event-archive-gb-month": 2e-6,
    }


def test_the_longest_names_fit_what_eventbridge_takes() -> None:
    long = context("p" * 32, "s" * 10)
    source = EventBusSource(pattern=SHOP, create=True, archive=EventArchive())
    names = {one.id: one.name for one in source.contribute(long).resources}
    assert len(names["rule"]) <= 64
    assert len(names["archive"]) <= 48


def test_an_event_is_told_by_its_id(tmp_path: Path) -> None:
    source = {"type": "event_bus", "pattern": SHOP}
    assert EventBusSource(pattern=SHOP).natural_key() == ("event.id",)
    assert from_fields(tmp_path, source=source, tenant=None, idempotency=None) == ()


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"pattern": {}}, "length-wrong", "source.pattern"),
        ({"pattern": {"sources": ["shop"]}}, "pattern-wrong", "source.pattern"),
        ({"bus": "my bus"}, "text-wrong", "source.bus"),
        ({"archive": {"retention": "1h"}}, "archive-retention", "source.archive.retention"),
    ],
    ids=str,
)
def test_what_eventbridge_would_refuse_is_refused(
    tmp_path: Path, changes: dict[str, Any], code: str, path: str
) -> None:
    source = {"type": "event_bus", "pattern": SHOP, **changes}
    faults = from_fields(tmp_path, source=source, tenant=None, idempotency=None)
    assert [(fault.code, fault.path) for fault in faults] == [(code, path)]


def test_a_bus_keeps_no_order(tmp_path: Path) -> None:
    source = {"type": "event_bus", "pattern": SHOP}
    faults = from_fields(tmp_path, source=source, queue={"fifo": True}, tenant=None, idempotency=None)
    assert [fault.code for fault in faults] == ["fifo-not-possible"]
