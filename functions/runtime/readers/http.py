"""Records of an HTTP route: the body of a request, and its path parameters under ``path``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.contract.message import PATH_PREFIX
from functions.runtime.readers.message import own_attributes, read_message, string

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.record import Record


def read(message: Mapping[str, Any], options: Mapping[str, Any]) -> Record:  # noqa: ARG001
    """Return the record of one request that API Gateway or the verifying function has queued."""
    attributes = own_attributes(message)
    names = [name for name in attributes if name.startswith(PATH_PREFIX)]
    path = {name.removeprefix(PATH_PREFIX): string(attributes, name) for name in names}
    return read_message(message, {"path": path})
