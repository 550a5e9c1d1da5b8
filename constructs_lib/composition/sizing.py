"""What a size word means for one runner, after the declaration has lowered or raised it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.catalog import Catalog
    from constructs_lib.declaration.pipeline import PipelineDeclaration


@dataclass(frozen=True)
class Sizing:
    """Memory in MiB, timeout in seconds, and the number of batches that run at once."""

    memory: int
    timeout: int
    max_concurrency: int


def size_runner(declaration: PipelineDeclaration, catalog: Catalog) -> Sizing:
    """Return the size's own limits, each replaced by what the declaration states; a caller's patience ends a run.

    A function that awaits an express workflow has the workflow's own time besides.
    """
    runner, workflow = declaration.taker, declaration.workflow
    size, longest = catalog.sizes[runner.size], declaration.source.longest_run()
    awaited = workflow.timeout if workflow and workflow.type == "express" else timedelta()
    timeout = runner.timeout or min(size.timeout + awaited, longest or timedelta.max)
    return Sizing(
        memory=size.memory,
        timeout=int(timeout.total_seconds()),
        max_concurrency=runner.max_concurrency or size.max_concurrency,
    )
