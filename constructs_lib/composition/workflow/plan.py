"""The state machine of a workflow, and everything that stands around it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from constructs_lib.composition.workflow.closing import CLOSED, CLOSED_TARGET, close_run
from constructs_lib.composition.workflow.endings import assembled, run_variables
from constructs_lib.composition.workflow.functions import every_step, function_ids, step_functions, values_grant
from constructs_lib.composition.workflow.machine import Machine
from constructs_lib.composition.workflow.place import ASK_APPROVAL, StepPlace
from constructs_lib.composition.workflow.roles import machine_grants
from constructs_lib.composition.workflow.scope import Scope
from constructs_lib.composition.workflow.sending import alias_arn, machine_arn, machine_name
from constructs_lib.model.functions import FunctionPlan, Grant, Variable
from constructs_lib.model.resources import ResourcePlan
from constructs_lib.model.state_machine import StateMachinePlan, StepPlan
from functions.contract.environment import Variable as Name
from functions.contract.ledger import Status
from functions.contract.workflow import WorkflowSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.catalog import Catalog
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.declaration.workflow import Workflow
    from constructs_lib.model.intake import QueuePlan
    from constructs_lib.model.plan import ContractPlan
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.workflow_state import WorkflowState

WORKFLOW = "workflow"
"""Id of the state machine in the plan."""


@dataclass(frozen=True)
class WorkflowParts:
    """What a workflow adds to its pipeline beside the function that starts it."""

    state_machine: StateMachinePlan
    functions: tuple[FunctionPlan, ...]
    resources: tuple[ResourcePlan, ...]


def plan_workflow(
    declaration: PipelineDeclaration,
    context: PlanContext,
    catalog: Catalog,
    contract: ContractPlan | None,
    dead_letters: QueuePlan | None,
) -> WorkflowParts | None:
    """Return the parts of the declaration's workflow; None without one."""
    workflow = declaration.workflow
    if workflow is None:
        return None
    functions = list(step_functions(workflow, declaration, context, catalog))
    name, express = machine_name(declaration.pipeline, context.stage), workflow.type == "express"
    machine = Machine(declaration, context, contract, dead_letters, express, name, workflow.steps)
    state_machine = StateMachinePlan(
        id=WORKFLOW,
        name=name,
        type="EXPRESS" if express else "STANDARD",
        definition=json.dumps(_definition(machine, workflow), separators=(",", ":")),
        timeout=int(workflow.timeout.total_seconds()),
        steps=tuple(_steps(workflow.steps)),
        grants=tuple(machine_grants(machine, functions)),
        tracing=context.tracing,
        log_level=workflow.log_level,
        log_retention_days=context.log_retention_days,
    )
    if dead_letters is None or express:
        return WorkflowParts(state_machine, tuple(functions), ())
    closing = close_run(declaration, context, dead_letters, name)
    return WorkflowParts(state_machine, (*functions, closing), _closed(context))


def starting(starter: FunctionPlan, declaration: PipelineDeclaration, context: PlanContext) -> FunctionPlan:
    """Return the function that takes records with what it needs to start an execution for each."""
    workflow = declaration.workflow
    if workflow is None:
        return starter
    name, express = machine_name(declaration.pipeline, context.stage), workflow.type == "express"
    settings = WorkflowSettings(
        state_machine=alias_arn(name), express=express, timeout_seconds=int(workflow.timeout.total_seconds())
    )
    completion = () if express else (Variable(name=Name.COMPLETION, value=Status.STARTED.value),)
    start = Grant(
        sid="StartWorkflow",
        actions=("states:StartSyncExecution",) if express else ("states:StartExecution",),
        resources=(alias_arn(name),),
        needed_by="workflow",
    )
    return starter.model_copy(
        update={
            "description": f"Starts a run of the workflow for each record of the pipeline {declaration.pipeline}.",
            "environment": (
                *starter.environment,
                Variable(name=Name.WORKFLOW, value=settings.to_json()),
                *completion,
            ),
            "grants": (*starter.grants, start, values_grant(declaration.pipeline, context)),
        }
    )


def _definition(machine: Machine, workflow: Workflow) -> dict[str, object]:
    scope = Scope(machine, "run", workflow.steps, StepPlace, prefix="run")
    return {
        "QueryLanguage": "JSONata",
        "TimeoutSeconds": int(workflow.timeout.total_seconds()),
        **assembled(scope, run_variables(express=machine.express)),
    }


def _steps(steps: Sequence[WorkflowState]) -> list[StepPlan]:
    return [
        StepPlan(
            name=step.name,
            type=step.type,
            scope=tuple(one.name for one in around),
            functions=(*function_ids(step).values(), *((ASK_APPROVAL,) if step.type == "approval" else ())),
            runs_per_event=float(prod(_rounds(one) for one in around)),
        )
        for step, around in every_step(steps)
    ]


def _rounds(step: WorkflowState) -> int:
    """Return how often the steps inside a step run at most: for each item, or each batch of them."""
    most, batch = getattr(step, "max_items", 1), getattr(step, "batch_size", None) or 1
    return -(-most // batch)


def _closed(context: PlanContext) -> tuple[ResourcePlan, ...]:
    rule = ResourcePlan(id=CLOSED, type="AWS::Events::Rule", name=context.name(CLOSED), needed_by="workflow")
    target = ResourcePlan(
        id=CLOSED_TARGET, type="AWS::Lambda::Permission", name=context.name(CLOSED_TARGET), needed_by="workflow"
    )
    return rule, target


__all__ = ["WORKFLOW", "WorkflowParts", "machine_arn", "plan_workflow", "starting"]
