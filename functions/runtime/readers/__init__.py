"""From a message of the buffer queue, or a record of a stream, to a record: one module for each kind of source."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.runtime.record import Record

    Read = Callable[[Mapping[str, Any]], Record]


def reader(source: str, options: Mapping[str, Any]) -> Read:
    """Return the reader of a kind of source, without importing the others; settings have checked that it exists.

    ``options`` is what the declaration says of the source's envelopes.
    """
    return partial(import_module(f"{__name__}.{source}").read, options=options)
