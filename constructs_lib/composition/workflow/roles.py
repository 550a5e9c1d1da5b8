"""What a state machine may do: call its functions, write its evidence, and what its steps ask for; nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.composition import grants
from constructs_lib.composition.workflow.closing import execution_arns
from constructs_lib.composition.workflow.functions import every_step
from constructs_lib.composition.workflow.sending import alias_arn, machine_arn, machine_name, store
from constructs_lib.model.functions import Grant
from constructs_lib.model.names import bucket_arn, function_versions_arn, objects_arn, table_arn
from constructs_lib.workflow_states.map import Map
from constructs_lib.workflow_states.send import Send
from constructs_lib.workflow_states.workflow import SubWorkflow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.composition.workflow.machine import Machine
    from constructs_lib.model.functions import FunctionPlan

LOG_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
"""What the log of a state machine takes; CloudWatch Logs knows no resource for it (Step Functions developer guide)."""
SYNC_RULE = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/"
SYNC_RULE += "StepFunctionsGetEventsForStepFunctionsExecutionRule"
"""The rule by which Step Functions itself learns that an execution it waits for has ended."""


def machine_grants(machine: Machine, functions: Sequence[FunctionPlan]) -> Iterator[Grant]:
    """Yield the grants of the state machine's role."""
    versions = tuple(function_versions_arn(function.name) for function in functions)
    if versions:
        yield _grant("CallSteps", ("lambda:InvokeFunction",), *versions)
    if not machine.express:
        ledger = table_arn(machine.context.platform.ledger_table)
        own = grants.own_partition(machine.declaration.pipeline)
        insert = ("dynamodb:PartiQLInsert",)
        yield _grant("Ledger", insert, ledger).model_copy(update={"conditions": own})
        for number, other in enumerate(_others(machine)):
            conditions = grants.own_partition(other)
            yield _grant(f"LedgerBelow{number}", insert, ledger).model_copy(update={"conditions": conditions})
        if machine.dead_letters:
            yield grants.give_up_grant(machine.dead_letters)
    yield from _sends(machine)
    yield from _other_workflows(machine)
    yield from _maps(machine)
    yield _grant("LogDelivery", LOG_DELIVERY, "*")
    if machine.context.tracing:
        traces = ("xray:PutTraceSegments", "xray:PutTelemetryRecords", *SAMPLING)
        yield _grant("Traces", traces, "*")
    if machine.context.platform.key_parameter:
        yield grants.key_grant(grants.at_deployment(machine.context.platform.key_parameter))


SAMPLING = ("xray:GetSamplingRules", "xray:GetSamplingTargets")


def _sends(machine: Machine) -> Iterator[Grant]:
    wanted = {step.output for step, _ in every_step(machine.steps) if isinstance(step, Send)}
    for i, output in enumerate(machine.declaration.outputs):
        if output.called in wanted:
            yield from output.contribute(machine.context, f"outputs[{i}]").runner_grants


def _other_workflows(machine: Machine) -> Iterator[Grant]:
    others = _others(machine)
    if not others:
        return
    names = [machine_name(other, machine.context.stage) for other in others]
    yield _grant("StartOthers", ("states:StartExecution",), *map(alias_arn, names))
    yield _grant("FollowOthers", ("states:DescribeExecution", "states:StopExecution"), *map(execution_arns, names))
    yield _grant("LearnOfOthers", ("events:PutTargets", "events:PutRule", "events:DescribeRule"), SYNC_RULE)


def _others(machine: Machine) -> list[str]:
    """Return the pipelines whose workflows are started; each of them is told of its run in its own ledger."""
    return sorted({step.pipeline for step, _ in every_step(machine.steps) if isinstance(step, SubWorkflow)})


def _maps(machine: Machine) -> Iterator[Grant]:
    maps = [step for step, _ in every_step(machine.steps) if isinstance(step, Map) and step.mode == "distributed"]
    if not maps:
        return
    yield _grant("StartItems", ("states:StartExecution",), machine_arn(machine.name))
    executions = execution_arns(machine.name)
    of_runs = executions.removesuffix(":*") + "/*"
    yield _grant("FollowItems", ("states:DescribeExecution", "states:StopExecution"), executions, of_runs)
    if any(step.source and step.results for step in maps):
        of_maps = machine_arn(machine.name).replace(":stateMachine:", ":mapRun:") + "/*"
        yield _grant("CountItems", ("states:DescribeMapRun",), of_maps)
    for step in maps:
        word = "".join(part.capitalize() for part in step.name.split("_"))
        if step.source:
            bucket, prefix = store(machine, step.source.store)
            lists = step.source.format == "listing"
            action = "s3:ListBucket" if lists else "s3:GetObject"
            where = bucket_arn(bucket) if lists else objects_arn(bucket, f"{prefix}*")
            yield _grant(f"ReadStore{word}", (action,), where)
        if step.results:
            bucket, prefix = store(machine, step.results.store)
            yield _grant(f"WriteStore{word}", WRITE_RESULTS, objects_arn(bucket, f"{prefix}*"))


WRITE_RESULTS = ("s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload")
"""What it takes to write the results of a distributed map (Step Functions developer guide, "ResultWriter")."""


def _grant(sid: str, actions: tuple[str, ...], *resources: str) -> Grant:
    return Grant(sid=sid, actions=actions, resources=resources, needed_by="workflow")
