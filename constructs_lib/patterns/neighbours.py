"""Pipelines that share something stand in one stack, and can share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.declaration.sharing import clash
from constructs_lib.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.declaration.pipeline import PipelineDeclaration


@dataclass(frozen=True)
class Neighbour:
    """What others meet of a pipeline.

    Attributes:
        stack: path of the stack that it is in.
    """

    declaration: PipelineDeclaration
    stage: str
    stack: str


def refuse_clashes(pipeline: Neighbour, others: Iterable[Neighbour]) -> None:
    """Compare a pipeline with those of its app that share the same thing in the same stage.

    Raises:
        PlanError: ``api-split`` where they stand in different stacks, or what the sources say of each other.
    """
    shared = pipeline.declaration.source.shares()
    for other in others:
        same = (other.declaration.source.shares(), other.stage) == (shared, pipeline.stage)
        if shared is None or not same:
            continue
        name, neighbour = pipeline.declaration.pipeline, other.declaration.pipeline
        if pipeline.stack != other.stack:
            found = f"{name} is in the stack {pipeline.stack}, {neighbour} in {other.stack}"
            allowed = "one stack for all pipelines of an api"
            raise PlanError.of("api-split", "source.api", found, allowed, "give all of them to one PipelineStack")
        if fault := clash(other.declaration, pipeline.declaration):
            code, found, allowed, fix = fault
            raise PlanError.of(code, "source", f"{found} ({neighbour})", allowed, fix)
