"""One batch of messages, from claim to acknowledgement, in parts of up to 25 that are flushed one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from functions.runtime.claiming import GIVEN_UP, PAYLOAD_DIFFERS, SUSPECT, claim_all, note_duplicate
from functions.runtime.evidence import record_all
from functions.runtime.handling import DEADLINE, SLOW_DOWN, Handling, must_wait
from functions.runtime.landing import land_all
from functions.runtime.partiql import MAX_STATEMENTS
from functions.runtime.readers.message import receive_count
from functions.runtime.report import report
from functions.runtime.work import ACKNOWLEDGED, State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from functions.runtime.intake import Intake
    from functions.runtime.invocation import Invocation
    from functions.runtime.lanes import Lanes
    from functions.runtime.ledger import RecentCompletions
    from functions.runtime.outputs.kind import Output
    from functions.runtime.turns import Turns
    from functions.runtime.work import Work

LEADER_OPEN = "same-record-open"
AS_WISHED = frozenset({State.PROCESSED, State.DUPLICATE, State.DROPPED, State.IDLE})
"""What a record has become when there is nothing to dispose of."""
SETTLED = frozenset({State.LANDED, State.DUPLICATE, State.QUARANTINED, State.DROPPED, State.IDLE})
"""Acknowledged with a claim that stays: there is nothing to free."""


class Between(Protocol):
    """What a pipeline adds between the steps of its batches; what goes wrong there is the record's failure."""

    def before_claims(self, works: Sequence[Work], invocation: Invocation) -> None:
        """See records that are ready, before they are claimed."""

    def before_handling(self, works: Sequence[Work], invocation: Invocation) -> None:
        """See records that are claimed, before their handler runs."""

    def before_completion(self, works: Sequence[Work], invocation: Invocation) -> None:
        """See records that have landed, before the ledger says so."""

    def after_completion(self, works: Sequence[Work], invocation: Invocation) -> None:
        """See what became of records, once the ledger says so; nothing that goes wrong here is their failure."""


class Batch:
    """The steps of one invocation. A crash between any two of them loses nothing and repeats no completed effect."""

    def __init__(
        self,
        intake: Intake,
        handling: Handling,
        outputs: Mapping[str, Output],
        recent: RecentCompletions,
        invocation: Invocation,
        between: Between | None = None,
    ) -> None:
        """Join the parts of the function with those of this invocation; ``between`` is what fan-in adds."""
        self._intake = intake
        self._handling = handling
        self._outputs = outputs
        self._recent = recent
        self._invocation = invocation
        self._between = between
        self._first: dict[str, Work] = {}
        self._lanes = _lanes(invocation)

    def process(self, messages: Sequence[Mapping[str, Any]], turns: Turns | None = None) -> list[Work]:
        """Return all works with their final states.

        Those received most often come first: time that runs out must not spend the attempts of the same record again.
        Where order is kept, they stay in it; where there are ``turns``, tenants take them.
        """
        works: list[Work] = []
        repeats: list[Work] = []
        first_come = messages if self._lanes else sorted(messages, key=receive_count, reverse=True)
        taken = self._in_turn(first_come, turns)
        for start in range(0, len(taken), MAX_STATEMENTS):
            part = [self._intake.checked(work) for work in taken[start : start + MAX_STATEMENTS]]
            works += part
            firsts = [work for work in part if self._is_first(work)]
            repeats += [work for work in part if not self._is_first(work)]
            self._process_part(firsts)
            if self._lanes:
                self._lanes.settle(works)
        for work in works:
            if work.state is State.RETURNED and work.reason == SUSPECT:
                work.state, work.reason = State.READY, ""
                self._process_part([work], alone=True)
        for work in repeats:
            self._follow(work)
        self._finish(repeats)
        return works

    def _in_turn(self, messages: Sequence[Mapping[str, Any]], turns: Turns | None) -> list[Work]:
        works = [self._intake.identified(message) for message in messages]
        return works if turns is None else turns.take(works, self._invocation)

    def failures(self, works: Sequence[Work]) -> dict[str, Any]:
        """Return Lambda's partial batch response: everything that is not acknowledged stays on the queue."""
        failed = dict.fromkeys(work.record.item for work in works if work.state not in ACKNOWLEDGED)
        return {"batchItemFailures": [{"itemIdentifier": item} for item in failed]}

    def _process_part(self, works: list[Work], *, alone: bool = False) -> None:
        if self._between:
            self._between.before_claims(works, self._invocation)
        self._find_repeats(works)
        self._give_back_early(works)
        self._hold_back(works)
        claim_all(works, self._invocation, alone=alone)
        if self._between:
            self._between.before_handling(works, self._invocation)
        self._handling.handle_all(works, self._invocation, self._hold_back)
        processed = [work for work in works if work.state is State.PROCESSED]
        land_all(works, self._outputs, self._invocation)
        self._hold_back(works)
        if self._invocation.gate is not None:
            self._invocation.gate.landed(processed)
        if self._between:
            self._between.before_completion(works, self._invocation)
        self._keep_results(works)
        self._finish([work for work in works if work.reason != SUSPECT])
        if self._between:
            self._between.after_completion(works, self._invocation)

    def _keep_results(self, works: list[Work]) -> None:
        """What somebody waits for is kept before anybody can see that it is there."""
        if self._invocation.settings.step is not None:
            from functions.runtime.step_results import keep

            keep(works, self._invocation)
        elif self._invocation.settings.synchronous and not self._invocation.settings.reading:
            from functions.runtime.synchronous import keep_results

            keep_results(works, self._invocation)

    def _finish(self, works: list[Work]) -> None:
        """What only records in trouble need is imported with the first of them, after the cold start."""
        if any(work.state not in AS_WISHED for work in works):
            from functions.runtime.disposal import dispose_all

            dispose_all(works, self._invocation)
        record_all(works, self._invocation)
        for work in works:
            if work.state is State.LANDED and work.recorded:
                self._recent.note(work.recorded, self._invocation.services.now())
        if any(work.state not in SETTLED for work in works):
            from functions.runtime.aftermath import free_all

            free_all(works, self._invocation)
        report(works, self._invocation)

    def _hold_back(self, works: Sequence[Work]) -> None:
        """Where order is kept, what comes after a record that stays behind stays behind too."""
        if self._lanes:
            self._lanes.hold_back(works)

    def _find_repeats(self, works: list[Work]) -> None:
        """What this environment has completed itself is a duplicate without a call."""
        for work in works:
            if work.state is State.READY and not self._invocation.settings.unclaimed:
                completion = self._recent.find(work.token, self._invocation.services.now())
                if completion:
                    note_duplicate(work, completion)

    def _give_back_early(self, works: list[Work]) -> None:
        """What cannot be handled is not claimed either."""
        for work in works:
            if work.state is State.READY and self._invocation.deadline.near:
                work.give_back(DEADLINE)
            elif work.state is State.READY and must_wait(work, self._invocation):
                work.give_back(SLOW_DOWN, self._invocation.pause or 0.0)
        if self._invocation.gate is not None:
            self._invocation.gate.admit(works)

    def _is_first(self, work: Work) -> bool:
        """Return whether no earlier message of this batch is the same record; invalid ones are never compared."""
        return work.state is State.INVALID or self._first.setdefault(work.token, work) is work

    def _follow(self, work: Work) -> None:
        """The second of two equal records is a duplicate once the first has landed, and else comes back later.

        A first that was given up before has landed nothing: the second may be the replay of its letter.
        """
        first = self._first[work.token]
        if first.state in (State.LANDED, State.DUPLICATE) and first.reason != GIVEN_UP:
            work.head = first.newest
            work.repeat("" if first.record.payload_hash == work.record.payload_hash else PAYLOAD_DIFFERS)
        elif first.state is State.IDLE:
            work.state = State.IDLE
        else:
            work.give_back(LEADER_OPEN, max(first.delay, self._invocation.backoff(work)))


def _lanes(invocation: Invocation) -> Lanes | None:
    """Return the lanes of a batch in which order is kept; no other imports them."""
    if not invocation.settings.ordered:
        return None
    from functions.runtime.lanes import Lanes

    return Lanes()
