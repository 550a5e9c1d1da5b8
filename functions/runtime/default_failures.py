"""What an exception means that nobody has declared: by its form, or by that of what caused it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.runtime.aws_failures import AWS_FAILURES, error_code, is_throttle
from functions.runtime.errors import Verdict
from functions.runtime.http_failures import CHAIN, HttpAnswer, http_answer, is_connection

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUEST_CODES = frozenset(
    {
        "AWS.SimpleQueueService.BatchRequestTooLong",
        "BatchRequestTooLong",
        "EntityTooLarge",
        "InvalidArgument",
        "InvalidMessageContents",
        "InvalidParameter",
        "InvalidParameterException",
        "InvalidParameterValue",
        "InvalidParameterValueException",
        "ItemCollectionSizeLimitExceededException",
        "MalformedDetail",
        "MessageTooLong",
        "ParamValidationError",
        "SerializationException",
        "ValidationError",
        "ValidationException",
    }
)
"""AWS refuses the request itself: the same record makes the same request again."""
SETUP_CODES = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "AWS.SimpleQueueService.NonExistentQueue",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "KMSAccessDeniedException",
        "NoCredentialsError",
        "NoSuchBucket",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
        "SignatureDoesNotMatch",
        "UnauthorizedOperation",
        "UnrecognizedClientException",
    }
)
"""AWS refuses whoever asks, or does not know what is asked for: no number of tries helps before somebody mends it."""
SETUP_STATUSES = frozenset({401, 403, 407})
"""The same in HTTP: what is wrong is the key, not the record."""
FEW = 2
"""Tries of what somebody must mend: a grant, a new resource or a new key takes some seconds to be seen, so the first
refusal alone proves nothing; more would only keep the record from the dead-letter queue and its alarm."""
AGAIN = frozenset({408, 425, 429})
"""Of the statuses below 500 those that say: later."""


@dataclass(frozen=True)
class Default:
    """What an exception means by itself."""

    verdict: Verdict
    expected: bool = True
    retry_after: float = 0.0
    max_tries: int | None = None


UNKNOWN = Default(Verdict.RETRY, expected=False)


def default_of(error: BaseException, now: float) -> Default:
    """Return what the first exception means that has a meaning, along the causes."""
    for link in _chain(error):
        found = _aws(link) if isinstance(link, AWS_FAILURES) else _other(link, now)
        if found:
            return found
    return UNKNOWN


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    for _ in range(CHAIN):
        if link is None:
            return
        yield link
        link = link.__cause__


def _aws(error: BaseException) -> Default:
    return of_code(error_code(error), throttled=is_throttle(error))


def of_code(code: str, *, throttled: bool = False) -> Default:
    """Return what an error code of an AWS service means, of a call or of one entry of it."""
    if throttled:
        return Default(Verdict.SLOW_DOWN)
    if code in REQUEST_CODES:
        return Default(Verdict.GIVE_UP)
    if code in SETUP_CODES:
        return Default(Verdict.RETRY, expected=False, max_tries=FEW)
    return Default(Verdict.RETRY)


def _other(error: BaseException, now: float) -> Default | None:
    answer = http_answer(error, now)
    if answer is None:
        return Default(Verdict.RETRY) if is_connection(error) else None
    return of_answer(answer)


def of_answer(answer: HttpAnswer) -> Default:
    """Return what the status of an answer means, 300 to 599."""
    wait = answer.retry_after
    if answer.status == 429 or (answer.status == 503 and wait is not None):
        return Default(Verdict.SLOW_DOWN, retry_after=wait or 0.0)
    if answer.status >= 500 or answer.status in AGAIN:
        return Default(Verdict.RETRY, retry_after=wait or 0.0)
    if answer.status in SETUP_STATUSES:
        return Default(Verdict.RETRY, expected=False, max_tries=FEW)
    return Default(Verdict.GIVE_UP)
