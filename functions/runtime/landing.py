"""Landing: what the runs of a batch have put goes to its outputs, together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.runtime.failure import Failure, Verdict
from functions.runtime.outputs.kind import Postponed
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from functions.runtime.invocation import Invocation
    from functions.runtime.outputs.kind import Landed, Output
    from functions.runtime.work import Work

LEASE_OVER = "lease-over"


def land_all(works: Sequence[Work], outputs: Mapping[str, Output], invocation: Invocation) -> None:
    """Write the drafts of all processed works; a work whose output fails has failed as a whole."""
    drop_overdue(works, invocation)
    flush = invocation.flush([work for work in works if work.state is State.PROCESSED])
    for name, output in outputs.items():
        processed = [work for work in works if work.state is State.PROCESSED]
        if processed:
            results = output.land([(work.tenant, work.drafts[name]) for work in processed], flush)
            _note(processed, results, invocation)


def drop_overdue(works: Sequence[Work], invocation: Invocation) -> None:
    """Give back what was processed after its lease had run out: another worker may hold the run token by now."""
    if invocation.services.now() >= invocation.deadline.lease_until:
        for work in works:
            if work.state is State.PROCESSED:
                work.give_back(LEASE_OVER)


def drop_late_failures(works: Sequence[Work], invocation: Invocation) -> None:
    """Give back what failed after its lease had run out: whoever holds it by now says what came of it."""
    if invocation.services.now() >= invocation.deadline.lease_until:
        for work in works:
            if work.state is State.FAILED and work.claim is not None:
                work.give_back(LEASE_OVER)


def _note(works: Sequence[Work], results: Sequence[Landed | Postponed | Failure], invocation: Invocation) -> None:
    """What asks for less leaves the rest of the batch for later, as a handler that is asked for less does."""
    for work, result in zip(works, results, strict=True):
        if isinstance(result, Failure):
            work.fail(result)
            if result.verdict is Verdict.SLOW_DOWN:
                invocation.pause = max(result.retry_after, invocation.backoff(work))
        elif isinstance(result, Postponed):
            work.give_back(result.reason, result.delay)
        else:
            work.location = _readable(work.location, result.location)
            if result.answers and invocation.settings.synchronous:
                _answer(work, result.answer)


def _answer(work: Work, answer: object) -> None:
    from functions.runtime.response import Response

    try:
        work.result = Response(answer).to_text()
    except (TypeError, ValueError) as error:
        work.fail(Failure(Verdict.GIVE_UP, "response-too-large", str(error), cause=error))


def _readable(one: str | None, other: str | None) -> str | None:
    """Return the first place that was noted, unless only the other names lines, which readers can find again."""
    return other if one is None or (other is not None and "#" in other and "#" not in one) else one
