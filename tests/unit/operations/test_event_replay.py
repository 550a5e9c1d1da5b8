"""Replaying archived events against EventBridge as moto has it: one rule alone, with an entry of who did it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from constructs_lib.composition import plan_pipeline
from constructs_lib.errors import UserError
from constructs_lib.operations.event_replay import EventReplayer
from constructs_lib.operations.window import Window
from functions.contract.ledger import LedgerEntry, Status
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WINDOW = Window(datetime(2026, 11, 20, 6, tzinfo=UTC), datetime(2026, 11, 20, 12, tzinfo=UTC))
PSEUDO = {"${AWS::Partition}": "aws", "${AWS::Region}": "eu-west-1", "${AWS::AccountId}": "123456789012"}


class Entries:
    def __init__(self) -> None:
        self.kept: list[LedgerEntry] = []

    def add(self, entry: LedgerEntry) -> None:
        self.kept.append(entry)


def resolve(text: str) -> str:
    for name, value in PSEUDO.items():
        text = text.replace(name, value)
    return text


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("events", region_name="eu-west-1")


def replayer(folder: Path, events: Any, entries: Entries, **source: Any) -> EventReplayer:
    fields = {"type": "event_bus", "create": True, "pattern": {"source": ["shop"]}, **source}
    plan = plan_pipeline(declare(folder, source=fields, tenant=None, idempotency=None))
    return EventReplayer(
        plan=plan,
        events=events,
        ledger=entries,
        operator="arn:aws:iam::123456789012:user/operator",
        resolve=resolve,
        ledger_retention=86_400,
        sleep=lambda _seconds: None,
    )


def test_events_of_a_time_go_to_the_pipelines_rule_alone_and_the_ledger_says_who_sent_them(
    tmp_path: Path, events: Any
) -> None:
    entries = Entries()
    asked = replayer(tmp_path, events, entries, archive={"retention": "30d"})
    bus = events.create_event_bus(Name="shop-orders-dev-bus")["EventBusArn"]
    rule = events.put_rule(
        Name="shop-orders-dev-rule", EventBusName="shop-orders-dev-bus", EventPattern='{"source": ["shop"]}'
    )["RuleArn"]
    archive = events.create_archive(ArchiveName="shop-orders-dev-arc", EventSourceArn=bus)["ArchiveArn"]
    progress = list(asked.replay(WINDOW, NOW))
    assert progress[-1].state == "COMPLETED"
    told = events.describe_replay(ReplayName="shop-orders-20261121T120000")
    assert told["Destination"] == {"Arn": bus, "FilterArns": [rule]}
    assert told["EventSourceArn"] == archive
    assert (told["EventStartTime"], told["EventEndTime"]) == (WINDOW.since, WINDOW.until)
    (entry,) = entries.kept
    assert (entry.status, entry.function) == (Status.EVENTS_REPLAYED, "arn:aws:iam::123456789012:user/operator")
    assert entry.error_message == "events from 2026-11-20T06:00:00.000Z until 2026-11-20T12:00:00.000Z"


def test_without_an_archive_nothing_is_asked_and_nothing_recorded(tmp_path: Path, events: Any) -> None:
    entries = Entries()
    with pytest.raises(UserError, match="keeps no events"):
        list(replayer(tmp_path, events, entries).replay(WINDOW, NOW))
    assert entries.kept == []
    assert events.list_replays()["Replays"] == []
