"""What a handler may raise, and what the runtime says when a record or its own settings are wrong."""

from __future__ import annotations

import re
from enum import StrEnum

FIRST_ERROR, LAST_ERROR = 400, 599
"""Statuses of HTTP that tell of an error."""
REFUSAL_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+){0,9}")


class Verdict(StrEnum):
    """What an error means for its record."""

    RETRY = "retry"
    GIVE_UP = "give-up"
    SLOW_DOWN = "slow-down"


class Recoverable(Exception):  # noqa: N818 - the word of the declaration's ``retry.errors``
    """The record can succeed later: it is tried again with backoff, within the retry budget."""


class Permanent(Exception):  # noqa: N818 - named like its siblings
    """The record can never succeed: it goes to the dead-letter queue at once."""


class Refused(Permanent):
    """A request is answered with this status and not with a result; a record of a queue is given up."""

    def __init__(self, status: int, code: str, message: str = "", *, retry_after: float | None = None) -> None:
        """Keep what the caller is told; ``retry_after`` in seconds, None where asking again is no use.

        Raises:
            ValueError: the status is none of an error, or the code is not in kebab-case.
        """
        if type(status) is not int or not FIRST_ERROR <= status <= LAST_ERROR:
            raise ValueError(f"status {status!r} is not a whole number from {FIRST_ERROR} to {LAST_ERROR}")
        if not REFUSAL_CODE.fullmatch(code):
            raise ValueError(f"code {code!r} is not in kebab-case, such as order-unknown")
        super().__init__(message or code)
        self.status = status
        self.code = code
        self.message = message or code
        self.retry_after = retry_after


class Invalid(Exception):  # noqa: N818 - named like its siblings
    """The record is wrong in itself, as only reading it could tell: it is kept in quarantine with what is said here."""


class Throttled(Exception):  # noqa: N818 - named like its siblings
    """A dependency asks for less: the record waits, and the rest of the batch is given back without being tried."""

    retry_after: float | None = None
    """Also of a class of the user's own that never calls the constructor below."""

    def __init__(self, message: str = "", *, retry_after: float | None = None) -> None:
        """Keep how long the dependency wants to be left alone, in seconds; None leaves it to the backoff."""
        super().__init__(message)
        self.retry_after = retry_after


PARAMETERS_BROKEN = "parameters-broken"
"""Code of a request whose path, query or headers break their contract."""
RESPONSE_BROKEN = "response-broken"
"""Code of a response that breaks its contract."""


class ContractBreak(Exception):  # noqa: N818 - a finding about a record, not about the program
    """A record that does not satisfy its contract.

    ``code`` is stable and kebab-case; ``place`` holds no value of the payload, ``detail`` may.
    """

    def __init__(self, code: str, place: str, detail: str) -> None:
        """Keep what was found and where."""
        super().__init__(f"{place}: {detail} [{code}]")
        self.code = code
        self.place = place
        self.detail = detail


class SettingsError(Exception):
    """The function's environment cannot be used; every fault names its variable."""

    def __init__(self, faults: list[str]) -> None:
        """Keep the faults in the order in which the variables are declared."""
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))
