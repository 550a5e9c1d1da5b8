"""What every function in front of a queue does on AWS: it sends, keeps, counts and writes down what it answered."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from functions.contract.door import ANSWERED, MESSAGE_ID, REQUEST_ID, STATUS
from functions.contract.message import in_order
from functions.runtime.aws_clients import client
from functions.runtime.environment import FUNCTION_NAME
from functions.runtime.telemetry import flush_counts, make_metrics
from functions.take_requests.large import LargeBodies

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools import Logger

    from functions.runtime.redactor import Redactor
    from functions.take_requests.answer import Answer
    from functions.take_requests.buffer import Send


class Front:
    """Answers the requests of one route; nothing of a request but its ids is ever logged."""

    def __init__(
        self, pipeline: str, answer: Callable[[Mapping[str, Any]], Answer], redactor: Redactor, logger: Logger
    ) -> None:
        """``answer`` returns the answer to one event of API Gateway."""
        self._answer = answer
        self._redactor = redactor
        self._logger = logger
        self._counts = make_metrics(pipeline, os.environ.get(FUNCTION_NAME, "front"), redactor)

    def __call__(self, event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
        """Return the response to one request."""
        with self._redactor.guarding():
            answer = self._answer(event)
            self._report(answer)
            return answer.to_event()

    def _report(self, answer: Answer) -> None:
        extra = {
            REQUEST_ID: answer.body.get("request_id"),
            STATUS: answer.status,
            "code": answer.code or None,
            MESSAGE_ID: answer.message_id or None,
        }
        level = self._logger.error if answer.status >= 500 else self._logger.info
        level(ANSWERED, extra=extra)
        flush_counts(self._counts, {answer.metric: 1})


def sender(queue_url: str) -> Send:
    """Return what sends to a queue."""

    def send(body: str, attributes: Mapping[str, str], group: str | None) -> str:
        typed = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        message: dict[str, Any] = {"MessageBody": body, "MessageAttributes": typed}
        message |= in_order(queue_url, group, attributes[REQUEST_ID])
        return str(client("sqs").send_message(QueueUrl=queue_url, **message)["MessageId"])

    return send


def large_bodies(pipeline: str, bucket: str) -> LargeBodies:
    """Return where a pipeline's large bodies are kept."""

    def put(key: str, body: bytes) -> None:
        client("s3").put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")

    return LargeBodies(pipeline, put)
