"""Synchronous requests: one record, answered by what its handler returns, and the same answer to the same request."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from functions.contract.state import claim_key
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.claiming import IN_FLIGHT, PAYLOAD_DIFFERS, UNREADABLE, claim_of
from functions.runtime.errors import PARAMETERS_BROKEN, ContractBreak, Refused
from functions.runtime.failure import Verdict, of_platform
from functions.runtime.masking import MAX_MESSAGE, told
from functions.runtime.response import Response, error_body
from functions.runtime.wire_text import clipped
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.runtime.failure import Failure
    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work

RETRY_AFTER = 1
"""Seconds after which a client may try again when nothing else is known."""
REPLAYED_HEADER = "idempotent-replayed"
"""Tells a client that this response was given before."""
COME_AGAIN = frozenset({429, 503})
"""Statuses that say that the same request may succeed later."""
UNPROCESSABLE = 422
STATUSES = {"body-not-json": 400, PARAMETERS_BROKEN: 400, "body-too-large": 413}
"""Statuses of what is wrong with a request, where it is another one."""


def keep_results(works: Sequence[Work], invocation: Invocation) -> None:
    """Keep the responses of processed works with their claims, before their completion can be seen by anybody."""
    for work in works:
        if work.state is State.PROCESSED and work.result is not None:
            _keep(work, work.result, invocation)


def _keep(work: Work, result: str, invocation: Invocation) -> None:
    try:
        answer = invocation.services.claims.keep(claim_of(work), result)
    except AWS_FAILURES as error:
        work.fail(of_platform("keeping the response", error_code(error)))
        return
    if answer.conflict:
        work.give_back(IN_FLIGHT)
    elif not answer.done:
        work.fail(of_platform("keeping the response", answer.code))


def reject_all(works: Sequence[Work]) -> None:
    """What breaks its contract, or the handler refuses, is answered with what is wrong: its sender can mend it."""
    for work in works:
        if work.state is State.INVALID or (work.state is State.FAILED and _refusal(work)):
            work.state = State.REJECTED


def _refusal(work: Work) -> Refused | None:
    cause = work.failure.cause if work.failure else None
    return cause if isinstance(cause, Refused) else None


def respond(work: Work, invocation: Invocation) -> dict[str, Any]:
    """Return the response to one request in API Gateway's form."""
    if work.state is State.LANDED:
        return _event(Response.from_text(work.result or Response().to_text()))
    if work.state is State.DUPLICATE:
        return _again(work, invocation)
    if work.state is State.REJECTED:
        refusal = _refusal(work)
        return _refused_by_handler(work, refusal, invocation) if refusal else _refused(work)
    if work.state is State.FAILED and work.failure:
        return _failed(work, work.failure, invocation)
    if work.state is State.RETURNED and work.reason == IN_FLIGHT:
        message = "the same request is being processed"
        return _error(work, 409, IN_FLIGHT, message, max(work.delay, RETRY_AFTER))
    return _error(work, 503, "temporarily-unavailable", "send the request again", max(work.delay, RETRY_AFTER))


def _refused_by_handler(work: Work, refusal: Refused, invocation: Invocation) -> dict[str, Any]:
    """What the handler says to the caller is its own, but for secrets that this environment has fetched."""
    message = clipped(invocation.services.redactor.without_secrets(refusal.message), MAX_MESSAGE)
    wait = _seconds(refusal.retry_after)
    if wait is None and refusal.status in COME_AGAIN:
        wait = RETRY_AFTER
    return _error(work, refusal.status, refusal.code, message, wait)


def _seconds(value: object) -> float | None:
    return max(0.0, float(value)) if isinstance(value, int | float) and math.isfinite(value) else None


def _again(work: Work, invocation: Invocation) -> dict[str, Any]:
    if invocation.settings.reading and work.result is not None:
        return _event(Response.from_text(work.result))
    if work.reason == PAYLOAD_DIFFERS:
        message = "the same idempotency key was used with another payload"
        return _error(work, 422, PAYLOAD_DIFFERS, message)
    key = claim_key(invocation.settings.pipeline, work.token)
    try:
        claim = invocation.services.claims.read([key]).get(key)
    except UNREADABLE:
        return _error(work, 503, "temporarily-unavailable", "send the request again", RETRY_AFTER)
    if claim is None or claim.result is None:
        return _error(work, 409, "response-gone", "the request was processed; its response is not kept any more")
    return _event(Response.from_text(claim.result), {REPLAYED_HEADER: "true"})


def _refused(work: Work) -> dict[str, Any]:
    """Say the rule and the place; a value of the payload is not repeated."""
    fault = work.failure.cause if work.failure else None
    place = fault.place if isinstance(fault, ContractBreak) else "body"
    code = fault.code if isinstance(fault, ContractBreak) else "contract-broken"
    return _error(work, STATUSES.get(code, UNPROCESSABLE), code, place)


def _failed(work: Work, failure: Failure, invocation: Invocation) -> dict[str, Any]:
    """The text of an exception may hold anything, so a client is told its kind alone."""
    if failure.verdict is Verdict.GIVE_UP:
        return _error(work, 422, "not-processable", told(work, failure, invocation).error_type)
    if not failure.expected:
        return _error(work, 500, "failed", "the request could not be processed")
    wait = max(failure.retry_after, invocation.backoff(work), RETRY_AFTER)
    return _error(work, 503, "temporarily-unavailable", "send the request again", wait)


def _error(work: Work, status: int, code: str, message: str, retry_after: float | None = None) -> dict[str, Any]:
    headers = {} if retry_after is None else {"retry-after": str(math.ceil(retry_after))}
    return _event(Response(error_body(code, message, work.record.message_id), status), headers)


def _event(response: Response, headers: dict[str, str] | None = None) -> dict[str, Any]:
    body = "" if response.body is None else json.dumps(response.body, ensure_ascii=False)
    status = 204 if response.body is None and response.status == 200 else response.status
    content = {"content-type": "application/json"} if body else {}
    return {"statusCode": status, "headers": {**content, **(headers or {})}, "body": body}
