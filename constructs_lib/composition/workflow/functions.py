"""The functions of a workflow: one for each piece of the user's code, and the platform's own around them."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.composition import grants
from constructs_lib.composition.runner import behaviour, claim_ttl
from constructs_lib.composition.workflow.place import ASK_APPROVAL
from constructs_lib.composition.workflow.sending import SOURCE_STORE, machine_arn, machine_name
from constructs_lib.model.functions import CodePlan, FunctionPlan, Grant, Variable
from constructs_lib.model.handler_path import package_of
from constructs_lib.model.names import objects_arn, table_arn
from constructs_lib.model.resources import BundledFile
from constructs_lib.model.timings import step_claim_ttl
from constructs_lib.model.workflow_state import ActingState
from functions.contract.environment import Variable as Name
from functions.contract.environment import dump_outputs, dump_stores
from functions.contract.identity import canonical_json
from functions.contract.raw import own_objects
from functions.contract.workflow import VALUES_PREFIX, StepSettings, share_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.catalog import Catalog
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.declaration.workflow import Workflow
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.workflow_state import StepCode, WorkflowState

PLATFORM_MEMORY, PLATFORM_TIMEOUT = 256, 30


def every_step(
    steps: Sequence[WorkflowState], around: tuple[WorkflowState, ...] = ()
) -> Iterator[tuple[WorkflowState, tuple[WorkflowState, ...]]]:
    """Yield each step, nested ones too, with the steps around it from the outermost inwards."""
    for step in steps:
        yield step, around
        for inside in step.scopes().values():
            yield from every_step(inside, (*around, step))


def function_ids(step: WorkflowState) -> dict[str, str]:
    """Return the ids of the functions of a step by the part of it that they are."""
    return {part: "_".join(word for word in (step.name, part) if word) for part in step.code()}


def step_functions(
    workflow: Workflow, declaration: PipelineDeclaration, context: PlanContext, catalog: Catalog
) -> Iterator[FunctionPlan]:
    """Yield the functions of the steps, then the one that asks people where there is an approval."""
    builder = _Builder(workflow, declaration, context, catalog)
    asks = False
    for step, around in every_step(workflow.steps):
        asks = asks or step.type == "approval"
        for part, code in step.code().items():
            yield builder.function(step, part, code, around)
    if asks:
        yield builder.platform(ASK_APPROVAL, "Asks a person and keeps the question", builder.asking())


class _Builder:
    """Makes the functions of one workflow."""

    def __init__(
        self, workflow: Workflow, declaration: PipelineDeclaration, context: PlanContext, catalog: Catalog
    ) -> None:
        self.workflow = workflow
        self.declaration = declaration
        self.context = context
        self.catalog = catalog

    def function(
        self, step: WorkflowState, part: str, code: StepCode, around: tuple[WorkflowState, ...]
    ) -> FunctionPlan:
        """Return the function of one part of a step: with a callback its own time is that of its size."""
        id = function_ids(step)[part]
        size = self.catalog.sizes[code.size]
        limit = size.timeout if getattr(code, "callback", False) else code.timeout or size.timeout
        return FunctionPlan(
            id=id,
            name=self.context.name(id.replace("_", "-")),
            description=f"Runs {code.handler} for the step {step.name} of the pipeline {self.declaration.pipeline}.",
            handler=code.handler.replace(":", "."),
            code=self._code(code),
            memory=size.memory,
            timeout=int(limit.total_seconds()),
            environment=tuple(self._environment(_settings(step, part, id, around), code)),
            grants=tuple(self._grants(code)),
            tracing=self.context.tracing,
            log_retention_days=self.context.log_retention_days,
            network=self.context.network,
            keeps_versions=True,
        )

    def platform(self, id: str, purpose: str, more: tuple[Grant, ...]) -> FunctionPlan:
        """Return a function of the platform's own beside the steps."""
        return FunctionPlan(
            id=id,
            name=self.context.name(id.replace("_", "-")),
            description=f"{purpose} for the pipeline {self.declaration.pipeline}.",
            handler=f"functions.{id}.handler.{id}",
            code=CodePlan(origin="platform"),
            memory=PLATFORM_MEMORY,
            timeout=PLATFORM_TIMEOUT,
            environment=tuple(self.places()),
            grants=(*grants.table_grants(self.declaration.pipeline, self.context.platform, claims=False), *more),
            tracing=self.context.tracing,
            log_retention_days=self.context.log_retention_days,
            network=self.context.network,
            keeps_versions=True,
        )

    def asking(self) -> tuple[Grant, ...]:
        """Return what it takes to keep a question, to read the large parts of it, and to tell of it."""
        keep = Grant(
            sid="Questions",
            actions=("dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:BatchGetItem"),
            resources=(table_arn(self.context.platform.state_table),),
            conditions=grants.own_partition(self.declaration.pipeline),
            needed_by="workflow",
        )
        answer = Grant(
            sid="Answer",
            actions=("states:SendTaskSuccess", "states:SendTaskFailure"),
            resources=(self._machine(),),
            needed_by="workflow",
        )
        read = values_grant(self.declaration.pipeline, self.context).model_copy(update={"actions": ("s3:GetObject",)})
        return keep, answer, read, grants.event_grant(self.context.platform)

    def _machine(self) -> str:
        return machine_arn(machine_name(self.declaration.pipeline, self.context.stage))

    def places(self) -> Iterator[Variable]:
        """Yield who a function works for, and where evidence is."""
        declaration, platform = self.declaration, self.context.platform
        yield Variable(name=Name.PIPELINE, value=declaration.pipeline)
        yield Variable(name=Name.STAGE, value=self.context.stage)
        yield Variable(name=Name.DATA_CLASS, value=declaration.data_class)
        yield Variable(name=Name.MANIFEST_HASH, value=self.context.manifest_hash)
        ttl = step_claim_ttl(claim_ttl(declaration), self.workflow.timeout)
        yield from behaviour(declaration, None, (), kept=0, ttl=ttl)
        yield Variable(name=Name.STATE_TABLE, value=platform.state_table)
        yield Variable(name=Name.LEDGER_TABLE, value=platform.ledger_table)
        yield Variable(name=Name.LEDGER_RETENTION, value=str(int(declaration.ledger.retention.total_seconds())))
        yield Variable(name=Name.RAW_BUCKET, value=platform.raw_bucket)
        yield Variable(name=Name.EVENT_BUS, value=platform.event_bus)

    def _code(self, code: StepCode) -> CodePlan:
        base, workflow = Path(self.declaration.directory), self.workflow
        return CodePlan(
            origin="user",
            directory=str((base / workflow.code).resolve()),
            package=package_of(code.handler),
            requirements=str((base / workflow.requirements).resolve()) if workflow.requirements else None,
            files=tuple(
                BundledFile(place=place, source=str((base / file).resolve()))
                for output in self.declaration.outputs
                if output.called in code.outputs
                for place, file in output.files().items()
            ),
        )

    def _environment(self, settings: StepSettings, code: StepCode) -> Iterator[Variable]:
        declaration, context = self.declaration, self.context
        yield from self.places()
        yield Variable(name=Name.SOURCE, value="step")
        yield Variable(name=Name.MODE, value="step")
        yield Variable(name=Name.STEP, value=settings.to_json())
        outputs = (output.settings(context) for output in declaration.outputs if output.called in code.outputs)
        yield Variable(name=Name.OUTPUTS, value=dump_outputs(tuple(outputs)))
        own = declaration.source.stores(context) if SOURCE_STORE in code.stores else ()
        stores = (*own, *(store.settings(context) for store in declaration.stores if store.name in code.stores))
        if stores:
            yield Variable(name=Name.STORES, value=dump_stores(stores))
        if SOURCE_STORE in code.stores and declaration.source.type == "s3":
            arrivals = {"arrivals": declaration.source.options(context)}
            yield Variable(name=Name.SOURCE_OPTIONS, value=canonical_json(arrivals))
        yield Variable(name=Name.SECRETS, value=canonical_json(list(code.secrets)))
        yield from (Variable(name=name, value=value) for name, value in sorted(code.environment.items()))

    def _grants(self, code: StepCode) -> Iterator[Grant]:
        declaration, context = self.declaration, self.context
        yield from grants.table_grants(declaration.pipeline, context.platform)
        yield grants.event_grant(context.platform)
        yield values_grant(declaration.pipeline, context)
        for i, output in enumerate(declaration.outputs):
            if output.called in code.outputs:
                yield from output.contribute(context, f"outputs[{i}]").runner_grants
        for i, store in enumerate(declaration.stores):
            if store.name in code.stores:
                yield from store.contribute(context, f"stores[{i}]").runner_grants
        if SOURCE_STORE in code.stores:
            yield from declaration.source.contribute(context).store_grants
        for grant in grants.secret_grants(code.secrets):
            yield grant.model_copy(update={"needed_by": "workflow"})


def values_grant(pipeline: str, context: PlanContext) -> Grant:
    """Return the grant to keep and read large values of the pipeline's own runs."""
    return Grant(
        sid="Values",
        actions=("s3:GetObject", "s3:PutObject"),
        resources=(objects_arn(context.platform.raw_bucket, own_objects(VALUES_PREFIX, pipeline)),),
        needed_by="workflow",
    )


def _settings(step: WorkflowState, part: str, id: str, around: tuple[WorkflowState, ...]) -> StepSettings:
    ids = function_ids(step)
    taken_back = part != "check"
    return StepSettings(
        name=id,
        errors=tuple(dict.fromkeys(_errors(step, around))),
        checkpoint=_is_kept(step, part),
        result_bytes=share_of(prod(one.parts() for one in around)),
        undoes=step.name if part == "undo" else "",
        done_by=ids.get("", ids.get("start", "")) if part == "undo" else "",
        undo=ids.get("undo", "") if taken_back else "",
        undone_with=dict(_undone_with(around)) if taken_back else {},
    )


def _undone_with(around: tuple[WorkflowState, ...]) -> Iterator[tuple[str, int]]:
    """Yield the functions that take back a step around, with the number of maps around that."""
    for i, one in enumerate(around):
        undo = function_ids(one).get("undo")
        if undo:
            yield undo, sum(outer.type == "map" for outer in around[:i])


def _is_kept(step: WorkflowState, part: str) -> bool:
    """Return whether a result is given again: not what is asked for until it changes, nor what a callback brings."""
    return part == "undo" or (
        bool(getattr(step, "checkpoint", True)) and part != "check" and not getattr(step, "callback", False)
    )


def _errors(step: WorkflowState, around: tuple[WorkflowState, ...]) -> Iterator[str]:
    """Yield the errors that the step and those around it tell apart, the innermost first."""
    for one in (step, *reversed(around)):
        if isinstance(one, ActingState):
            yield from (error for catch in one.catch for error in catch.errors if not error.startswith("States."))
            retries = (one.retry, *((one.undo.retry,) if one.undo else ()))
            yield from (error for retry in retries for error in retry.errors if not error.startswith("States."))
