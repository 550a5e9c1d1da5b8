"""What may be said of a record outside its own objects: less, the more sensitive its data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.runtime.errors import ContractBreak
from functions.runtime.wire_text import clipped, wire_hash

if TYPE_CHECKING:
    from functions.runtime.failure import Failure
    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work

MAX_MESSAGE = 1000
"""Characters of an error message in the ledger, in a log line, or on a dead letter."""
MAX_TYPE = 200
"""Characters of the name of an error."""


@dataclass(frozen=True)
class Told:
    """A failure as it may be shown."""

    error_type: str
    message: str


def told(work: Work, failure: Failure, invocation: Invocation) -> Told:
    """Return what may be said of a failure; its name can be made up at run time, and so hold anything, too.

    For confidential and restricted data the message is the place of a contract break, and otherwise a hash of the text.
    """
    redactor = invocation.services.redactor
    with invocation.hiding(work, {}):
        name = clipped(redactor.text(failure.error_type), MAX_TYPE)
        if not invocation.settings.masked:
            return Told(name, clipped(redactor.text(failure.message), MAX_MESSAGE))
    if isinstance(failure.cause, ContractBreak):
        return Told(name, clipped(redactor.without_secrets(failure.cause.place), MAX_MESSAGE))
    return Told(name, masked(redactor.without_secrets(failure.message)))


def note_of(note: str, invocation: Invocation) -> str:
    """Return what the ledger says beside an outcome; for confidential and restricted data a hash of it."""
    clean = invocation.services.redactor.without_secrets(note)
    return masked(clean) if invocation.settings.masked else clipped(clean, MAX_MESSAGE)


def masked(text: str) -> str:
    """Return what stands for a text that must not be shown."""
    return f"masked: {len(text)} characters, sha256 {wire_hash(text)[:12]}"
