"""Results of steps: what a handler has returned as JSON, and kept before anybody can see that it is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from functions.contract.identity import canonical_json
from functions.runtime.argument import refuse_unfinished
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.claiming import IN_FLIGHT, claim_of
from functions.runtime.failure import of_platform
from functions.runtime.outputs.raw import plain
from functions.runtime.steps.references import Values
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work

KEEPING = "keeping the result"
NOTHING = "null"
"""What a step that waits for a callback answers: its result comes with the task token."""


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
            shrunk = values_of(invocation).shrunk(json.loads(result), given.run.token, settings.step.result_bytes)
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


def values_of(invocation: Invocation) -> Values:
    """Return where large values of a pipeline's runs are."""
    settings = invocation.settings
    return Values(invocation.services.objects, settings.raw_bucket, settings.pipeline)
