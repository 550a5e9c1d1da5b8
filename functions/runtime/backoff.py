"""How long a failed record waits before it is tried again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.contract.environment import RetrySettings

MAX_VISIBILITY = 43_200
"""Seconds that SQS hides a message at most, counted from when it was received (Amazon SQS quotas, 12 hours)."""
INVOCATION = 900 + 300
"""Seconds that may have passed since the message was received: the longest run of a Lambda function, and the longest
batching window that a message waits in before it."""


def longest_delay(retry: RetrySettings, attempt: int) -> float:
    """Return the upper bound in seconds of the delay after a failed ``attempt``, counted from 1."""
    try:
        grown = retry.interval_seconds * retry.backoff_rate ** (attempt - 1)
    except OverflowError:
        grown = math.inf
    return min(grown, retry.max_delay_seconds)


def backoff(retry: RetrySettings, attempt: int, uniform: Callable[[float, float], float]) -> float:
    """Return the delay in seconds: with full jitter anything between zero and the bound."""
    longest = longest_delay(retry, attempt)
    return uniform(0.0, longest) if retry.jitter == "full" else longest


def visibility(seconds: float) -> int:
    """Return whole seconds that SQS accepts for a message that was received within this invocation."""
    return max(0, min(math.ceil(seconds), MAX_VISIBILITY - INVOCATION))
