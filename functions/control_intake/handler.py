"""The Lambda handler of the controlling function."""

from __future__ import annotations

import math
import os
import time
from typing import TYPE_CHECKING, Any

from functions.control_intake.journal import Journal
from functions.control_intake.logic import Control
from functions.control_intake.mapping import LambdaMapping
from functions.control_intake.settings import ControlSettings
from functions.control_intake.watch import Watch
from functions.runtime.aws_clients import COURTESY_EVENTS, client
from functions.runtime.back_pressure.breakers import StoredBreakers
from functions.runtime.back_pressure.state_items import PartiqlStateItems
from functions.runtime.entry_point import EntryPoint
from functions.runtime.environment import FUNCTION_NAME
from functions.runtime.events import EventBridgeSink
from functions.runtime.redactor import Redactor
from functions.runtime.telemetry import make_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools import Logger

RENEW = 500
"""Receives after which the message is replaced by a new one, long before the queue would give it up or forget it."""
VERSION = "AWS_LAMBDA_FUNCTION_VERSION"


class ControlIntake:
    """Answers messages of the control queue; each stays there until intake is as declared again."""

    def __init__(self, control: Control, queue: Callable[[], Any], url: str, logger: Logger) -> None:
        """``queue`` makes or returns the SQS client of the control queue at ``url``."""
        self._control = control
        self._queue = queue
        self._url = url
        self._logger = logger

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Return the messages that stay; a failure is raised, so that it is alarmed, and the message comes back."""
        failed = [
            record["messageId"] for record in event["Records"] if self._stays(record, str(context.aws_request_id))
        ]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def _stays(self, record: Mapping[str, Any], request_id: str) -> bool:
        seconds = self._control.look(request_id)
        self._logger.info("intake looked at", extra={"again_seconds": seconds})
        if seconds is None:
            return False
        hidden = math.ceil(seconds)
        if int(record["attributes"]["ApproximateReceiveCount"]) >= RENEW:
            self._queue().send_message(QueueUrl=self._url, MessageBody=record["body"], DelaySeconds=min(900, hidden))
            return False
        handle = record["receiptHandle"]
        self._queue().change_message_visibility(QueueUrl=self._url, ReceiptHandle=handle, VisibilityTimeout=hidden)
        return True


def deploy() -> ControlIntake:
    """Return the function of this environment.

    Raises:
        SettingsError: variables are missing or malformed; all of them are named.
    """
    settings = ControlSettings.from_environment(os.environ)
    name = os.environ.get(FUNCTION_NAME, "control_intake")

    def dynamodb() -> Any:
        return client("dynamodb")

    state = PartiqlStateItems(dynamodb, settings.state_table)
    ledger = PartiqlStateItems(dynamodb, settings.ledger_table)
    events = EventBridgeSink(lambda: client(COURTESY_EVENTS), settings.event_bus)
    control = Control(
        settings=settings,
        breakers=StoredBreakers(state),
        mapping=LambdaMapping(lambda: client("lambda"), settings.mapping_id),
        watch=Watch(state, settings.pipeline),
        journal=Journal(settings, ledger, time.time, (name, os.environ.get(VERSION, "")), events),
        now=time.time,
    )
    logger = make_logger(settings.pipeline, settings.stage, name, Redactor())
    return ControlIntake(control, lambda: client("sqs"), settings.back_pressure.control_url, logger)


handler = EntryPoint(deploy)
