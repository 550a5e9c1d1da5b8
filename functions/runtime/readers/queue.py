"""Records of a queue that others send to: the body of a message, and its attributes under ``attributes``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.contract.message import FAILURE, REPLAY
from functions.runtime.readers.message import own_attributes, read_message, string

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.record import Record

OWN = frozenset({FAILURE, REPLAY})
"""Attributes that the platform adds; they are no part of the record, so that a replay has the same fields."""


def read(message: Mapping[str, Any], options: Mapping[str, Any]) -> Record:  # noqa: ARG001
    """Return the record of one message."""
    attributes = own_attributes(message)
    texts = {name: string(attributes, name) for name in attributes if name not in OWN}
    return read_message(message, {"attributes": texts})
