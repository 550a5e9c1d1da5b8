"""The retry budget of a record."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.units import Amount, Duration

ErrorName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=100)]


class Retry(Frozen):
    """How often a recoverable failure is tried again, and how long each waits before that."""

    max_attempts: Annotated[int, Field(strict=True, ge=1, le=1000)] = 5
    """Attempts in all, the first included; then the record goes to the dead-letter queue."""
    interval: Duration = timedelta(seconds=2)
    """Longest delay before the second attempt."""
    backoff_rate: Annotated[Amount, Field(ge=1, le=100)] = 2.0
    """Factor by which the delay grows with each attempt."""
    max_delay: Duration = timedelta(minutes=15)
    """Longest delay of all; at most 12h, the longest that SQS hides a message."""
    jitter: Literal["full", "none"] = "full"
    """``full`` draws each delay between zero and its longest, so that retries do not come in waves."""
    errors: Annotated[tuple[ErrorName, ...], Field(min_length=1)] = ("Recoverable",)
    """Names of the exceptions that are expected: they are logged as warnings, any other as an error.
    All of them are tried again within the budget; only ``Permanent`` never is."""
