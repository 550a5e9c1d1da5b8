"""The alert: whoever finds the breaker open sees to it that intake is being controlled, and it is told once.

The item ``{pipeline}#intake`` says until when the function that controls intake is at it. Where that time has passed,
one worker wins the right to send it a message; so a message that was lost is sent again by the next worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from functions.contract.state import INTAKE, intake_key
from functions.runtime.aws_failures import AWS_FAILURES, error_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools import Logger

    from functions.runtime.back_pressure.state_items import StateItems

WATCHED = "watched_until"
"""Milliseconds since 1970."""
FIRST_WATCH = 60_000
"""Milliseconds in which the message must have reached the function; after that it is sent again."""


class Alert(Protocol):
    """Tells the function that controls intake."""

    def tell(self, now: int) -> None:
        """See to it that intake is being controlled; ``now`` in milliseconds. Never raises for AWS."""


class ControlAlert:
    """The alert by an item of the state table and a message."""

    def __init__(self, items: StateItems, pipeline: str, send: Callable[[], None], logger: Logger) -> None:
        """``send`` puts a message on the control queue and raises what AWS calls raise."""
        self._items = items
        self._key = (intake_key(pipeline), INTAKE)
        self._send = send
        self._logger = logger
        self._watched_until = 0

    def tell(self, now: int) -> None:
        """Ask the table at most once in the time that it names."""
        if now < self._watched_until:
            return
        try:
            if self._wins(now):
                self._send()
        except (*AWS_FAILURES, LookupError) as error:
            self._logger.warning("intake not told to slow down", extra={"error_type": error_code(error)})

    def _wins(self, now: int) -> bool:
        mine = {WATCHED: now + FIRST_WATCH}
        if self._items.insert(self._key, mine).done:
            return True
        found = self._items.read(self._key)
        watched = int(found[WATCHED]) if found else 0
        self._watched_until = max(watched, now + 1000)
        return watched <= now and self._items.update(self._key, mine, {WATCHED: watched}).done
