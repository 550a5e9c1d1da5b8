"""The group under which a request is queued: what keeps its order, or its tenant, by which SQS delays no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from functions.contract.identity import PLAIN_PATH, TENANT, text_hash
from functions.contract.message import GROUP, NO_GROUP

if TYPE_CHECKING:
    from functions.runtime.http_request import Request


def tenant_of(request: Request, key: str | None) -> str | None:
    """Return the tenant that a plain path such as ``path.shop_id`` or ``body.tenant`` finds, or None.

    A request without a usable tenant is queued all the same: the runner sends it to quarantine, with evidence.
    """
    text = _found(request, key) if key is not None and PLAIN_PATH.fullmatch(key) else ""
    return text if TENANT.fullmatch(text) else None


def order_of(request: Request, key: str) -> str:
    """Return the group that keeps the order of requests with one value; any value has one, and none has one too."""
    text = _found(request, key)
    if not text:
        return NO_GROUP
    return text if GROUP.fullmatch(text) else text_hash(text)


def _found(request: Request, key: str) -> str:
    place, *names = key.split(".")
    found: Any = _body(request) if place == "body" else dict(request.path) if place == "path" else None
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return str(found) if isinstance(found, (str, int)) and not isinstance(found, bool) else ""


def _body(request: Request) -> Any:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return None
