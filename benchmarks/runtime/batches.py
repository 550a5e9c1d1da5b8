"""Batches of order messages as Lambda hands them over, every time with keys that were never used before."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

REMAINING = 60_000
"""Milliseconds left of every invocation."""


@dataclass(frozen=True)
class Context:
    """What a handler reads of its Lambda context."""

    function_name: str
    aws_request_id: str
    function_version: str = "1"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:000000000000:function:orders-001-dev-land-order:live"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Return the time that is left, in milliseconds."""
        return REMAINING


def new_batch(records: int) -> dict[str, Any]:
    """Return an event of so many orders; a body has about 500 bytes."""
    return {"Records": [_message(uuid.uuid4().hex) for _ in range(records)]}


def new_context(function_name: str) -> Context:
    """Return the context of one invocation."""
    return Context(function_name, str(uuid.uuid4()))


def _message(order_id: str) -> dict[str, Any]:
    lines = [{"sku": f"sku-{number:04d}", "quantity": number, "price": 9.99} for number in range(1, 8)]
    body = {"order_id": order_id, "total": 279.72, "lines": lines}
    attributes = {"path.shop_id": "shop-7", "request_id": order_id, "correlation_id": order_id}
    return {
        "messageId": str(uuid.uuid4()),
        "receiptHandle": order_id,
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1767225600000"},
        "messageAttributes": {n: {"stringValue": v, "dataType": "String"} for n, v in attributes.items()},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:orders-001-dev-buffer",
        "awsRegion": "eu-central-1",
    }
