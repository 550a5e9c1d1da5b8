"""What a handler is given beside its record: who it runs for, and what it may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.metrics import EphemeralMetrics

    from functions.runtime.outputs import Outputs
    from functions.runtime.secrets import Secrets


class Stores:
    """The declared stores as attributes: ``run.stores.orders``."""

    def __init__(self, stores: Mapping[str, Any]) -> None:
        """``stores`` are the declared ones by name."""
        self._stores = stores

    def __getattr__(self, name: str) -> Any:
        """Return the declared store; any other name is an error that lists those that exist."""
        stores = self.__dict__.get("_stores", {})
        if name not in stores:
            known = ", ".join(stores) or "none"
            raise AttributeError(f"store {name!r} is not declared; declared stores: {known}")
        return stores[name]


NO_STORES = Stores({})


@dataclass(frozen=True, kw_only=True)
class DeclaredRun:
    """What every run has; ``pipelines types`` adds outputs and stores as one pipeline declares them."""

    token: str
    run_id: str
    parent_run_id: str | None
    tenant: str
    attempt: int
    correlation_id: str
    record: dict[str, Any]
    secrets: Secrets
    logger: Logger
    metrics: EphemeralMetrics


AnyRun = TypeVar("AnyRun", bound=DeclaredRun)
"""What a handler takes as its run: ``Run``, or the class that was written for its pipeline."""


@dataclass(frozen=True, kw_only=True)
class Run(DeclaredRun):
    """One attempt at one record; ``attempt`` counts from 1.

    ``record`` holds the decoded ``body`` and what came with it: ``path`` for a route, ``attributes`` for a queue.
    """

    outputs: Outputs
    stores: Stores = NO_STORES
