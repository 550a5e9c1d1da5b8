"""The parts of back pressure joined for a deployed function."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

from functions.runtime.aws_clients import client
from functions.runtime.back_pressure.alert import ControlAlert
from functions.runtime.back_pressure.breakers import StoredBreakers
from functions.runtime.back_pressure.pressure import Pressure
from functions.runtime.back_pressure.state_items import PartiqlStateItems

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

    from functions.runtime.back_pressure.state_items import StateItems
    from functions.runtime.settings import RunnerSettings

MESSAGE = "{}"
"""The message says nothing: whoever receives it reads the breaker."""


def aws_pressure(settings: RunnerSettings, logger: Logger) -> Pressure:
    """Return what a deployed runner knows of its dependency.

    Raises:
        ValueError: the pipeline declares no back pressure.
    """
    declared = settings.back_pressure
    if declared is None:
        raise ValueError("no back pressure is declared")
    items = _items(settings)

    def send() -> None:
        client("sqs").send_message(QueueUrl=declared.control_url, MessageBody=MESSAGE)

    return Pressure(
        settings=declared,
        longest_delay=settings.retry.max_delay_seconds,
        breakers=StoredBreakers(items),
        alert=ControlAlert(items, settings.pipeline, send, logger),
        now=time.time,
        uniform=random.uniform,
        logger=logger,
    )


def _items(settings: RunnerSettings) -> StateItems:
    def dynamodb() -> Any:
        return client("dynamodb")

    if settings.store == "portable":
        from functions.runtime.portable import PortableStateItems

        return PortableStateItems(dynamodb, settings.state_table)
    return PartiqlStateItems(dynamodb, settings.state_table)
