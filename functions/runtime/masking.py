"""What may be said of a record outside its own objects, by the data class of the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.runtime.errors import ContractBreak
from functions.runtime.wire_text import clipped, wire_hash

if TYPE_CHECKING:
    from functions.runtime.failure import Failure

MASKED_CLASSES = frozenset({"confidential", "restricted"})
MAX_MESSAGE = 1000
"""Characters of an error message in the ledger, in a log line, or on a dead letter."""


def is_masked(data_class: str) -> bool:
    """Return whether texts that may hold payload must not leave the record's own objects."""
    return data_class in MASKED_CLASSES


def message_of(failure: Failure, data_class: str) -> str:
    """Return the error message that may be shown.

    For confidential and restricted data that is the place of a contract break, and otherwise a hash of the text.
    """
    if not is_masked(data_class):
        return clipped(failure.message, MAX_MESSAGE)
    if isinstance(failure.cause, ContractBreak):
        return clipped(failure.cause.place, MAX_MESSAGE)
    return masked(failure.message)


def note_of(note: str, data_class: str) -> str:
    """Return what the ledger says beside an outcome; for confidential and restricted data a hash of it."""
    return masked(note) if is_masked(data_class) else clipped(note, MAX_MESSAGE)


def masked(text: str) -> str:
    """Return what stands for a text that must not be shown."""
    return f"masked: {len(text)} characters, sha256 {wire_hash(text)[:12]}"
