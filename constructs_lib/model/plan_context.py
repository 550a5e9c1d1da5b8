"""What a kind may know of its pipeline while the plan is made."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.plan import PlatformNames

STAGE_PLACE = "${stage}"
"""Stands for the stage in the name of an existing resource."""


class PlanContext(Frozen):
    """What a kind may know of its pipeline while the plan is made."""

    pipeline: str
    stage: str
    manifest_hash: str
    platform: PlatformNames
    queue_name: str
    queue_arn: str
    queue_url: str
    log_level: str
    log_retention_days: int
    tracing: bool
    network: str
    claim_ttl: timedelta
    """How long the pipeline knows a record again."""
    runner: str
    """Id of the function that runs the user's handler."""
    fifo: bool = False
    """Whether the buffer is a FIFO queue."""
    group_key: str | None = None
    """Where the platform itself sends to a FIFO queue, the field of a request that gives its group."""
    deduplicates: bool = False
    """Whether a FIFO queue, or a FIFO topic before it, tells repeats by their bodies."""
    max_concurrency: int = 1
    """Workers that run the handler at once, at most."""
    calendars: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Holidays of the catalogue by the name of their calendar."""
    tenant: str | None = None
    """What functions read of the tenant, as JSON, when records name it; None when all have the same."""

    def name(self, part: str) -> str:
        """Return the physical name of one part of the pipeline, unique in an account and region."""
        return f"{self.pipeline}-{self.stage}-{part}"

    def bucket(self, part: str) -> str:
        """Return the name of one bucket of the pipeline, unique in the world."""
        return f"{self.name(part)}-" + "${AWS::AccountId}-${AWS::Region}"

    def here(self, existing: str) -> str:
        """Return the name or ARN of an existing resource with this stage in the place of ``${stage}``."""
        return existing.replace(STAGE_PLACE, self.stage)
