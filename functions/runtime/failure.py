"""What a failed attempt means for the record: tried again, given up, or a sign to slow down.

What is declared goes before what is known by default: an error that ``retry.errors`` names is never given up early.
What neither names is tried again within the budget, because a record must not be given up over a fault that nobody
has classified, and is logged as an error with a traceback.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.runtime.aws_failures import error_code
from functions.runtime.errors import ContractBreak, Permanent, Recoverable, Refused, Throttled, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.runtime.default_failures import Default

__all__ = ["Failure", "Verdict", "classify", "of_contract", "of_platform", "of_refusal"]


@dataclass(frozen=True)
class Failure:
    """One failed attempt: ``expected`` errors are warnings, others point at a fault of the code."""

    verdict: Verdict
    error_type: str
    message: str
    expected: bool = True
    retry_after: float = 0.0
    cause: BaseException | None = None
    max_tries: int | None = None
    """Tries after which it is given up, when those are fewer than the budget."""
    own: bool = False
    """Whether it is the runtime that could not do its own part; the record is not to blame."""


def classify(error: BaseException, expected_names: tuple[str, ...], now: Callable[[], float] = time.time) -> Failure:
    """Return what an exception of the user's code means; ``now`` returns seconds since 1970."""
    name, message = error.code if isinstance(error, Refused) else error_code(error), _message(error)
    if isinstance(error, Permanent):
        return Failure(Verdict.GIVE_UP, name, message, cause=error)
    if isinstance(error, Throttled):
        return Failure(Verdict.SLOW_DOWN, name, message, retry_after=_asked(error), cause=error)
    named = isinstance(error, Recoverable) or any(kind.__name__ in expected_names for kind in type(error).__mro__)
    default = _default(error, now())
    if named:
        slow = default.verdict is Verdict.SLOW_DOWN and not isinstance(error, Recoverable)
        verdict = Verdict.SLOW_DOWN if slow else Verdict.RETRY
        return Failure(verdict, name, message, retry_after=default.retry_after, cause=error)
    return Failure(error_type=name, message=message, cause=error, **vars(default))


def _default(error: BaseException, now: float) -> Default:
    from functions.runtime.default_failures import default_of

    return default_of(error, now)


def _message(error: BaseException) -> str:
    """Return what the exception says; one that fails at that, too, must not take the batch along."""
    try:
        return str(error)
    except Exception as second:
        return f"no message: {type(second).__name__}"


def _asked(error: Throttled) -> float:
    """Return the delay that an exception asks for; one that fails at that, too, must not take the batch along."""
    try:
        return _seconds(error.retry_after)
    except Exception:
        return 0.0


def _seconds(value: object) -> float:
    """Return a delay as user code gives it, often the text of a header; what is no delay leaves it to the backoff."""
    try:
        seconds = float(value) if isinstance(value, (str, int, float)) else 0.0
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, seconds) if math.isfinite(seconds) else 0.0


def of_platform(step: str, code: str) -> Failure:
    """Return the failure of a step that the runtime does itself; such a record is always tried again."""
    return Failure(Verdict.RETRY, code, f"{step} failed: {code}", own=True)


def of_contract(fault: ContractBreak) -> Failure:
    """Return the failure of a record that breaks its contract."""
    return Failure(Verdict.GIVE_UP, fault.code, str(fault), cause=fault)


def of_refusal(error: BaseException) -> Failure:
    """Return the failure of a record that the handler itself found wrong."""
    fault = ContractBreak("refused-by-handler", "handler", _message(error))
    fault.__cause__ = error
    return of_contract(fault)
