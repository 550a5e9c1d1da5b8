"""The Lambda handler of the closing function."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from functions.close_run.logic import Closing
from functions.contract.environment import Variable
from functions.runtime.aws_clients import client
from functions.runtime.back_pressure.state_items import PartiqlStateItems
from functions.runtime.entry_point import EntryPoint
from functions.runtime.environment import EnvironmentReader
from functions.runtime.redactor import Redactor
from functions.runtime.run_entry import Writer
from functions.runtime.telemetry import make_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools import Logger


class StepFunctionsExecutions:
    """Executions in Step Functions."""

    def __init__(self, states: Callable[[], Any]) -> None:
        """``states`` makes or returns the client."""
        self._states = states

    def input_of(self, arn: str) -> str:
        """Return what an execution was started with."""
        return str(self._states().describe_execution(executionArn=arn)["input"])


class SqsLetters:
    """The dead-letter queue in SQS."""

    def __init__(self, sqs: Callable[[], Any], url: str) -> None:
        """``sqs`` makes or returns the client."""
        self._sqs = sqs
        self.url = url

    def send(self, message: Mapping[str, Any]) -> None:
        """Put a message."""
        self._sqs().send_message(QueueUrl=self.url, **message)


class CloseRun:
    """Answers EventBridge; a failure is raised, so that it is told again and alarmed."""

    def __init__(self, closing: Closing, logger: Logger) -> None:
        """``closing`` does the work."""
        self._closing = closing
        self._logger = logger

    def __call__(self, event: Mapping[str, Any], context: Any) -> None:
        """Close the execution that one event tells of."""
        detail = event["detail"]
        closed = self._closing.close(detail, str(context.aws_request_id))
        told = {"execution": detail["name"], "status": detail["status"], "closed": closed}
        self._logger.warning("execution ended without a word" if closed else "execution ended", extra=told)


def deploy() -> CloseRun:
    """Return the function of this environment.

    Raises:
        SettingsError: variables are missing or malformed; all of them are named.
    """
    read = EnvironmentReader(os.environ)
    writer, url = Writer.read(read, "close_run"), read.required(Variable.DLQ_URL, str)
    read.check()
    closing = Closing(
        writer=writer,
        entries=PartiqlStateItems(lambda: client("dynamodb"), writer.ledger_table),
        executions=StepFunctionsExecutions(lambda: client("stepfunctions")),
        letters=SqsLetters(lambda: client("sqs"), url),
        now=time.time,
    )
    return CloseRun(closing, make_logger(writer.pipeline, writer.stage, writer.function, Redactor()))


close_run = EntryPoint(deploy)
