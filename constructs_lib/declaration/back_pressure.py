"""What a pipeline does when a dependency fails."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.units import Duration

DependencyName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", min_length=2, max_length=64)]


class BackPressure(Frozen):
    """When a dependency is left alone, and how much is taken in meanwhile; no record loses its retries by that."""

    dependency: DependencyName
    """Name of the dependency in the catalogue; all pipelines that name it share one breaker and one budget."""
    failure_threshold: Annotated[int, Field(strict=True, ge=1, le=1000)] = 5
    """Failures in a row that open the breaker; at most retry.max_attempts, so that one record alone can open it."""
    recovery_timeout: Duration = timedelta(seconds=30)
    """How long the dependency is left alone before one record probes it; 1s to 15m. Each failed probe doubles it."""
    action: Literal["slow", "pause"] = "slow"
    """``slow`` takes in two batches at once while the dependency is down, ``pause`` nothing until the next probe."""
