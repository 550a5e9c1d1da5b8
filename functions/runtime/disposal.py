"""Disposal: records that will not be tried again leave the buffer for quarantine or for the dead-letter queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.contract.message import EXHAUSTED, PERMANENT
from functions.contract.message import Failure as FailureAttribute
from functions.runtime.claiming import NOT_TRIED
from functions.runtime.failure import Failure, Verdict
from functions.runtime.landing import drop_late_failures
from functions.runtime.masking import told
from functions.runtime.quarantine import quarantine_all
from functions.runtime.queues import DeadLetter
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work


def dispose_all(works: Sequence[Work], invocation: Invocation) -> None:
    """Quarantine what is invalid and give up what has no attempt left; what cannot be moved stays on the buffer."""
    if invocation.settings.synchronous:
        from functions.runtime.synchronous import reject_all

        reject_all(works)
        return
    if invocation.settings.step is not None:
        _fail_invalid(works, invocation)
        return
    to_dead_letters = invocation.settings.contract is not None and invocation.settings.contract.on_invalid == "dlq"
    invalid = [work for work in works if work.state is State.INVALID]
    if to_dead_letters:
        for work in invalid:
            work.state = State.FAILED
    else:
        quarantine_all(invalid, invocation)
    drop_late_failures(works, invocation)
    _spend_last_attempts(works, invocation)
    _give_up([work for work in works if work.state is State.FAILED and _is_over(work, invocation)], invocation)


def _fail_invalid(works: Sequence[Work], invocation: Invocation) -> None:
    """A step that cannot succeed has failed like any other: its workflow decides what comes of the record."""
    for work in works:
        if work.state is State.INVALID:
            work.state = State.FAILED
    drop_late_failures(works, invocation)


def _spend_last_attempts(works: Sequence[Work], invocation: Invocation) -> None:
    """The queue would move a record that goes back on its last delivery without a word; give it up with a reason."""
    for work in works:
        if work.state is State.RETURNED and invocation.last_receive(work):
            work.fail(Failure(Verdict.RETRY, NOT_TRIED, f"given back on the last delivery: {work.reason}"))


def _is_over(work: Work, invocation: Invocation) -> bool:
    if work.excused:
        return invocation.last_receive(work)
    few = work.failure.max_tries if work.failure else None
    return _is_permanent(work) or invocation.exhausted(work) or (few is not None and work.attempt >= few)


def _is_permanent(work: Work) -> bool:
    return work.failure is not None and work.failure.verdict is Verdict.GIVE_UP


def _give_up(works: list[Work], invocation: Invocation) -> None:
    if not works:
        return
    letters = [DeadLetter(work.record, _failure(work, invocation)) for work in works]
    for work, error in zip(works, invocation.services.queues.give_up(letters), strict=True):
        if error is None:
            work.state, work.given_up = State.DEAD_LETTERED, True
        else:
            work.reason = f"dead-letter queue: {error}"


def _failure(work: Work, invocation: Invocation) -> FailureAttribute:
    said = told(work, work.failure, invocation) if work.failure else None
    return FailureAttribute(
        reason=PERMANENT if _is_permanent(work) else EXHAUSTED,
        run_token=work.token,
        run_id=work.record.run_id,
        tenant=work.tenant,
        error_type=said.error_type if said else "",
        error_message=said.message if said else "",
        failed_at=invocation.utc().isoformat(),
    )
