"""From a message of the buffer queue to a record: one module for each kind of source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.runtime.readers import http, queue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.runtime.record import Record

READERS: dict[str, Callable[[Mapping[str, Any]], Record]] = {"http": http.read, "queue": queue.read}


def reader(source: str) -> Callable[[Mapping[str, Any]], Record]:
    """Return the reader of a kind of source; settings have checked that it exists."""
    return READERS[source]
