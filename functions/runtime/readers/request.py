"""Records of synchronous requests: the body of a request, and its path, query and headers beside it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from functions.contract.identity import canonical_json
from functions.runtime.errors import ContractBreak
from functions.runtime.http_request import Request
from functions.runtime.readers.message import decode
from functions.runtime.record import Record
from functions.runtime.wire_text import wire_hash

if TYPE_CHECKING:
    from collections.abc import Mapping


TOO_LARGE = "body-too-large"


def read(event: Mapping[str, Any], options: Mapping[str, Any]) -> Record:
    """Return the record of one request; there is no message, so the request's id stands for the message's."""
    request = Request.of(event, time.time())
    text, body, fault = _decoded(request.body)
    limit = options.get("max_body")
    if limit is not None and len(request.body) > limit:
        body, fault = None, ContractBreak(TOO_LARGE, "body", f"the body exceeds {limit} bytes")
    fields = {
        "body": body,
        "path": dict(request.path),
        "query": dict(request.query),
        "headers": dict(request.headers),
        "claims": dict(request.claims),
    }
    return Record(
        message_id=request.request_id,
        receipt_handle="",
        receive_count=1,
        text=text,
        payload_hash=_payload_hash(text, request),
        fields=fields,
        attributes={},
        correlation_id=request.correlation_id,
        accepted_at=int(request.received_at),
        queued_at=None,
        parent_run_id=None,
        replay_hash=None,
        fault=fault,
    )


def _decoded(raw: bytes) -> tuple[str, Any, ContractBreak | None]:
    """Return text and decoded body; other bytes never become the same text, so no request passes for another."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        return raw.decode(errors="backslashreplace"), None, ContractBreak("body-not-json", "body", str(error))
    return (text, *decode(text)) if text else ("", None, None)


def _payload_hash(text: str, request: Request) -> str:
    """Return the hash of what is asked: a path or a query asks for something else with the same body."""
    beside = [dict(request.path), dict(request.query)]
    return wire_hash(canonical_json([text, *beside]) if any(beside) else text)
