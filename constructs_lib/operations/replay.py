"""Replaying dead letters: each becomes a new run whose parent is the failed one, and the operator stands in the ledger.

For each message: send to the buffer, write the ``replayed`` entry, delete from the dead-letter queue, in this order.
A crash in between leaves the message in the dead-letter queue, so the next replay sends it once more; the run token is
the same, so the second run is recorded as a duplicate and has no effect. A message leaves the dead-letter queue only
when it stands in the buffer and its replay in the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.contract.identity import run_token, text_hash
from functions.contract.ledger import LedgerEntry, Status
from functions.contract.message import CORRELATION_ID, FAILURE, REPLAY, SIGNAL, Replay, fits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_sqs import SQSClient

    from constructs_lib.operations.dead_letters import DeadLetter, DeadLetterQueue
    from constructs_lib.operations.ledger import Ledger

UNKNOWN = "unknown"
OPERATOR_VERSION = "operator"
"""Stands where an entry of a run has the version of its function."""


def utc_now() -> str:
    """Return the time as the ledger writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Selection:
    """Which dead letters are meant: all of those that fit every given field, up to ``limit``."""

    run_token: str | None = None
    error_type: str | None = None
    limit: int | None = None

    def fits(self, letter: DeadLetter) -> bool:
        """Return whether a letter is meant; one that SQS moved itself has no run token and no error type."""
        failure = letter.failure
        if failure is None:
            return self.run_token is None and self.error_type is None
        return self.run_token in {None, failure.run_token} and self.error_type in {None, failure.error_type}


@dataclass(frozen=True)
class Replayed:
    """A dead letter and the message it became; ``message_id`` is None in a dry run."""

    letter: DeadLetter
    message_id: str | None


@dataclass(frozen=True, kw_only=True)
class Replayer:
    """Sends dead letters of one pipeline back to its buffer, on behalf of ``operator`` (the ARN of who is asking)."""

    sqs: SQSClient
    buffer_url: str
    groups_url: str = ""
    """The queue of groups, where records are collected into groups; a signal of one goes back there."""
    dead_letters: DeadLetterQueue
    ledger: Ledger
    operator: str
    stage: str
    now: Callable[[], str] = utc_now

    def replay(self, selection: Selection, *, dry_run: bool = False) -> Iterator[Replayed]:
        """Replay what is selected, one message after the other; what was not replayed becomes visible again.

        A run that fails again while others are still replayed is not replayed once more.
        """
        kept: list[DeadLetter] = []
        sent: set[str] = set()
        done = 0
        try:
            for letter in self.dead_letters.take():
                kept.append(letter)
                if letter.failed_message_id in sent or not selection.fits(letter):
                    continue
                if dry_run:
                    yield Replayed(letter, None)
                else:
                    message_id = self._replay(letter)
                    kept.pop()
                    sent.add(message_id)
                    yield Replayed(letter, message_id)
                done += 1
                if done == selection.limit:
                    return
        finally:
            for letter in kept:
                self.dead_letters.put_back(letter)

    def _replay(self, letter: DeadLetter) -> str:
        sign = Replay(parent_run_id=letter.run_id, replayed_by=self.operator, replayed_at=self.now())
        message_id = self.sqs.send_message(
            QueueUrl=queue_of(letter, self.buffer_url, self.groups_url),
            MessageBody=letter.body,
            MessageAttributes=_signed(letter, sign),
        )["MessageId"]
        self.ledger.add(self._evidence(letter, sign, message_id))
        self.dead_letters.remove(letter)
        return message_id

    def _evidence(self, letter: DeadLetter, sign: Replay, message_id: str) -> LedgerEntry:
        token = letter.failure.run_token if letter.failure else _stray_token(self.ledger.pipeline, letter)
        entries = self.ledger.of_run_token(token)
        failed = next((entry for entry in entries if entry.run_id == letter.run_id), None)
        return replace(
            failed or self._unrecorded(letter, token),
            status=Status.REPLAYED,
            run_id=f"{message_id}.0",
            parent_run_id=letter.run_id,
            attempt=0,
            recorded_at=sign.replayed_at,
            duration_ms=0,
            function=self.operator,
            function_version=OPERATOR_VERSION,
            request_id=message_id,
            location=None,
            error_type=None,
            error_message=None,
        )

    def _unrecorded(self, letter: DeadLetter, token: str) -> LedgerEntry:
        """Return what is known of a run that left no entry: its workers died, or the entry has expired."""
        return LedgerEntry(
            pipeline=self.ledger.pipeline,
            stage=self.stage,
            tenant=letter.failure.tenant if letter.failure else UNKNOWN,
            run_token=token,
            run_id=letter.run_id,
            parent_run_id=None,
            status=Status.DEAD_LETTERED,
            attempt=letter.receive_count,
            recorded_at=self.now(),
            duration_ms=0,
            function=UNKNOWN,
            function_version=UNKNOWN,
            request_id=UNKNOWN,
            correlation_id=letter.attributes.get(CORRELATION_ID, {}).get("StringValue", UNKNOWN),
            manifest_hash=UNKNOWN,
            contract_id=None,
            contract_version=None,
            schema_hash=None,
            payload_hash=text_hash(letter.body),
        )


def queue_of(letter: DeadLetter, buffer_url: str, groups_url: str) -> str:
    """Return the queue that a letter came from: that of groups for a signal of one, else the buffer."""
    return groups_url if groups_url and SIGNAL in letter.attributes else buffer_url


def _stray_token(pipeline: str, letter: DeadLetter) -> str:
    """Return the token under which the runtime files records whose identity it cannot tell."""
    return run_token(pipeline, ("no-identity", text_hash(letter.body)))


def _signed(letter: DeadLetter, sign: Replay) -> dict[str, Any]:
    """Return the attributes of the new message; one that is full goes without its sign, which the ledger has too."""
    original = _original(letter)
    signed = {**original, REPLAY: {"DataType": "String", "StringValue": sign.to_json()}}
    return signed if fits(letter.body.encode(), signed) else original


def _original(letter: DeadLetter) -> dict[str, Any]:
    kept = {name: value for name, value in letter.attributes.items() if name not in {FAILURE, REPLAY}}
    return {
        name: {field: value[field] for field in ("DataType", "StringValue", "BinaryValue") if field in value}
        for name, value in kept.items()
    }
