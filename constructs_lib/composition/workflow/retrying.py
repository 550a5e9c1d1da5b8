"""``Retry`` of a state: what the declaration says, and what services ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.contract.workflow import ALWAYS_RETRIED, FOR_GOOD, ITEMS_TOO_MANY, NEVER_RETRIED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs_lib.model.asl import State
    from constructs_lib.model.workflow_state import StepRetry

ALL = "States.ALL"
TIMEOUT = "States.Timeout"
TIMEOUTS = (TIMEOUT, "Sandbox.Timedout")
"""A step's own limit, and that of its function, which is as long: either may be told first."""
OF_LAMBDA = {
    "ErrorEquals": list(ALWAYS_RETRIED),
    "IntervalSeconds": 1,
    "MaxAttempts": 45,
    "BackoffRate": 2,
    "MaxDelaySeconds": 60,
    "JitterStrategy": "FULL",
}
"""Faults that pass and are none of the step's: on average 20 minutes of waiting, longer than any lease lasts."""


def names(errors: Iterable[str]) -> list[str]:
    """Return errors as ``ErrorEquals`` takes them: ``States.ALL`` stands alone.

    A timeout has two names, and so has an error of a handler: one for each of what no retry cures and the rest.
    """
    given = list(dict.fromkeys(errors))
    if ALL in given:
        return [ALL]
    return list(dict.fromkeys([*given, *for_good(given), *(TIMEOUTS if TIMEOUT in given else ())]))


def for_good(errors: Iterable[str]) -> list[str]:
    """Return what those of the errors that handlers raise are called where no retry cures them."""
    return [f"{error}{FOR_GOOD}" for error in errors if "." not in error and error not in NEVER_RETRIED]


def retriers(retry: StepRetry, *, never: Sequence[str] = (), calls: bool = True) -> list[State]:
    """Return the retriers; ``never`` are not tried again unless the declaration names them."""
    errors = names(retry.errors)
    service = [OF_LAMBDA] if calls else []
    if retry.max_attempts == 1:
        return service
    main = {
        "ErrorEquals": errors,
        "IntervalSeconds": max(1, int(retry.interval.total_seconds())),
        "MaxAttempts": retry.max_attempts - 1,
        "BackoffRate": retry.backoff_rate,
        "MaxDelaySeconds": max(1, int(retry.max_delay.total_seconds())),
        "JitterStrategy": retry.jitter.upper(),
    }
    if errors != [ALL]:
        return [main, *service]
    return [
        *service,
        {"ErrorEquals": [*NEVER_RETRIED, *(() if calls else (ITEMS_TOO_MANY,)), *never], "MaxAttempts": 0},
        main,
    ]
