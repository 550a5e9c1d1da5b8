"""The group under which a request is queued: its tenant, by which SQS keeps one tenant from delaying the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from functions.contract.identity import PLAIN_PATH, TENANT

if TYPE_CHECKING:
    from functions.runtime.http_request import Request


def group_of(request: Request, key: str | None) -> str | None:
    """Return the tenant that a plain path such as ``path.shop_id`` or ``body.tenant`` finds, or None.

    A request without a usable tenant is queued all the same: the runner sends it to quarantine, with evidence.
    """
    if key is None or not PLAIN_PATH.fullmatch(key):
        return None
    place, *names = key.split(".")
    found: Any = _body(request) if place == "body" else dict(request.path) if place == "path" else None
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    text = str(found) if isinstance(found, (str, int)) and not isinstance(found, bool) else ""
    return text if TENANT.fullmatch(text) else None


def _body(request: Request) -> Any:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return None
