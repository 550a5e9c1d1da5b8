"""One call of a step's function: what it is given is made whole, handled once, kept, and answered or raised."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from functions.contract.identity import canonical_json
from functions.contract.state import claim_key
from functions.contract.workflow import INPUT, RECORD
from functions.runtime.argument import refuse_unfinished
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.claiming import IN_FLIGHT, UNREADABLE, claim_of
from functions.runtime.errors import ContractBreak
from functions.runtime.failure import of_platform
from functions.runtime.outputs.raw import plain
from functions.runtime.readers.step import DELIVERY, FAULT, UNREAD
from functions.runtime.steps.given import ERROR
from functions.runtime.steps.raising import error_of
from functions.runtime.steps.references import Values, refers
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from functions.runtime.batch import Batch
    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work

KEEPING = "keeping the result"
NOTHING = "null"
"""What a step that waits for a callback answers: its result comes with the task token."""


def take_step(
    event: Mapping[str, Any],
    begin: Callable[[], tuple[Invocation, Batch]],
    tell: Callable[[Sequence[Work], Invocation], None],
) -> Any:
    """Return the step's result; raises an exception of the class name that the workflow tells it apart by."""
    invocation, batch = begin()
    message = {**_whole(event, invocation), DELIVERY: invocation.request_id}
    (work,) = batch.process([message])
    tell([work], invocation)
    result = _result(work, invocation)
    if result is None:
        raise error_of(work, invocation)
    return json.loads(result)


def answer(result: object, work: Work) -> str:
    """Return what a handler has returned as JSON.

    Raises:
        TypeError, ValueError: it is no JSON, or stands for work that is not done.
    """
    refuse_unfinished(result)
    if work.record.given is not None and work.record.given.step.callback:
        return NOTHING
    text = canonical_json(plain(result))
    text.encode()
    return text


def keep(works: Sequence[Work], invocation: Invocation) -> None:
    """Keep results with their claims, large parts of them as objects, before the ledger says that they are there."""
    for work in works:
        if work.state is State.PROCESSED and work.result is not None:
            _keep(work, work.result, invocation)


def _keep(work: Work, result: str, invocation: Invocation) -> None:
    settings, given = invocation.settings, work.record.given
    try:
        if settings.step is not None and given is not None:
            shrunk = _values(invocation).shrunk(json.loads(result), given.run.token, settings.step.result_bytes)
            work.result = canonical_json(shrunk)
        if settings.unclaimed:
            return
        kept = invocation.services.claims.keep(claim_of(work), work.result or NOTHING)
    except AWS_FAILURES as error:
        work.fail(of_platform(KEEPING, error_code(error)))
        return
    if kept.conflict:
        work.give_back(IN_FLIGHT)
    elif not kept.done:
        work.fail(of_platform(KEEPING, kept.code))


def _result(work: Work, invocation: Invocation) -> str | None:
    """Return what is answered; a step that was done before is answered by what was kept then."""
    if work.state is State.LANDED:
        return work.result
    if work.state is not State.DUPLICATE:
        return None
    key = claim_key(invocation.settings.pipeline, work.token)
    if invocation.settings.unclaimed:
        return work.result
    try:
        claim = invocation.services.claims.read([key]).get(key)
    except UNREADABLE as error:
        work.fail(of_platform("reading the kept result", error_code(error)))
        return None
    return claim.result if claim and claim.result is not None else _lost(work)


def _lost(work: Work) -> str | None:
    """Claims are removed in their time; a try that has worked meanwhile has the same result to give."""
    if work.result is None:
        work.fail(of_platform("reading the kept result", "ResultGone"))
    return work.result


def _whole(event: Mapping[str, Any], invocation: Invocation) -> dict[str, Any]:
    """Return what was given with large values in their places."""
    values, whole = _values(invocation), dict(event)
    try:
        for name in (INPUT, RECORD, ERROR):
            if name in whole and refers(whole[name]):
                whole[name] = values.resolved(whole[name])
    except ContractBreak as fault:
        whole[FAULT] = fault
    except AWS_FAILURES as error:
        whole[UNREAD] = f"large-value: {error_code(error)}"
    return whole


def _values(invocation: Invocation) -> Values:
    settings = invocation.settings
    return Values(invocation.services.objects, settings.raw_bucket, settings.pipeline)
