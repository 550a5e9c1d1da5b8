"""What kinds may know of their pipeline while its plan is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.composition.queues import BUFFER, queue_name
from constructs_lib.composition.tenants import tenant_settings
from constructs_lib.declaration.pipeline import manifest_hash
from constructs_lib.model.names import name_of, queue_arn, queue_url, queue_url_of
from constructs_lib.model.plan_context import PlanContext
from constructs_lib.model.timings import default_claim_ttl

if TYPE_CHECKING:
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.plan import PlatformNames


def plan_context(
    declaration: PipelineDeclaration, stage: str, platform: PlatformNames, max_concurrency: int
) -> PlanContext:
    """Return the names, times and limits that follow from the declaration alone, and what its platform is called."""
    existing = declaration.source.existing_queue()
    name, queue = queue_name(declaration, stage, BUFFER), declaration.queue
    ttl = declaration.idempotency.ttl or default_claim_ttl(queue.retention_period, queue.dlq.retention_period)
    return PlanContext(
        pipeline=declaration.pipeline,
        stage=stage,
        manifest_hash=manifest_hash(declaration),
        platform=platform,
        queue_name=name_of(existing) if existing else name,
        queue_arn=existing or queue_arn(name),
        queue_url=queue_url_of(existing) if existing else queue_url(name),
        log_level=declaration.observability.log_level,
        log_retention_days=declaration.observability.log_retention.days,
        tracing=declaration.observability.tracing,
        network=declaration.network.type,
        claim_ttl=ttl,
        fifo=declaration.fifo,
        group_key=queue.group_key,
        deduplicates=queue.content_based_deduplication,
        runner=declaration.taker.function_id(),
        max_concurrency=max_concurrency,
        tenant=tenant_settings(declaration).to_json() if declaration.tenant.key else None,
    )
