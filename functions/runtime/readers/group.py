"""Records of the queue of groups: the signals by which a group asks to be consolidated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.runtime.readers.message import read_message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.record import Record


def read(message: Mapping[str, Any], options: Mapping[str, Any]) -> Record:  # noqa: ARG001
    """Return the record of one signal."""
    return read_message(message, {})
