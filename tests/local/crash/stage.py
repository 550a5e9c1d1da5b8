"""Where a crash case takes place: one deployed pipeline, records with ids of their own, and what came of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.local.faults import Action, Fault
from constructs_lib.local.workers import Workers
from functions.contract.ledger import PARTITION_KEY, SORT_KEY, Status, sort
from functions.contract.state import CLAIM, claim_key

if TYPE_CHECKING:
    from constructs_lib.local.session import LocalSession
    from constructs_lib.model.plan import PipelinePlan
    from functions.contract.ledger import LedgerEntry
    from tests.local.crash.gates import Gate, Gates

VISIBILITY = 14
"""Seconds until a message of a dead worker is shown again: more than the lease of 10 + 2 s, less than 6 × 10 s."""
ENDED = frozenset({Status.SUCCEEDED, Status.DUPLICATE, Status.QUARANTINED, Status.DEAD_LETTERED})
PATIENCE = 90
"""Seconds: crashes come back after their visibility timeout, and the machine may be slow."""

Told = tuple[str, int, str | None]
"""Status and attempt of an entry, and the status of the entry that it follows."""


@dataclass(frozen=True)
class Outcome:
    """What came of the messages of one record (or of one batch): the entries by record, and what stands behind them."""

    told: dict[str, list[Told]]
    effects: dict[str, int]
    """Lines at the locations that ``succeeded`` entries name, by record."""
    unexplained: list[str]
    """Messages that no entry ends."""
    errors: dict[str, str | None]
    """The error of each record's last entry."""
    deaths: int = 0


class CrashStage:
    """A deployed pipeline whose handler does what its records say."""

    def __init__(self, session: LocalSession, plan: PipelinePlan, gates: Gates) -> None:
        self.session = session
        self.plan = plan
        self.gates = gates
        self.evidence = session.evidence(plan)
        self.queue = self.evidence.queue_url("buffer")
        self._sqs = session.aws.client("sqs")
        self._dynamodb = session.aws.client("dynamodb")
        self._sqs.set_queue_attributes(QueueUrl=self.queue, Attributes={"VisibilityTimeout": str(VISIBILITY)})

    def send(self, name: str, **said: Any) -> str:
        """Send a record and return the id of its message."""
        body = json.dumps({"id": name, **said})
        return str(self._sqs.send_message(QueueUrl=self.queue, MessageBody=body)["MessageId"])

    def send_gated(self, name: str) -> tuple[str, Gate]:
        """Send a record whose handler stands at a gate when this returns."""
        gate = self.gates.new(name)
        message = self.send(name, gate=gate.url)
        self.evidence.wait_until(f"{name} stands at its gate", gate.arrived.is_set, PATIENCE)
        return message, gate

    def fault(self, action: Action, table: str, name: str) -> Fault:
        """Return a fault at the first insert that names one record."""
        return Fault(
            service="dynamodb",
            action=action,
            resource=table,
            verb="Insert",
            function=self.plan.function(self.plan.runner).name,
            run_token=self.token(name),
            times=1,
        )

    def token(self, name: str) -> str:
        return self.evidence.run_token(name)

    def entries(self, name: str) -> tuple[LedgerEntry, ...]:
        return self.evidence.entries(self.token(name))

    def wait_for(self, names: list[str], messages: list[str]) -> None:
        """Wait until the ledger has a last word on every message."""
        self.evidence.wait_until(
            f"the last word on {', '.join(names[:3])}: {self._unended(names, messages)}",
            lambda: not self._unended(names, messages),
            PATIENCE,
        )

    def outcome(self, names: list[str], messages: list[str], *, deaths: int = 0) -> Outcome:
        """Wait for the end of the records and return what came of them."""
        self.wait_for(names, messages)
        return Outcome(
            told={name: told(self.entries(name)) for name in names},
            effects={name: len(self.evidence.landed(self.token(name))) for name in names},
            unexplained=self._unended(names, messages),
            errors={name: self.entries(name)[-1].error_type for name in names},
            deaths=deaths,
        )

    def claims_tried(self, name: str) -> int:
        """Return how many workers have tried to claim a record for the first time."""
        statements = (one for call in self.session.proxy.calls for one in call.statements)
        inserts = [s for s in statements if (s.verb, s.table) == ("Insert", self.plan.platform.state_table)]
        return sum((insert.partition_key or "").endswith(self.token(name)) for insert in inserts)

    def end_lease(self, name: str) -> None:
        """Let the lease on a record run out now, as another worker's clock that runs ahead would see it."""
        self._dynamodb.update_item(
            TableName=self.plan.platform.state_table,
            Key=self._claim(name),
            UpdateExpression="SET lease_until = :past",
            ExpressionAttributeValues={":past": {"N": "1"}},
        )

    def end_workers(self) -> None:
        """End every idle worker: none lives as long as a claim, and each remembers what it has completed."""
        self.evidence.wait_until_quiet()
        workers = Workers(self.session.emulator.pid)
        for worker in workers.all():
            if worker.function == self.plan.function(self.plan.runner).name:
                workers.kill(worker)

    def expire_claim(self, name: str) -> None:
        """Remove the claim on a record, as TTL does."""
        self._dynamodb.delete_item(TableName=self.plan.platform.state_table, Key=self._claim(name))

    def expire_completion(self, name: str) -> None:
        """Remove the completion of a record, as TTL does."""
        (entry,) = self.evidence.entries(self.token(name), Status.SUCCEEDED)
        key = {PARTITION_KEY: {"S": entry.pk}, SORT_KEY: {"S": sort(Status.SUCCEEDED, "")}}
        self._dynamodb.delete_item(TableName=self.plan.platform.ledger_table, Key=key)

    def _claim(self, name: str) -> dict[str, dict[str, str]]:
        return {PARTITION_KEY: {"S": claim_key(self.plan.pipeline, self.token(name))}, SORT_KEY: {"S": CLAIM}}

    def _unended(self, names: list[str], messages: list[str]) -> list[str]:
        """Return the messages that no entry ends; a run id is the message's id and the number of its delivery."""
        entries = (entry for name in names for entry in self.entries(name))
        ended = {entry.run_id.rpartition(".")[0] for entry in entries if entry.status in ENDED}
        return [message for message in messages if message not in ended]


def told(entries: tuple[LedgerEntry, ...]) -> list[Told]:
    """Return the entries of a run token as a tree; a hash that none of them has shows as ``lost``."""
    by_hash = {entry.hash: entry.status.value for entry in entries}
    return [
        (e.status.value, e.attempt, by_hash.get(e.previous_hash, "lost") if e.previous_hash else None) for e in entries
    ]
