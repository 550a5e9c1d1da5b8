"""Records of synchronous requests: the body of a request, and its path, query and headers beside it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from functions.runtime.http_request import Request
from functions.runtime.readers.message import decode
from functions.runtime.record import Record
from functions.runtime.wire_text import wire_hash

if TYPE_CHECKING:
    from collections.abc import Mapping


def read(event: Mapping[str, Any]) -> Record:
    """Return the record of one request; there is no message, so the request's id stands for the message's."""
    request = Request.of(event, time.time())
    text = request.body.decode(errors="replace")
    body, fault = decode(text) if text else (None, None)
    fields = {"body": body, "path": dict(request.path), "query": dict(request.query), "headers": dict(request.headers)}
    return Record(
        message_id=request.request_id,
        receipt_handle="",
        receive_count=1,
        text=text,
        payload_hash=wire_hash(text),
        fields=fields,
        attributes={},
        correlation_id=request.correlation_id,
        accepted_at=int(request.received_at),
        queued_at=None,
        parent_run_id=None,
        replay_hash=None,
        fault=fault,
    )
