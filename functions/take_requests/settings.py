"""What the function that takes requests knows from its environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from functions.contract.environment import IntakeSettings, TenantSettings, Variable
from functions.runtime.environment import EnvironmentReader, shape

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class TakeSettings:
    """The settings of one function."""

    pipeline: str
    stage: str
    queue_url: str
    intake: IntakeSettings
    raw_bucket: str
    """Where bodies are kept that no message holds."""
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
            queue_url=read.required(Variable.QUEUE_URL, str),
            intake=read.required(Variable.INTAKE, shape(IntakeSettings)),
            raw_bucket=read.required(Variable.RAW_BUCKET, str),
            tenant_key=read.optional(Variable.TENANT, tenant_key, None),
        )
        read.check()
        return settings


def tenant_key(text: str) -> str | None:
    """Return where a request names its tenant; raises ``ValueError`` or ``TypeError`` for any other text."""
    return shape(TenantSettings)(text).key
