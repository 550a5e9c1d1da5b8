"""One call of a step's function: what it is given is made whole, handled once, kept, and answered or raised."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from functions.contract.state import claim_key
from functions.contract.workflow import INPUT, RECORD
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.claiming import UNREADABLE
from functions.runtime.errors import ContractBreak
from functions.runtime.failure import of_platform
from functions.runtime.given import DELIVERY, ERROR, FAULT
from functions.runtime.record import UNREAD
from functions.runtime.step_results import values_of
from functions.runtime.steps.raising import error_of
from functions.runtime.steps.references import refers
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from functions.runtime.batch import Batch
    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work


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
    values, whole = values_of(invocation), dict(event)
    try:
        for name in (INPUT, RECORD, ERROR):
            if name in whole and refers(whole[name]):
                whole[name] = values.resolved(whole[name])
    except ContractBreak as fault:
        whole[FAULT] = fault
    except AWS_FAILURES as error:
        whole[UNREAD] = f"large-value: {error_code(error)}"
    return whole
