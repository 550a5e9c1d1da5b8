"""Replaying dead letters: each becomes a new run whose parent is the failed one, and the operator stands in the ledger.

For each message: write the ``replayed`` entry, send to the buffer, delete from the dead-letter queue, in this order.
The message names the entry, so that the new run follows it. A crash in between leaves the message in the dead-letter
queue, so the next replay sends it once more; the run token is the same, so the second run is recorded as a duplicate
and has no effect. A message leaves the dead-letter queue only when ledger and buffer have it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from functions.contract.identity import run_token, text_hash
from functions.contract.ledger import LedgerEntry, Status
from functions.contract.message import CORRELATION_ID, ITEM_FAILED, SIGNAL, own
from functions.contract.workflow import replay_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.operations.dead_letters import DeadLetter, DeadLetterQueue
    from constructs_lib.operations.sending import Sender

UNKNOWN = "unknown"
_REDRIVE = "it is an item of a map, and no record; pipelines run redrive lets its run go on with it"


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
    """A dead letter and the message it became; ``message_id`` is None in a dry run, and where the letter is left."""

    letter: DeadLetter
    message_id: str | None
    left: str = ""
    """Why the letter stays where it is, and what leads on."""


@dataclass(frozen=True)
class Replayer:
    """Sends dead letters of one pipeline in one stage back to its buffer."""

    dead_letters: DeadLetterQueue
    sender: Sender
    stage: str
    groups_url: str = ""
    """The queue of groups, where records are collected into groups; a signal of one goes back there."""

    def replay(self, selection: Selection, *, dry_run: bool = False) -> Iterator[Replayed]:
        """Replay what is selected, one message after the other; what was not replayed becomes visible again.

        A run that fails again while others are still replayed is not replayed once more: its letter names the message,
        that of a workflow the execution which the message has started.
        """
        kept: list[DeadLetter] = []
        sent: set[str] = set()
        done = 0
        try:
            for letter in self.dead_letters.take():
                kept.append(letter)
                if letter.failed_message_id in sent or not selection.fits(letter):
                    continue
                if _is_item(letter):
                    yield Replayed(letter, None, _REDRIVE)
                    continue
                if dry_run:
                    yield Replayed(letter, None)
                else:
                    message_id = self._replay(letter)
                    kept.pop()
                    sent |= _failing_again(letter, message_id)
                    yield Replayed(letter, message_id)
                done += 1
                if done == selection.limit:
                    return
        finally:
            for letter in kept:
                self.dead_letters.put_back(letter)

    def _replay(self, letter: DeadLetter) -> str:
        token, followed = self._place(letter)
        failed = followed if followed and _is_outcome(followed, letter.run_id) else None
        message_id, _ = self.sender.send(
            letter.body,
            _original(letter),
            failed or self._unrecorded(letter, token),
            previous_hash=followed.hash if followed else None,
            queue_url=queue_of(letter, self.sender.buffer_url, self.groups_url),
            group=letter.group,
        )
        self.dead_letters.remove(letter)
        return message_id

    def _place(self, letter: DeadLetter) -> tuple[str, LedgerEntry | None]:
        """Return the run token of a letter and the entry that its replay follows.

        That is the entry of the failed run. A message that SQS moved itself has none; if it was a replay, it follows
        the entry of that.
        """
        ledger = self.sender.ledger
        if letter.failure is None and letter.continued_run_id:
            for entry in reversed(ledger.of_parent_run(letter.continued_run_id)):
                if entry.status is Status.REPLAYED:
                    return entry.run_token, entry
        token = letter.failure.run_token if letter.failure else _stray_token(ledger.pipeline, letter)
        outcomes = (entry for entry in ledger.of_run_token(token) if _is_outcome(entry, letter.run_id))
        return token, next(outcomes, None)

    def _unrecorded(self, letter: DeadLetter, token: str) -> LedgerEntry:
        """Return what is known of a run that left no entry: its workers died, or the entry has expired."""
        return LedgerEntry(
            pipeline=self.sender.ledger.pipeline,
            stage=self.stage,
            tenant=letter.failure.tenant if letter.failure else UNKNOWN,
            run_token=token,
            run_id=letter.run_id,
            parent_run_id=None,
            status=Status.DEAD_LETTERED,
            attempt=letter.receive_count,
            recorded_at=self.sender.now(),
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


def replay_every(replayers: Iterable[Replayer], selection: Selection, *, dry_run: bool = False) -> Iterator[Replayed]:
    """Replay what is selected of several dead-letter queues, one after the other, up to the limit of all together."""
    done = 0
    for replayer in replayers:
        left = None if selection.limit is None else selection.limit - done
        if left == 0:
            return
        for replayed in replayer.replay(replace(selection, limit=left), dry_run=dry_run):
            done += not replayed.left
            yield replayed


def queue_of(letter: DeadLetter, buffer_url: str, groups_url: str) -> str:
    """Return the queue that a letter came from: that of groups for a signal of one, else the buffer."""
    return groups_url if groups_url and SIGNAL in letter.attributes else buffer_url


def _failing_again(letter: DeadLetter, message_id: str) -> set[str]:
    """Return what the letter will name if the replayed run fails, too."""
    return {message_id, replay_name(letter.failure.run_token, message_id)} if letter.failure else {message_id}


def _is_item(letter: DeadLetter) -> bool:
    return letter.failure is not None and letter.failure.reason == ITEM_FAILED


def _stray_token(pipeline: str, letter: DeadLetter) -> str:
    """Return the token under which the runtime files records whose identity it cannot tell."""
    return run_token(pipeline, ("no-identity", text_hash(letter.body)))


def _is_outcome(entry: LedgerEntry, run_id: str) -> bool:
    return entry.run_id == run_id and entry.status is not Status.REPLAYED


def _original(letter: DeadLetter) -> dict[str, Any]:
    kept = {name: value for name, value in letter.attributes.items() if not own(name)}
    return {
        name: {field: value[field] for field in ("DataType", "StringValue", "BinaryValue") if field in value}
        for name, value in kept.items()
    }
