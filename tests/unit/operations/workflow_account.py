"""Step Functions, a ledger, a state table and dead letters in memory, as far as an operator's commands reach them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from constructs_lib.operations.dead_letters import DeadLetter
from constructs_lib.operations.workflow.executions import Executions
from constructs_lib.operations.workflow.redrive import Redriver
from functions.contract.ledger import LedgerEntry, Status
from functions.contract.message import Failure
from tests.unit.operations.in_memory import OPERATOR, RETENTION, BrokenOffError, entry

if TYPE_CHECKING:
    from constructs_lib.operations.dead_letters import DeadLetterQueue

TOKEN = "f" * 32
MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:shop-orders-dev-workflow:live"
STARTED = entry("m-1.1", Status.STARTED, run_token=TOKEN, attempt=1, error_type=None, location=None)
EXECUTION = "arn:aws:states:eu-west-1:111122223333:execution:shop-orders-dev-workflow:"


def ended(name: str = TOKEN, **changes: Any) -> LedgerEntry:
    """Return how an execution ended badly."""
    told = {"run_token": TOKEN, "parent_run_id": "m-1.1", "error_type": "CardRefused", "location": None}
    return entry(name, Status.DEAD_LETTERED, **{**told, "recorded_at": "2026-01-01T00:01:00.000Z", **changes})


def letter(message_id: str, run_id: str, reason: str = "permanent", run_token: str = TOKEN) -> DeadLetter:
    told = Failure(reason, run_token, run_id, "dublin-1", "CardRefused", "", "now")
    return DeadLetter(message_id, f"receipt-{message_id}", "{}", {}, 1, told)


@dataclass
class WorkflowAccount:
    """What is there, and a step at which the process ends."""

    entries: list[LedgerEntry] = field(default_factory=list)
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    letters: list[DeadLetter] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    steps: list[str] = field(default_factory=list)
    broken_at: str | None = None
    pipeline: str = "shop-orders"

    def ran(self, name: str, status: str, text: str = '{"run":{"token":"t"},"record":{"body":1}}') -> None:
        started = datetime(2026, 1, 1, len(self.executions), tzinfo=UTC)
        self.executions[EXECUTION + name] = {"status": status, "input": text, "startDate": started}

    def step(self, name: str) -> None:
        if name == self.broken_at:
            raise BrokenOffError(name)
        self.steps.append(name)

    def of_run_token(self, run_token: str) -> tuple[LedgerEntry, ...]:
        return tuple(one for one in self.entries if one.run_token == run_token)

    def of_parent_run(self, run_id: str) -> tuple[LedgerEntry, ...]:
        return tuple(one for one in self.entries if one.parent_run_id == run_id)

    def add(self, entry: LedgerEntry) -> None:
        self.step("entry")
        self.entries.append(entry)

    def describe_execution(self, *, executionArn: str) -> Mapping[str, Any]:  # noqa: N803 - as AWS writes it
        if executionArn not in self.executions:
            raise ClientError({"Error": {"Code": "ExecutionDoesNotExist"}}, "DescribeExecution")
        return self.executions[executionArn]

    def get_paginator(self, name: str) -> WorkflowAccount:
        assert name == "list_executions"
        return self

    def paginate(self, *, stateMachineArn: str, statusFilter: str) -> Iterator[Mapping[str, Any]]:  # noqa: N803 - as AWS writes it
        assert stateMachineArn == MACHINE
        for arn, told in self.executions.items():
            yield {"executions": [{"name": arn.removeprefix(EXECUTION)}] if told["status"] == statusFilter else []}

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> None:  # noqa: N803 - as AWS writes it
        self.step("start")
        assert stateMachineArn == MACHINE
        self.ran(name, "RUNNING", input)

    def take(self) -> Iterator[DeadLetter]:
        for one in list(self.letters):
            if one.message_id not in self.hidden:
                self.hidden.add(one.message_id)
                yield one

    def put_back(self, letter: DeadLetter) -> None:
        self.hidden.discard(letter.message_id)

    def remove(self, letter: DeadLetter) -> None:
        self.step("remove")
        self.letters.remove(letter)

    def redriver(self) -> Redriver:
        ids, client = itertools.count(1), self
        letters: Any = client
        queue: DeadLetterQueue = letters
        return Redriver(
            executions=Executions(client, MACHINE),
            ledger=self,
            letters=queue,
            operator=OPERATOR,
            ledger_retention=RETENTION,
            now=lambda: "2026-02-01T00:00:00.000Z",
            new_id=lambda: f"id{next(ids)}",
        )


def succeeded(entry: LedgerEntry = STARTED) -> LedgerEntry:
    """Return how the run ended well."""
    return replace(entry, status=Status.SUCCEEDED, run_id=TOKEN, parent_run_id="m-1.1")
