"""The Lambda handler of the verifying function."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from functions.contract.door import ANSWERED, MESSAGE_ID, REQUEST_ID, STATUS
from functions.contract.message import in_order
from functions.runtime.aws_clients import client
from functions.runtime.entry_point import EntryPoint
from functions.runtime.environment import FUNCTION_NAME
from functions.runtime.redactor import Redactor
from functions.runtime.secrets import SecretCache, fetch_secret
from functions.runtime.telemetry import flush_counts, make_logger, make_metrics
from functions.verify_webhook.large import LargeBodies
from functions.verify_webhook.logic import Webhook, WebhookServices
from functions.verify_webhook.nonces import DynamoNonces
from functions.verify_webhook.settings import VerifySettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.verify_webhook.answer import Answer


class VerifyWebhook:
    """Answers the requests of one route; nothing of a request but its ids is ever logged."""

    def __init__(self, settings: VerifySettings, services: WebhookServices) -> None:
        """Join settings and services."""
        self._webhook = Webhook(settings.webhook, services, settings.tenant_key)
        self._redactor = services.redactor
        self._logger = services.logger
        self._counts = make_metrics(settings.pipeline, os.environ.get(FUNCTION_NAME, "verify"), services.redactor)

    def __call__(self, event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
        """Return the response to one request."""
        with self._redactor.guarding():
            answer = self._webhook.answer(event)
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


def deploy() -> VerifyWebhook:
    """Return the function of this environment.

    Raises:
        SettingsError: variables are missing or malformed; all of them are named.
    """
    settings = VerifySettings.from_environment(os.environ)

    def send(body: str, attributes: Mapping[str, str], group: str | None) -> str:
        typed = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        message: dict[str, Any] = {"MessageBody": body, "MessageAttributes": typed}
        message |= in_order(settings.queue_url, group, attributes[REQUEST_ID])
        return str(client("sqs").send_message(QueueUrl=settings.queue_url, **message)["MessageId"])

    def put(key: str, body: bytes) -> None:
        client("s3").put_object(Bucket=settings.raw_bucket, Key=key, Body=body, ContentType="application/json")

    redactor = Redactor()
    services = WebhookServices(
        large=LargeBodies(settings.pipeline, put) if settings.webhook.large_bodies else None,
        fetch_secret=SecretCache(fetch_secret, redactor.learn, time.time).get,
        redactor=redactor,
        nonces=DynamoNonces(lambda: client("dynamodb"), settings.state_table, settings.pipeline),
        send=send,
        now=time.time,
        logger=make_logger(settings.pipeline, settings.stage, os.environ.get(FUNCTION_NAME, "verify"), redactor),
    )
    return VerifyWebhook(settings, services)


handler = EntryPoint(deploy)
