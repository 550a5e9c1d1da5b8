"""What a handler is given beside its record: who it runs for, and what it may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.metrics import EphemeralMetrics

    from functions.contract.workflow import StepFacts
    from functions.runtime.secrets import Secrets


class _Declared:
    """What one pipeline declares of a kind, as attributes by name."""

    _kind = ""

    def __init__(self, declared: Mapping[str, Any]) -> None:
        """``declared`` are those that there are, by name."""
        self._declared = declared

    def __getattr__(self, name: str) -> Any:
        """Return what is declared; any other name is an error that lists those that exist."""
        declared = self.__dict__.get("_declared", {})
        if name not in declared:
            known = ", ".join(declared) or "none"
            raise AttributeError(f"{self._kind} {name!r} is not declared; declared {self._kind}s: {known}")
        return declared[name]


class Outputs(_Declared):
    """The declared outputs: ``run.outputs.raw`` keeps what one run puts, and nothing leaves before it has returned."""

    _kind = "output"


class Stores(_Declared):
    """The declared stores, which act at once: ``run.stores.orders``."""

    _kind = "store"


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
    step: StepFacts | None = None
    """Which step of a workflow it is; None of a record that a source has brought."""
    error: dict[str, Any] | None = None
    """Where a catch leads: ``step``, ``error`` and ``cause`` of what failed."""

    @property
    def callback_token(self) -> str:
        """Task token with which a job outside answers for a step that waits for it; empty elsewhere."""
        return self.step.callback if self.step else ""


AnyRun = TypeVar("AnyRun", bound=DeclaredRun)
"""What a handler takes as its run: ``Run``, or the class that was written for its pipeline."""


@dataclass(frozen=True, kw_only=True)
class Run(DeclaredRun):
    """One attempt at one record; ``attempt`` counts from 1.

    ``record`` holds the decoded ``body`` and what came with it: ``path`` for a route, ``attributes`` for a queue.
    """

    outputs: Outputs
    stores: Stores = NO_STORES
