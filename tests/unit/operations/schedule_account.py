"""An account of moto with a schedule, a state table and a ledger in it, as an operator reaches them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from moto import mock_aws

from constructs_lib.composition import plan_pipeline
from constructs_lib.operations.schedule.evidence import OperatorNotes
from constructs_lib.operations.schedule.state_items import StateItems
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from constructs_lib.model.plan import PipelinePlan
    from functions.contract.ledger import LedgerEntry

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OPERATOR = "arn:aws:iam::123456789012:user/operator"
PULL: Mapping[str, Any] = {
    "source": {"type": "schedule", "cron": "30 1 * * ? *", "timezone": "Europe/Dublin", "flexible_window": "45m"},
    "checkpoint": {"cursor": "updated_since", "initial": "2026-01-01T00:00:00Z"},
    "idempotency": {},
}


@dataclass
class MemoryLedger:
    """The ledger of one pipeline: moto's PartiQL inserts nothing."""

    pipeline: str
    kept: list[LedgerEntry] = field(default_factory=list)

    def of_run_token(self, run_token: str) -> tuple[LedgerEntry, ...]:
        """Return the entries of a run token."""
        return tuple(entry for entry in self.kept if entry.run_token == run_token)

    def of_parent_run(self, run_id: str) -> tuple[LedgerEntry, ...]:
        """Return the entries that continue a run."""
        return tuple(entry for entry in self.kept if entry.parent_run_id == run_id)

    def add(self, entry: LedgerEntry) -> None:
        """Keep an entry."""
        self.kept.append(entry)


@dataclass(frozen=True)
class ScheduleAccount:
    """What is in the account."""

    plan: PipelinePlan
    scheduler: Any
    items: StateItems
    ledger: MemoryLedger

    @property
    def notes(self) -> OperatorNotes:
        """The ledger on behalf of the operator."""
        return OperatorNotes(self.plan, self.ledger, OPERATOR, 86_400)

    def deployed(self) -> dict[str, Any]:
        """Return the schedule as Scheduler tells it."""
        return dict(self.scheduler.get_schedule(Name="shop-orders-dev-schedule"))

    def restart(self, **changes: Any) -> None:
        """Make the schedule anew with other properties."""
        if self.plan.schedule is None:
            return
        for found in self.scheduler.list_schedules()["Schedules"]:
            self.scheduler.delete_schedule(Name=found["Name"])
        self.scheduler.create_schedule(
            Name=self.plan.schedule.name,
            Description="Starts the runs of the pipeline.",
            ScheduleExpression=self.plan.schedule.expression,
            ScheduleExpressionTimezone=self.plan.schedule.timezone,
            FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 45},
            State="ENABLED",
            Target={
                "Arn": "arn:aws:sqs:eu-west-1:123456789012:buffer",
                "RoleArn": "arn:aws:iam::123456789012:role/ticks",
                "Input": self.plan.schedule.text,
                "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-west-1:123456789012:dlq"},
                "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 10},
            },
            **changes,
        )

    def entries(self) -> list[LedgerEntry]:
        """Return every entry of the ledger, oldest first."""
        return self.ledger.kept


@contextmanager
def schedule_account(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fields: Mapping[str, Any]
) -> Iterator[ScheduleAccount]:
    """Make the account of one pipeline for as long as the context is open."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    plan = plan_pipeline(declare(folder, **{"tenant": {}, "idempotency": {"key": ["body.order_id"]}, **fields}))
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name="eu-west-1")
        dynamodb.create_table(
            TableName=plan.platform.state_table,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        account = ScheduleAccount(
            plan=plan,
            scheduler=boto3.client("scheduler", region_name="eu-west-1"),
            items=StateItems(dynamodb, plan.platform.state_table),
            ledger=MemoryLedger(plan.pipeline),
        )
        account.restart()
        yield account
