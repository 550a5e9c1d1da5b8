"""Sending a record to the buffer once more: first the evidence, then the message that names it.

A crash in between leaves an entry of a replay that was never sent, and no message that nobody has answered for.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from functions.contract.ledger import LedgerEntry, Status
from functions.contract.message import REPLAY, Replay, fits, in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_sqs import SQSClient

OPERATOR_VERSION = "operator"
"""Stands where an entry of a run has the version of its function."""


class LedgerOfTokens(Protocol):
    """What a replay needs of the ledger."""

    @property
    def pipeline(self) -> str:
        """Name of the pipeline whose entries these are."""

    def of_run_token(self, run_token: str) -> tuple[LedgerEntry, ...]:
        """Return every entry of one run token, oldest first."""

    def of_parent_run(self, run_id: str) -> tuple[LedgerEntry, ...]:
        """Return every entry whose run continues a run, oldest first."""

    def add(self, entry: LedgerEntry) -> None:
        """Insert an entry."""


def utc_now() -> str:
    """Return the time as the ledger writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_id() -> str:
    """Return an id that was never used before."""
    return uuid.uuid4().hex


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Sends records of one pipeline on behalf of ``operator`` (the ARN of who is asking); retention in seconds."""

    sqs: SQSClient
    buffer_url: str
    ledger: LedgerOfTokens
    operator: str
    ledger_retention: int
    now: Callable[[], str] = utc_now
    new_id: Callable[[], str] = new_id

    def send(
        self,
        body: str,
        attributes: Mapping[str, Any],
        run: LedgerEntry,
        *,
        previous_hash: str | None,
        queue_url: str = "",
        group: str | None = None,
    ) -> tuple[str, LedgerEntry]:
        """Send a record as a new run that continues ``run``; returns the message's id and the entry of the replay.

        ``attributes`` are in SQS's own form; the queue is the buffer when no other is named; ``group`` is the one
        that it was sent in before, by which a fair queue knows its tenant. A message that has no room for the sign of
        its replay goes without: what it continues stands in the ledger, too.
        """
        entry = self._entry(run, previous_hash)
        self.ledger.add(entry)
        return self._deliver(body, attributes, entry, queue_url or self.buffer_url, group), entry

    def _deliver(
        self, body: str, attributes: Mapping[str, Any], entry: LedgerEntry, queue_url: str, group: str | None
    ) -> str:
        """Send what ``entry`` tells of as one message, and return its id."""
        signed = {**attributes, REPLAY: {"DataType": "String", "StringValue": self._sign(entry)}}
        grouped: Any = in_order(queue_url, group, entry.request_id)
        message = self.sqs.send_message(
            QueueUrl=queue_url,
            MessageBody=body,
            MessageAttributes=signed if fits(body.encode(errors="backslashreplace"), signed) else dict(attributes),
            **grouped,
        )
        return message["MessageId"]

    def _sign(self, entry: LedgerEntry) -> str:
        """Return what a message says of the replay that it is."""
        return Replay(
            parent_run_id=entry.parent_run_id or "",
            replayed_by=self.operator,
            replayed_at=entry.recorded_at,
            previous_hash=entry.hash,
        ).to_json()

    def _entry(self, run: LedgerEntry, previous_hash: str | None) -> LedgerEntry:
        replay_id, recorded_at = self.new_id(), self.now()
        return replace(
            run,
            status=Status.REPLAYED,
            run_id=f"{run.run_id}.replay.{replay_id}",
            parent_run_id=run.run_id,
            previous_hash=previous_hash,
            attempt=0,
            recorded_at=recorded_at,
            duration_ms=0,
            function=self.operator,
            function_version=OPERATOR_VERSION,
            request_id=replay_id,
            queued_at=None,
            location=None,
            drift=(),
            error_type=None,
            error_message=None,
            sample=None,
            expires_at=int(datetime.fromisoformat(recorded_at).timestamp()) + self.ledger_retention,
        )
