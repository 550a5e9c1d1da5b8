"""What the sender is told, in one shape for everything that went wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from functions.contract.door import ACCEPTED
from functions.contract.metric import WebhookMetric
from functions.runtime.response import error_body

RETRY_AFTER = "5"
"""Seconds after which a sender may try again when we are at fault."""


@dataclass(frozen=True)
class Answer:
    """One HTTP response, with the metric that counts it and the code that the log line names."""

    status: int
    body: dict[str, Any]
    metric: WebhookMetric
    code: str = ""
    message_id: str = ""
    """Of an accepted request: the message that it became; for the log alone."""

    def to_event(self) -> dict[str, Any]:
        """Return the response as API Gateway wants it."""
        headers = {"content-type": "application/json"}
        if self.status >= 500:
            headers["retry-after"] = RETRY_AFTER
        return {"statusCode": self.status, "headers": headers, "body": json.dumps(self.body)}


def accepted(request_id: str, message_id: str) -> Answer:
    """Return the answer to a request that is on the queue."""
    body = {"status": "accepted", "request_id": request_id}
    return Answer(ACCEPTED, body, WebhookMetric.ACCEPTED, message_id=message_id)


def duplicate(request_id: str, first: str) -> Answer:
    """Return the answer to a request that was accepted before; ``first`` is the request id that it had then."""
    body = {"status": "duplicate", "request_id": request_id, "accepted_as": first}
    return Answer(ACCEPTED, body, WebhookMetric.REPLAYED, "duplicate")


def refused(status: int, code: str, message: str, request_id: str) -> Answer:
    """Return the answer to a request that the sender must change."""
    return Answer(status, error_body(code, message, request_id), WebhookMetric.REJECTED, code)


def unavailable(code: str, request_id: str) -> Answer:
    """Return the answer to a request that can be sent again as it is."""
    body = error_body("temporarily-unavailable", "the request was not accepted; send it again", request_id)
    return Answer(503, body, WebhookMetric.FAILED, code)
