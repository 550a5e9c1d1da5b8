"""The Lambda handler of the function that takes requests."""

from __future__ import annotations

import os
import time

from functions.runtime.entry_point import EntryPoint
from functions.runtime.environment import FUNCTION_NAME
from functions.runtime.redactor import Redactor
from functions.runtime.telemetry import make_logger
from functions.take_requests.buffer import Buffer
from functions.take_requests.front import Front, large_bodies, sender
from functions.take_requests.logic import Intake
from functions.take_requests.settings import TakeSettings


def deploy() -> Front:
    """Return the function of this environment.

    Raises:
        SettingsError: variables are missing or malformed; all of them are named.
    """
    settings, redactor = TakeSettings.from_environment(os.environ), Redactor()
    buffer = Buffer(
        send=sender(settings.queue_url),
        large=large_bodies(settings.pipeline, settings.raw_bucket),
        max_body=settings.intake.max_body,
        group_key=settings.intake.group_key,
        tenant_key=settings.tenant_key,
    )
    intake = Intake(buffer, settings.intake.claims, time.time)
    logger = make_logger(settings.pipeline, settings.stage, os.environ.get(FUNCTION_NAME, "take"), redactor)
    return Front(settings.pipeline, intake.answer, redactor, logger)


handler = EntryPoint(deploy)
