"""From a message of the buffer queue to a record: one module for each kind of source."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.runtime.record import Record

    Read = Callable[[Mapping[str, Any]], Record]

READERS = {
    "group": "functions.runtime.readers.group",
    "http": "functions.runtime.readers.http",
    "queue": "functions.runtime.readers.queue",
    "request": "functions.runtime.readers.request",
}


def reader(source: str) -> Read:
    """Return the reader of a kind of source, without importing the others; settings have checked that it exists."""
    read: Read = import_module(READERS[source]).read
    return read
