"""The function that controls intake, its queue, and what the runner may do for the breaker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.composition.grants import event_grant, own_partition
from constructs_lib.model.contribution import Contribution
from constructs_lib.model.functions import CodePlan, Condition, FunctionPlan, Grant, Variable
from constructs_lib.model.intake import MappingPlan, QueuePlan
from constructs_lib.model.names import mapping_arn, mapping_id, queue_arn, queue_url, table_arn
from constructs_lib.model.plan import BackPressurePlan
from constructs_lib.model.timings import VISIBILITY_FACTOR
from functions.contract.environment import BackPressureSettings
from functions.contract.environment import Variable as Name
from functions.contract.state import dependency_key, intake_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.catalog import Catalog
    from constructs_lib.declaration.back_pressure import BackPressure
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.plan_context import PlanContext

CONTROL_INTAKE = "control_intake"
"""Id of the controlling function in the plan."""
CONTROL, CONTROL_DLQ = "control", "control-dlq"
CONTROL_MEMORY = 256
"""MiB; more buys CPU that the controlling function does not use."""
CONTROL_TIMEOUT = 20
"""Seconds for one look: seven calls to AWS."""
CONTROL_CONCURRENCY = 2
"""The least that Lambda takes; the pipeline has one message at a time."""
CONTROL_RECEIVES = 1000
"""Looks at intake after which a message would be given up; it is replaced by a new one after half as many."""
LONGEST_RETENTION = 14 * 86_400
"""Seconds that SQS keeps a message at most (Amazon SQS message quotas)."""
NEEDED_BY = "back_pressure"


@dataclass(frozen=True)
class Controlled:
    """Everything that back pressure adds to a plan."""

    plan: BackPressurePlan
    contribution: Contribution
    queues: tuple[QueuePlan, QueuePlan]
    mapping: MappingPlan


def plan_back_pressure(
    declaration: PipelineDeclaration, context: PlanContext, catalog: Catalog, mapping: MappingPlan
) -> Controlled | None:
    """Return what back pressure adds; None where it is not declared. ``mapping`` is the one that is controlled."""
    declared = declaration.back_pressure
    if declared is None:
        return None
    dependency = catalog.dependencies[declared.dependency]
    lands = dependency.output in {output.type for output in declaration.outputs}
    settings = _settings(declared, context, "landing" if lands else "handler")
    return Controlled(
        plan=BackPressurePlan(
            dependency=declared.dependency,
            budget=dependency.max_concurrency,
            failure_threshold=declared.failure_threshold,
            recovery_timeout=settings.recovery_timeout_seconds,
            action=declared.action,
            counts=settings.counts,
        ),
        contribution=Contribution(
            functions=(_function(declaration, settings, context, mapping),),
            runner_grants=tuple(_runner_grants(declared, context)),
            runner_environment=(Variable(name=Name.BACK_PRESSURE, value=settings.to_json()),),
        ),
        queues=(
            _queue(CONTROL, context, dead_letter_queue=CONTROL_DLQ, max_receive_count=CONTROL_RECEIVES),
            _queue(CONTROL_DLQ, context),
        ),
        mapping=MappingPlan(
            id="control-to-function",
            queue=CONTROL,
            function=CONTROL_INTAKE,
            batch_size=1,
            max_batching_window=0,
            max_concurrency=CONTROL_CONCURRENCY,
            controls=True,
        ),
    )


def _settings(declared: BackPressure, context: PlanContext, counts: str) -> BackPressureSettings:
    return BackPressureSettings(
        dependency=declared.dependency,
        failure_threshold=declared.failure_threshold,
        recovery_timeout_seconds=int(declared.recovery_timeout.total_seconds()),
        action=declared.action,
        counts=counts,
        control_url=queue_url(context.name(CONTROL)),
    )


def _function(
    declaration: PipelineDeclaration, settings: BackPressureSettings, context: PlanContext, mapping: MappingPlan
) -> FunctionPlan:
    return FunctionPlan(
        id=CONTROL_INTAKE,
        name=context.name(CONTROL_INTAKE.replace("_", "-")),
        description=f"Slows the intake of the pipeline {context.pipeline} while {settings.dependency} is left alone.",
        handler="functions.control_intake.handler.handler",
        code=CodePlan(origin="platform"),
        memory=CONTROL_MEMORY,
        timeout=CONTROL_TIMEOUT,
        environment=tuple(_environment(declaration, settings, context, mapping)),
        grants=tuple(_grants(settings, context, mapping)),
        tracing=context.tracing,
        log_retention_days=context.log_retention_days,
        network=context.network,
    )


def _environment(
    declaration: PipelineDeclaration, settings: BackPressureSettings, context: PlanContext, mapping: MappingPlan
) -> Iterator[Variable]:
    yield Variable(name=Name.PIPELINE, value=context.pipeline)
    yield Variable(name=Name.STAGE, value=context.stage)
    yield Variable(name=Name.MANIFEST_HASH, value=context.manifest_hash)
    yield Variable(name=Name.BACK_PRESSURE, value=settings.to_json())
    yield Variable(name=Name.MAPPING, value=mapping_id(mapping.id))
    yield Variable(name=Name.MAX_CONCURRENCY, value=str(mapping.max_concurrency))
    yield Variable(name=Name.STATE_TABLE, value=context.platform.state_table)
    yield Variable(name=Name.LEDGER_TABLE, value=context.platform.ledger_table)
    yield Variable(name=Name.EVENT_BUS, value=context.platform.event_bus)
    yield Variable(name=Name.LEDGER_RETENTION, value=str(int(declaration.ledger.retention.total_seconds())))


def _runner_grants(declared: BackPressure, context: PlanContext) -> Iterator[Grant]:
    """Yield the grants on the breaker that all pipelines share, and on the control queue of this one."""
    yield Grant(
        sid="Breaker",
        actions=("dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:BatchGetItem"),
        resources=(table_arn(context.platform.state_table),),
        conditions=_keys(dependency_key(declared.dependency)),
        needed_by=NEEDED_BY,
    )
    yield Grant(
        sid="TellControl",
        actions=("sqs:SendMessage",),
        resources=(queue_arn(context.name(CONTROL)),),
        needed_by=NEEDED_BY,
    )


def _grants(settings: BackPressureSettings, context: PlanContext, mapping: MappingPlan) -> Iterator[Grant]:
    platform, control = context.platform, queue_arn(context.name(CONTROL))
    yield Grant(
        sid="ReadBreaker",
        actions=("dynamodb:BatchGetItem",),
        resources=(table_arn(platform.state_table),),
        conditions=_keys(dependency_key(settings.dependency)),
        needed_by=NEEDED_BY,
    )
    yield Grant(
        sid="KeepInterval",
        actions=("dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:BatchGetItem"),
        resources=(table_arn(platform.state_table),),
        conditions=_keys(intake_key(context.pipeline)),
        needed_by=NEEDED_BY,
    )
    yield Grant(
        sid="Ledger",
        actions=("dynamodb:PartiQLInsert", "dynamodb:BatchGetItem"),
        resources=(table_arn(platform.ledger_table),),
        conditions=own_partition(context.pipeline),
        needed_by="ledger",
    )
    yield event_grant(platform)
    yield Grant(
        sid="SetIntake",
        actions=("lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"),
        resources=(mapping_arn(mapping.id),),
        needed_by=NEEDED_BY,
    )
    yield Grant(
        sid="ControlMessages",
        actions=(
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ChangeMessageVisibility",
            "sqs:SendMessage",
        ),
        resources=(control,),
        needed_by=NEEDED_BY,
    )


def _keys(key: str) -> tuple[Condition, ...]:
    return (Condition(operator="ForAllValues:StringEquals", key="dynamodb:LeadingKeys", values=(key,)),)


def _queue(id: str, context: PlanContext, **redrive: Any) -> QueuePlan:
    return QueuePlan(
        id=id,
        name=context.name(id),
        arn=queue_arn(context.name(id)),
        url=queue_url(context.name(id)),
        visibility_timeout=VISIBILITY_FACTOR * CONTROL_TIMEOUT,
        retention_period=LONGEST_RETENTION,
        **redrive,
    )
