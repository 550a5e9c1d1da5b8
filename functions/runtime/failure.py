"""What a failed attempt means for the record: tried again, given up, or a sign to slow down.

Named and unknown errors are both tried again within the budget, because a record must not be given up over a fault that
nobody has classified. ``retry.errors`` names those that are expected; all others are logged as errors with a traceback.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from functions.runtime.aws_failures import AWS_FAILURES, error_code, is_throttle
from functions.runtime.errors import ContractBreak, Permanent, Recoverable, Throttled

CONNECTION_ERRORS = (ConnectionError, TimeoutError)


class Verdict(StrEnum):
    """What to do with the record."""

    RETRY = "retry"
    GIVE_UP = "give-up"
    SLOW_DOWN = "slow-down"


@dataclass(frozen=True)
class Failure:
    """One failed attempt: ``expected`` errors are warnings, others point at a fault of the code."""

    verdict: Verdict
    error_type: str
    message: str
    expected: bool = True
    retry_after: float = 0.0
    cause: BaseException | None = None


def classify(error: BaseException, expected_names: tuple[str, ...]) -> Failure:
    """Return what an exception of the user's code means."""
    name, message = type(error).__name__, _message(error)
    if isinstance(error, Permanent):
        return Failure(Verdict.GIVE_UP, name, message, cause=error)
    if isinstance(error, Throttled):
        return Failure(Verdict.SLOW_DOWN, name, message, retry_after=_seconds(error.retry_after), cause=error)
    if is_throttle(error):
        return Failure(Verdict.SLOW_DOWN, error_code(error), message, cause=error)
    if isinstance(error, AWS_FAILURES):
        return Failure(Verdict.RETRY, error_code(error), message, cause=error)
    named = any(kind.__name__ in expected_names for kind in type(error).__mro__)
    expected = named or isinstance(error, (Recoverable, *CONNECTION_ERRORS))
    return Failure(Verdict.RETRY, name, message, expected=expected, cause=error)


def _message(error: BaseException) -> str:
    """Return what the exception says; one that fails at that, too, must not take the batch along."""
    try:
        return str(error)
    except Exception as second:
        return f"no message: {type(second).__name__}"


def _seconds(value: object) -> float:
    """Return a delay as user code gives it, often the text of a header; what is no delay leaves it to the backoff."""
    try:
        seconds = float(value) if isinstance(value, (str, int, float)) else 0.0
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, seconds) if math.isfinite(seconds) else 0.0


def of_platform(step: str, code: str) -> Failure:
    """Return the failure of a step that the runtime does itself; such a record is always tried again."""
    return Failure(Verdict.RETRY, code, f"{step} failed: {code}")


def of_contract(fault: ContractBreak) -> Failure:
    """Return the failure of a record that breaks its contract."""
    return Failure(Verdict.GIVE_UP, fault.code, str(fault), cause=fault)
