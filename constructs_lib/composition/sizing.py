"""What a size word means for one runner, after the declaration has lowered or raised it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.catalog import Catalog
    from constructs_lib.model.kinds import RunnerClass


@dataclass(frozen=True)
class Sizing:
    """Memory in MiB, timeout in seconds, and the number of batches that run at once."""

    memory: int
    timeout: int
    max_concurrency: int


def size_runner(runner: RunnerClass, catalog: Catalog) -> Sizing:
    """Return the size's own limits, each replaced by what the declaration states."""
    size = catalog.sizes[runner.size]
    return Sizing(
        memory=size.memory,
        timeout=int((runner.timeout or size.timeout).total_seconds()),
        max_concurrency=runner.max_concurrency or size.max_concurrency,
    )
