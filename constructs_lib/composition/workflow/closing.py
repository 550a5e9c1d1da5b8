"""Executions that end without a word of their own: what tells of them, and the function that writes it down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.composition import grants
from constructs_lib.composition.runner import behaviour
from constructs_lib.composition.workflow.functions import PLATFORM_MEMORY, PLATFORM_TIMEOUT
from constructs_lib.composition.workflow.sending import machine_arn
from constructs_lib.model.functions import CodePlan, FunctionPlan, Grant, Variable
from functions.contract.environment import Variable as Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.intake import QueuePlan
    from constructs_lib.model.plan_context import PlanContext

CLOSE_RUN = "close_run"
CLOSED, CLOSED_TARGET = "closed-runs", "closed-runs-target"
"""Ids of the rule and of its right to call the function."""
CLOSING = ("FAILED", "TIMED_OUT", "ABORTED")
"""Ends that the state machine may not have told of itself."""


def execution_arns(name: str) -> str:
    """Return the ARN pattern of the executions of a state machine."""
    return f"{machine_arn(name).replace(':stateMachine:', ':execution:')}:*"


def close_run(
    declaration: PipelineDeclaration, context: PlanContext, dead_letters: QueuePlan, machine: str
) -> FunctionPlan:
    """Return the function that gives such a run its ledger entry and its letter."""
    read = Grant(
        sid="ReadExecutions",
        actions=("states:DescribeExecution",),
        resources=(execution_arns(machine),),
        needed_by="workflow",
    )
    return FunctionPlan(
        id=CLOSE_RUN,
        name=context.name(CLOSE_RUN.replace("_", "-")),
        description=f"Tells of runs of the pipeline {declaration.pipeline} that ended without a word.",
        handler=f"functions.{CLOSE_RUN}.handler.{CLOSE_RUN}",
        code=CodePlan(origin="platform"),
        memory=PLATFORM_MEMORY,
        timeout=PLATFORM_TIMEOUT,
        environment=tuple(_environment(declaration, context, dead_letters)),
        grants=(
            *grants.table_grants(declaration.pipeline, context.platform, claims=False),
            grants.give_up_grant(dead_letters),
            read,
        ),
        tracing=context.tracing,
        log_retention_days=context.log_retention_days,
        network=context.network,
    )


def _environment(declaration: PipelineDeclaration, context: PlanContext, dead_letters: QueuePlan) -> Iterator[Variable]:
    platform = context.platform
    yield Variable(name=Name.PIPELINE, value=declaration.pipeline)
    yield Variable(name=Name.STAGE, value=context.stage)
    yield Variable(name=Name.DATA_CLASS, value=declaration.data_class)
    yield Variable(name=Name.MANIFEST_HASH, value=context.manifest_hash)
    yield from behaviour(declaration, None, (), kept=0)
    yield Variable(name=Name.LEDGER_TABLE, value=platform.ledger_table)
    yield Variable(name=Name.LEDGER_RETENTION, value=str(int(declaration.ledger.retention.total_seconds())))
    yield Variable(name=Name.DLQ_URL, value=dead_letters.url)
