"""What the verifying function knows from its environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from functions.contract.environment import Variable, WebhookSettings
from functions.runtime.environment import EnvironmentReader, one_of, shape
from functions.take_requests.settings import tenant_key

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class VerifySettings:
    """The settings of one verifying function."""

    pipeline: str
    stage: str
    state_table: str
    queue_url: str
    webhook: WebhookSettings
    raw_bucket: str
    """Where bodies are kept that no message holds; empty where none is taken."""
    tenant_key: str | None
    """Where a request names its tenant, the group that it is queued in; None where none does."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read every variable of ``environment``.

        Raises:
            SettingsError: variables are missing or malformed; all of them are named.
        """
        read = EnvironmentReader(environment)
        settings = cls(
            pipeline=read.required(Variable.PIPELINE, str),
            stage=read.required(Variable.STAGE, str),
            state_table=read.required(Variable.STATE_TABLE, str),
            queue_url=read.required(Variable.QUEUE_URL, str),
            webhook=read.required(Variable.WEBHOOK, _webhook),
            raw_bucket=read.optional(Variable.RAW_BUCKET, str, ""),
            tenant_key=read.optional(Variable.TENANT, tenant_key, None),
        )
        large = getattr(settings.webhook, "large_bodies", False)
        read.refuse(f"{Variable.RAW_BUCKET} is missing: large bodies are kept there", large, not settings.raw_bucket)
        read.check()
        return settings


def _webhook(text: str) -> WebhookSettings:
    webhook = shape(WebhookSettings)(text)
    one_of("encoding", webhook.encoding, ("hex", "base64"))
    if not webhook.secret or not webhook.header or webhook.tolerance_seconds <= 0:
        raise ValueError("secret and header need a name and tolerance_seconds must be positive")
    return webhook
