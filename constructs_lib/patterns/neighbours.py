"""Pipelines that share something stand in one stack, and can share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack

from constructs_lib.declaration.sharing import clash
from constructs_lib.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.patterns.pipeline import Pipeline


def refuse_clashes(pipeline: Pipeline, others: Iterable[Pipeline]) -> None:
    """Compare a pipeline with those of its app that share the same thing in the same stage.

    Raises:
        PlanError: ``api-split`` where they stand in different stacks, or what the sources say of each other.
    """
    shared = pipeline.declaration.source.shares()
    for other in others:
        same = (other.declaration.source.shares(), other.plan.stage) == (shared, pipeline.plan.stage)
        if shared is None or not same:
            continue
        here, there = Stack.of(pipeline), Stack.of(other)
        if here.node.path != there.node.path:
            found = (
                f"{pipeline.plan.pipeline} is in the stack {here.node.path}, {other.plan.pipeline} in {there.node.path}"
            )
            allowed = "one stack for all pipelines of an api"
            raise PlanError.of("api-split", "source.api", found, allowed, "give all of them to one PipelineStack")
        if fault := clash(other.declaration, pipeline.declaration):
            code, found, allowed, fix = fault
            raise PlanError.of(code, "source", f"{found} ({other.plan.pipeline})", allowed, fix)
