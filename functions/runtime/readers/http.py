"""Records of an HTTP route: a request's body, its path parameters under ``path``, a token's under ``claims``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.contract.message import CLAIM_PREFIX, LARGE_BODY, PATH_PREFIX
from functions.runtime.readers.message import own_attributes, read_message, string

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.record import Record


def read(message: Mapping[str, Any], options: Mapping[str, Any]) -> Record:
    """Return the record of one request that API Gateway or the verifying function has queued."""
    attributes = own_attributes(message)
    claims = _named(attributes, CLAIM_PREFIX)
    record = read_message(message, {"path": _named(attributes, PATH_PREFIX), **({"claims": claims} if claims else {})})
    if not options.get("large_bodies") or LARGE_BODY not in attributes:
        return record
    from functions.runtime.readers.large_body import opened

    return opened(record, message)


def _named(attributes: Mapping[str, Mapping[str, Any]], prefix: str) -> dict[str, str | None]:
    names = [name for name in attributes if name.startswith(prefix)]
    return {name.removeprefix(prefix): string(attributes, name) for name in names}
