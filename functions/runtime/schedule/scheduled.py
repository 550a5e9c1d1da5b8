"""The steps around claim and handler of a function whose records are ticks of a schedule."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from functions.contract.state import checkpoint_key, schedule_key
from functions.contract.ticks import TickMessage, time_text
from functions.runtime.aws_failures import error_code
from functions.runtime.claiming import UNREADABLE
from functions.runtime.failure import of_platform
from functions.runtime.landing import drop_overdue
from functions.runtime.pull import Pull, tick_of
from functions.runtime.record_identity import RecordIdentity
from functions.runtime.schedule.cursor import Cursors
from functions.runtime.schedule.gate import LONG_WAIT, STEP, WAIT, Gate, Options
from functions.runtime.schedule.sending import OwnBuffer
from functions.runtime.schedule.versioned_item import VersionedItem
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.contract.environment import CheckpointSettings
    from functions.runtime.back_pressure.state_items import StateItems
    from functions.runtime.invocation import Invocation
    from functions.runtime.services import Services
    from functions.runtime.settings import RunnerSettings
    from functions.runtime.work import Work

ONE_BY_ONE = "one-tick-at-a-time"
SUPERSEDED = "superseded"
"""A later run has moved the cursor over all that this one would have fetched."""
SENT_AGAIN = "page-sent-again"
"""The page before was tried again, and that attempt has sent this page, too."""
PAGE_OPEN = "page-before-open"
NOT_MOVED = "cursor-set-meanwhile"
"""Somebody set the cursor while the run was going on: it stays where they put it."""
ENDED = frozenset({State.LANDED, State.DUPLICATE, State.DEAD_LETTERED})


class Scheduled:
    """What a schedule adds to a batch."""

    def __init__(self, settings: RunnerSettings, services: Services) -> None:
        """Join the gate and, where a checkpoint is declared, the cursor."""
        options, items = Options.of(settings.source_options), services.state
        identity = RecordIdentity(settings)
        self._forbid = options.forbid
        self._identity = identity
        self._buffer = OwnBuffer(lambda: services.client("sqs"), settings.queue_url)
        item = VersionedItem(items, schedule_key(settings.pipeline))
        self._gate = Gate(options, item, self._buffer, identity.token)
        self._checkpoint = settings.checkpoint
        self._cursors = _cursors(settings.checkpoint, items, services, settings.pipeline)

    def before_claims(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Let one tick through where runs must not overlap, and give it its window."""
        ready = sorted((work for work in works if work.state is State.READY), key=_due)
        for index, work in enumerate(ready):
            if self._forbid and index:
                work.give_back(ONE_BY_ONE, WAIT)
                continue
            try:
                self._admit(work, invocation)
            except UNREADABLE as error:
                work.give_back(f"{STEP}: {error_code(error)}", invocation.backoff(work))

    def before_handling(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Nothing is to be done between claim and handler."""

    def before_completion(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Send the next page, or say where the cursor is to stand, before the ledger says that this page is done."""
        drop_overdue(works, invocation)
        for work in works:
            if work.state is State.PROCESSED and work.pull is not None:
                try:
                    self._go_on(work, work.pull)
                except UNREADABLE as error:
                    work.fail(of_platform("checkpoint", error_code(error)))

    def after_completion(self, works: Sequence[Work], invocation: Invocation) -> None:
        """Move the cursor and hand the turn on; where that fails the message comes again, a duplicate by then."""
        for work in works:
            if work.state in ENDED or (work.state is State.DROPPED and work.reason == SUPERSEDED):
                code = self._ended(work, invocation) and self._ended(work, invocation)
                if code:
                    work.give_back(f"{STEP}: {code}")

    def _ended(self, work: Work, invocation: Invocation) -> str:
        """Return the code of what failed, and nothing once the run has ended."""
        try:
            self._end(work, invocation)
        except UNREADABLE as error:
            return error_code(error)
        return ""

    def _admit(self, work: Work, invocation: Invocation) -> None:
        message = _message(work)
        if message.follows and not self._follows(work, message, invocation):
            return
        self._gate.admit(work, message, invocation)
        if work.state is not State.READY:
            return
        if self._cursors is None or self._checkpoint is None:
            work.argument = tick_of(message, None, tick_of(message, None, None).scheduled_at)
            return
        cursor = self._cursors.read()
        first = message.cursor is None
        base, revision = (cursor.value, cursor.revision) if first else (str(message.cursor), message.revision)
        work.pull = Pull(message, base, revision)
        work.argument = work.pull.tick(self._checkpoint.overlap_seconds)
        if cursor.moved_by > message.scheduled_at:
            work.drop(SUPERSEDED)

    def _follows(self, work: Work, message: TickMessage, invocation: Invocation) -> bool:
        """Return whether the page before is completed, by the attempt that sent this one.

        A page that waits for one that was given up is dropped by the gate: its run is over.
        """
        token = self._page_token(work, message.page - 1)
        done = invocation.services.ledger.completions(invocation.settings.pipeline, [token])
        if token not in done:
            self._gate.admit(work, message, invocation)
            if work.state is State.READY:
                work.give_back(PAGE_OPEN, _patience(work))
            return False
        if done[token].entry.run_id != message.follows:
            work.drop(SENT_AGAIN)
            return False
        return True

    def _page_token(self, work: Work, page: int) -> str:
        schedule = {**work.record.fields["schedule"], "page": page}
        return self._identity.token(replace(work.record, fields={**work.record.fields, "schedule": schedule}))

    def _go_on(self, work: Work, pull: Pull) -> None:
        if pull.page.next is not None:
            self._buffer.send([pull.next_message(work.record.run_id)], work)
        elif self._cursors is not None:
            at = pull.message.scheduled_at
            if not self._cursors.propose(pull.revision, pull.moves_to, at, work.token):
                work.reason, work.note = NOT_MOVED, f"the run of {time_text(at)} leaves it where it was put"

    def _end(self, work: Work, invocation: Invocation) -> None:
        message = _message(work)
        if self._is_over(work, message):
            self._gate.release(work, message, invocation)

    def _is_over(self, work: Work, message: TickMessage) -> bool:
        """Return whether a run ends with this page; of one that landed before, the cursor tells."""
        if self._cursors is None or work.state not in (State.LANDED, State.DUPLICATE):
            return True
        moved = self._cursors.settle(work.token, message.scheduled_at)
        return moved or (work.state is State.LANDED and work.pull is not None and work.pull.page.next is None)


def _patience(work: Work) -> float:
    """Return how long a page waits for the one before: mostly a moment, but its worker may have died."""
    return min(LONG_WAIT, 2.0 ** (min(work.record.receive_count, 10) - 1))


def _due(work: Work) -> tuple[str, int]:
    schedule = work.record.fields["schedule"]
    return schedule["scheduled_at"], schedule["page"]


def _message(work: Work) -> TickMessage:
    return TickMessage.of(json.loads(work.record.text))


def _cursors(
    checkpoint: CheckpointSettings | None, items: StateItems, services: Services, pipeline: str
) -> Cursors | None:
    if checkpoint is None:
        return None
    item = VersionedItem(items, checkpoint_key(pipeline, checkpoint.cursor))
    return Cursors(item, services.ledger, pipeline, checkpoint.initial)
