"""The gate in front of a schedule's runs: each tick is run, skipped with a reason, or told to wait for its turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.contract.ticks import TickMessage, Timetable, parse_time
from functions.contract.turns import Turns
from functions.runtime.claiming import note_duplicate
from functions.runtime.schedule.noting import note_skipped
from functions.runtime.schedule.turns import HOLIDAY, MISSED, MOST_NOTED, Arrival, Decision, Rules, decide, over
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from functions.runtime.invocation import Invocation
    from functions.runtime.record import Record
    from functions.runtime.schedule.sending import OwnBuffer
    from functions.runtime.schedule.versioned_item import VersionedItem
    from functions.runtime.work import Work

STEP = "schedule"
CONTENDED = "turn-contended"
NOT_YOUR_TURN = "not-your-turn"
WAIT = 2.0
"""Seconds until a tick asks again that came before its turn: whoever has the turn is about to hand it on."""
LONG_WAIT = 60.0
"""The same where the turn is another run's: it may take as long as a run takes."""
TRIES = 4
"""Times that a decision is made again because another worker was faster."""
REDELIVERY = 6
"""A message comes back after so many timeouts of its function at most, unless the declaration says otherwise."""


@dataclass(frozen=True)
class Options:
    """What is declared of a schedule, as the source writes it."""

    timetable: Timetable
    forbid: bool
    catch_up: bool
    holidays: frozenset[str]
    start: int = 0
    """Nothing was missed before then."""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Options:
        """Read the options of the source."""
        return cls(
            timetable=Timetable(options["expression"], options["timezone"]),
            forbid=options["overlap"] == "forbid",
            catch_up=options["missed_run"] == "catch_up",
            holidays=frozenset(options.get("holidays", ())),
            start=parse_time(options["start"]) if "start" in options else 0,
        )

    def is_holiday(self, at: int) -> bool:
        """Return whether nothing runs on the day of a tick."""
        return bool(self.holidays) and self.timetable.day(at) in self.holidays


class Gate:
    """The turns of one schedule in the state table. Methods raise what AWS calls raise, and ``LookupError``."""

    def __init__(
        self, options: Options, item: VersionedItem, buffer: OwnBuffer, token_of: Callable[[Record], str]
    ) -> None:
        """``token_of`` returns the run token of a record."""
        self._options = options
        self._item = item
        self._buffer = buffer
        self._token_of = token_of

    def admit(self, work: Work, message: TickMessage, invocation: Invocation) -> None:
        """Leave a work ready when it may run now; else say why not, or when to ask again."""
        for _ in range(TRIES):
            value, version = self._item.read()
            turns = Turns.of(value) if value else None
            if turns and self._is_past(turns, work, message) and _is_done(work, invocation):
                return
            decision, gap = self._decided(turns, work, message, invocation)
            if not self._noted(decision, gap, work, invocation):
                work.give_back(f"{STEP}: no evidence", invocation.backoff(work))
                return
            self._send(decision, message, work)
            if decision.turns == turns or self._item.write(vars(decision.turns), version):
                _apply(decision, work, message, invocation)
                return
        work.give_back(CONTENDED, WAIT)

    def release(self, work: Work, message: TickMessage, invocation: Invocation) -> None:
        """End the run of a tick; the next one's message is sent before that, so that a crash loses no turn."""
        for _ in range(TRIES):
            value, version = self._item.read()
            turns = Turns.of(value) if value else None
            if turns is None or message.scheduled_at not in turns.queue:
                return
            ended = over(turns, message.scheduled_at, self._rules(invocation), int(invocation.services.now()))
            self._send(ended, message, work)
            if self._item.write(vars(ended.turns), version):
                return

    def _decided(
        self, turns: Turns | None, work: Work, message: TickMessage, invocation: Invocation
    ) -> tuple[Decision, list[int]]:
        """Return what becomes of a tick, and the holidays among those that nobody has seen before it."""
        at, seen = message.scheduled_at, self._unseen(turns, message.scheduled_at)
        holidays = [other for other in seen if self._options.is_holiday(other)]
        arrival = Arrival(
            at=at,
            now=int(invocation.services.now()),
            holiday=self._options.is_holiday(at),
            again=work.record.parent_run_id is not None,
            gap=tuple(other for other in seen if other not in holidays),
        )
        return decide(turns, arrival, self._rules(invocation)), holidays

    def _unseen(self, turns: Turns | None, at: int) -> list[int]:
        timetable = self._options.timetable
        if turns is None or turns.expression != timetable.told or at <= turns.last:
            return []
        return [other for other in timetable.between(turns.last, at, MOST_NOTED) if other >= self._options.start]

    def _noted(self, decision: Decision, holidays: list[int], work: Work, invocation: Invocation) -> bool:
        skipped = sorted([*((at, HOLIDAY) for at in holidays), *((at, MISSED) for at in decision.missed)])
        return not skipped or note_skipped(skipped, work, self._token_of, invocation)

    def _send(self, decision: Decision, message: TickMessage, work: Work) -> None:
        """Send ticks in their turn; each has its own time, and else says what this one does."""
        if decision.send:
            late = [TickMessage(scheduled_at=at, input=message.input, caught_up=True) for at in decision.send]
            self._buffer.send(late, work)

    def _is_past(self, turns: Turns, work: Work, message: TickMessage) -> bool:
        known = message.scheduled_at in (*turns.queue, *turns.lost) or work.record.parent_run_id
        return message.scheduled_at <= turns.last and not known

    def _rules(self, invocation: Invocation) -> Rules:
        left = invocation.deadline.lease_until - invocation.services.now()
        slowest = max(REDELIVERY * left, invocation.settings.retry.max_delay_seconds)
        expression = self._options.timetable.told
        return Rules(int(slowest + left) + 1, expression, self._options.forbid, self._options.catch_up)


def _is_done(work: Work, invocation: Invocation) -> bool:
    """Mark what comes again although it is completed as the duplicate that it is."""
    done = invocation.services.ledger.completions(invocation.settings.pipeline, [work.token])
    if work.token in done:
        note_duplicate(work, done[work.token])
    return work.token in done


def _apply(decision: Decision, work: Work, message: TickMessage, invocation: Invocation) -> None:
    if decision.act == "skip":
        work.drop("run-over" if message.page > 1 else decision.reason)
    elif decision.act == "later":
        work.state = State.IDLE
    elif decision.act == "wait":
        left = decision.turns.lease_until - invocation.services.now()
        near = decision.turns.queue[1:2] == (message.scheduled_at,) and message.caught_up
        work.give_back(NOT_YOUR_TURN, WAIT if near else min(LONG_WAIT, max(WAIT, left)))
