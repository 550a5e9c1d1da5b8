"""Failures of AWS calls: which exceptions they are, and what to call them in evidence."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

AWS_FAILURES = (BotoCoreError, ClientError)
"""Everything that a call to AWS raises: no connection, no answer in time, a refusal, a fault of the service."""

THROTTLES = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Error codes by which AWS services ask for less (the list that botocore's standard retries use)."""


def error_code(error: BaseException) -> str:
    """Return the service's own error code, or the name of the exception where no service answered.

    A class of the user's own may stand for an answer and hold none.
    """
    response = getattr(error, "response", None) if isinstance(error, ClientError) else None
    told = response.get("Error") if isinstance(response, dict) else None
    code = told.get("Code") if isinstance(told, dict) else None
    return str(code) if code else type(error).__name__


def is_throttle(error: BaseException) -> bool:
    """Return whether a service asked for less."""
    return isinstance(error, ClientError) and error_code(error) in THROTTLES
