"""Claiming: after this step a record is ours, someone else's, or done before; nobody else can be halfway through it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from functions.contract.state import UNTOLD
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.failure import Failure, Verdict, of_platform
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.contract.state import Claim, Tried
    from functions.runtime.invocation import Invocation
    from functions.runtime.ledger import Completion
    from functions.runtime.partiql import Answer
    from functions.runtime.work import Work

UNREADABLE = (*AWS_FAILURES, LookupError)
"""Beside failed calls: DynamoDB left some keys unread."""
VANISHED_DELAY = 1.0
"""Seconds until a record is looked at again whose claim was removed between two calls."""
PAYLOAD_DIFFERS = "payload-differs"
GIVEN_UP = "given-up-before"
LETTER_UNTOLD = "GivenUpBefore"
IN_FLIGHT = "in-flight"
SUSPECT = "suspect"
WORKER_DIED = "WorkerDied"
NOT_TRIED = "NotTried"
SUSPICIOUS = 2
"""Tries that ended with their worker before a record is handled apart: so many can be the fault of a neighbour.

A try that a record has to itself is always left, unless its budget is a single one.
"""
MOST_OTHERS = 8
"""Other messages of a run whose tries a claim remembers: it stays far below a kilobyte, one write unit.

A message beyond that counts its deliveries as tries, of which there were never more.
"""

Held = tuple["Work", "Claim"]


def claim_all(works: Sequence[Work], invocation: Invocation, *, alone: bool = False) -> None:
    """Claim the works that are ready, in one call; each is claimed, failed, returned or a duplicate afterwards.

    What is done anew each time, such as a read, is handled without a claim.
    A record that has taken workers along is returned as a suspect, unless it is ``alone``.
    """
    ready = [work for work in works if work.state is State.READY]
    stepping = invocation.settings.step is not None
    if not ready:
        return
    if invocation.settings.unclaimed:
        for work in ready:
            work.state, work.attempt = State.CLAIMED, 1
        return
    for work in ready:
        work.claim = invocation.claim(work)
    try:
        answers = invocation.services.claims.claim([claim_of(work) for work in ready])
        losers = _sort_out(ready, answers)
        expired = _find_expired(losers, invocation)
        _take_over(expired if alone or stepping else _without_suspects(expired, invocation), invocation)
    except UNREADABLE as error:
        for work in ready:
            if work.state is State.READY:
                work.fail(of_platform("claiming", error_code(error)))


def claim_of(work: Work) -> Claim:
    """Return the claim of a work; ``ValueError`` says that a step asked before the record was claimed."""
    if work.claim is None:
        raise ValueError(f"{work.record.message_id} was never claimed")
    return work.claim


def note_duplicate(work: Work, completion: Completion) -> None:
    """Mark a work as done before; the same identity with another payload is worth a word in the ledger."""
    work.head = completion.hash
    work.repeat("" if completion.entry.payload_hash == work.record.payload_hash else PAYLOAD_DIFFERS)


def _sort_out(works: Sequence[Work], answers: Sequence[Answer]) -> list[Work]:
    """Mark what is ours and what failed, and return those whose run token was claimed before."""
    for work, answer in zip(works, answers, strict=True):
        if answer.done:
            _hold(work, claim_of(work))
        elif not answer.conflict:
            work.fail(of_platform("claiming", answer.code))
    return [work for work in works if work.state is State.READY]


def _find_expired(losers: list[Work], invocation: Invocation) -> list[Held]:
    """Find out about earlier claims: done, ours after all, live elsewhere; return what was left behind."""
    unfinished = _drop_completed(losers, invocation)
    return [
        (work, old)
        for work, old in _read_claims(unfinished, invocation)
        if not _is_ours(work, old, invocation) and not _is_given_up(work, old) and not _is_live(work, old, invocation)
    ]


def _without_suspects(expired: list[Held], invocation: Invocation) -> list[Held]:
    """Give back those whose tries have ended with their workers: they are handled last, and each for itself."""
    suspicious = max(1, min(SUSPICIOUS, invocation.settings.retry.max_attempts - 1))
    suspects = [work for work, old in expired if _died_with(work, old) >= suspicious]
    for work in suspects:
        _give_back(work, 0.0, SUSPECT)
    return [(work, old) for work, old in expired if work not in suspects]


def _died_with(work: Work, old: Claim) -> int:
    """Return the tries at this message up to one that was never ended; 0 when the last one was."""
    return old.attempt if old.lease_until and old.message_id == work.record.message_id else 0


def _take_over(expired: list[Held], invocation: Invocation) -> None:
    """Take what was left behind; the ledger is asked again, as its former worker may have completed in between."""
    if not expired:
        return
    for work, old in expired:
        work.claim = _continued(work, old, invocation.settings.retry.max_attempts)
    works = [work for work, _ in expired]
    died = {id(work) for work, old in expired if _died_with(work, old)}
    answers = invocation.services.claims.take_over([(old, claim_of(work)) for work, old in expired])
    beaten = [work for work, answer in zip(works, answers, strict=True) if answer.conflict]
    taken = [work for work, answer in zip(works, answers, strict=True) if answer.done]
    for work, answer in zip(works, answers, strict=True):
        if not answer.done and not answer.conflict:
            work.fail(of_platform("claiming", answer.code))
    for work, old in _read_claims(beaten, invocation):
        if not _is_ours(work, old, invocation):
            _give_back(work, VANISHED_DELAY)
    for work in _drop_completed(taken, invocation):
        _hold(work, claim_of(work))
        if work.attempt > _most(invocation):
            work.fail(_died() if id(work) in died else _spent())


def _most(invocation: Invocation) -> float:
    """Return the tries that a record has; those of a step are counted by its workflow."""
    return math.inf if invocation.settings.step is not None else invocation.settings.retry.max_attempts


def _died() -> Failure:
    return Failure(Verdict.RETRY, WORKER_DIED, "the worker of its last attempt ended without a word")


def _spent() -> Failure:
    return Failure(Verdict.RETRY, NOT_TRIED, "no attempt is left, and it could not be given up before")


def _continued(work: Work, old: Claim, most: int) -> Claim:
    """Return the claim that follows an earlier one: a message goes on counting, even after others had their turn.

    Whatever may have been forgotten, one of ``most`` tries is left: a record is not given up untried.
    """
    claim = claim_of(work)
    tried = _tried(old)
    forgotten = min(work.record.receive_count, most) - 1 if len(tried) > MOST_OTHERS else 0
    mine = tried.pop(claim.message_id, None)
    head = old.head if old.message_id == claim.message_id else claim.head or old.head
    attempt = 1 + (mine.attempts if mine else forgotten)
    return replace(claim, attempt=attempt, head=head, others=tuple(tried.values())[-MOST_OTHERS:])


def _tried(claim: Claim) -> dict[str, Tried]:
    return {tried.message_id: tried for tried in (*claim.others, claim.latest)}


def _hold(work: Work, claim: Claim) -> None:
    work.state, work.claim, work.attempt, work.head = State.CLAIMED, claim, claim.attempt, claim.head


def _drop_completed(works: list[Work], invocation: Invocation) -> list[Work]:
    """Mark those that the ledger knows as completed, and return the others."""
    if not works:
        return []
    done = invocation.services.ledger.completions(invocation.settings.pipeline, [work.token for work in works])
    for work in works:
        if work.token in done:
            note_duplicate(work, done[work.token])
    return [work for work in works if work.state is State.READY]


def _read_claims(works: list[Work], invocation: Invocation) -> list[Held]:
    """Return the works with the claims that stand in the table; a record whose claim has vanished comes back soon."""
    if not works:
        return []
    held = invocation.services.claims.read([claim_of(work).pk for work in works])
    pairs = [(work, held.get(claim_of(work).pk)) for work in works]
    for work, old in pairs:
        if old is None:
            _give_back(work, VANISHED_DELAY)
    return [(work, old) for work, old in pairs if old is not None]


def _is_ours(work: Work, old: Claim, invocation: Invocation) -> bool:
    """Our own lease id stands there when our write went through and only its answer was lost."""
    if old.lease_id != invocation.lease_id:
        return False
    _hold(work, old)
    return True


def _is_live(work: Work, old: Claim, invocation: Invocation) -> bool:
    left = old.lease_until / 1000 - invocation.services.now()
    if left <= 0:
        return False
    _give_back(work, left)
    return True


def _is_given_up(work: Work, old: Claim) -> bool:
    """A worker gave the message up and could not acknowledge it: one letter is enough, and so is one entry."""
    tried = _tried(old).get(work.record.message_id)
    if tried is None or not tried.letter:
        return False
    work.claim, work.head, work.attempt = None, old.head, tried.attempts
    if tried.letter == UNTOLD:
        work.fail(Failure(Verdict.GIVE_UP, LETTER_UNTOLD, "given up before, when the ledger could not be written"))
        work.state = State.DEAD_LETTERED
    else:
        work.repeat(GIVEN_UP)
    return True


def _give_back(work: Work, delay: float, reason: str = IN_FLIGHT) -> None:
    work.claim = None
    work.give_back(reason, delay)
