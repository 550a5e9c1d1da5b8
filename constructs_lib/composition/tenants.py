"""What functions are told of tenants: where a record names its own, and how much of the work one may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.contract.environment import TenantSettings

if TYPE_CHECKING:
    from constructs_lib.declaration.pipeline import PipelineDeclaration

PATIENCE = 5
"""Seconds beside the batching window that a record may wait without anybody being held back for it."""
NO_LIMIT = 100
"""Percent: where all records have one tenant, nobody is held back."""


def tenant_settings(declaration: PipelineDeclaration) -> TenantSettings:
    """Return the settings of a pipeline's functions."""
    tenant, window = declaration.tenant, declaration.queue.max_batching_window
    return TenantSettings(
        key=tenant.key,
        id=tenant.id,
        isolation=tenant.isolation,
        max_share=tenant.max_share if tenant.key else NO_LIMIT,
        patience_seconds=int(window.total_seconds()) + PATIENCE,
    )
