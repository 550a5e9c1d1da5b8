"""The Lambda handler of the verifying function."""

from __future__ import annotations

import os
import time

from functions.runtime.aws_clients import client
from functions.runtime.entry_point import EntryPoint
from functions.runtime.environment import FUNCTION_NAME
from functions.runtime.redactor import Redactor
from functions.runtime.secrets import SecretCache, fetch_secret
from functions.runtime.telemetry import make_logger
from functions.take_requests.front import Front, large_bodies, sender
from functions.verify_webhook.logic import Webhook, WebhookServices
from functions.verify_webhook.nonces import DynamoNonces
from functions.verify_webhook.settings import VerifySettings


def verify_webhook(settings: VerifySettings, services: WebhookServices) -> Front:
    """Return the function of these settings and services."""
    webhook = Webhook(settings.webhook, services, settings.tenant_key)
    return Front(settings.pipeline, webhook.answer, services.redactor, services.logger)


def deploy() -> Front:
    """Return the function of this environment.

    Raises:
        SettingsError: variables are missing or malformed; all of them are named.
    """
    settings = VerifySettings.from_environment(os.environ)
    redactor = Redactor()
    services = WebhookServices(
        large=large_bodies(settings.pipeline, settings.raw_bucket) if settings.webhook.large_bodies else None,
        fetch_secret=SecretCache(fetch_secret, redactor.learn, time.time).get,
        redactor=redactor,
        nonces=DynamoNonces(lambda: client("dynamodb"), settings.state_table, settings.pipeline),
        send=sender(settings.queue_url),
        now=time.time,
        logger=make_logger(settings.pipeline, settings.stage, os.environ.get(FUNCTION_NAME, "verify"), redactor),
    )
    return verify_webhook(settings, services)


handler = EntryPoint(deploy)
