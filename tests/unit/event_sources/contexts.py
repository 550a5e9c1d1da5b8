"""What a kind may know of its pipeline, for tests."""

from __future__ import annotations

from datetime import timedelta

from constructs_lib.model.names import platform_names, queue_arn, queue_url
from constructs_lib.model.plan_context import PlanContext


def context(pipeline: str = "shop-orders", stage: str = "dev") -> PlanContext:
    """Return the context of one pipeline of the platform ``pipelines``."""
    name = f"{pipeline}-{stage}-buffer"
    return PlanContext(
        pipeline=pipeline,
        stage=stage,
        manifest_hash="0" * 64,
        platform=platform_names("pipelines", stage),
        queue_name=name,
        queue_arn=queue_arn(name),
        queue_url=queue_url(name),
        log_level="INFO",
        log_retention_days=90,
        tracing=True,
        network="public",
        claim_ttl=timedelta(days=30),
        runner="land_order",
    )
