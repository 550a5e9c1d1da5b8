"""The dashboard of a pipeline: records by outcome and tenant, the queue, the functions, and who to call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.composition.workflow.sending import machine_arn
from constructs_lib.patterns.pseudo_parameters import as_literal
from functions.contract.environment import Variable
from functions.contract.metric import NAMESPACE, PIPELINE_DIMENSION, SERVICE_DIMENSION, TENANT_DIMENSION, RecordMetric

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.model.plan import PipelinePlan

WIDTH = 24
HALF = WIDTH // 2
HEIGHT = 6
RUNS = ("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")
"""Metrics of Step Functions that tell how runs end."""


def dashboard(plan: PipelinePlan) -> dict[str, Any]:
    """Return the dashboard as a CloudFormation resource."""
    body = {"widgets": [_text(plan), *_placed(_charts(plan))]}
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": plan.dashboard,
            "DashboardBody": {"Fn::Sub": json.dumps(body, separators=(",", ":"))},
        },
    }


def _text(plan: PipelinePlan) -> dict[str, Any]:
    lines = f"# {plan.pipeline} ({plan.stage})\nOwner: {plan.owner}. Runbook: {plan.runbook}"
    properties = {"markdown": as_literal(lines)}
    return {"type": "text", "x": 0, "y": 0, "width": WIDTH, "height": 2, "properties": properties}


def _charts(plan: PipelinePlan) -> Iterable[tuple[str, str, list[list[Any]]]]:
    runner = plan.function(plan.runner).name
    dimensions = [SERVICE_DIMENSION, runner, PIPELINE_DIMENSION, plan.pipeline]
    yield "Records by outcome", "Sum", [[NAMESPACE, name.value, *dimensions] for name in RecordMetric]
    yield "Records landed by tenant", "Sum", [[{"expression": _by_tenant(plan.pipeline), "id": "tenants"}]]
    for queue in plan.queues:
        names = ["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"]
        yield f"Queue {queue.id}", "Maximum", [["AWS/SQS", name, "QueueName", queue.name] for name in names]
    if _grouped(plan):
        fair = ["ApproximateNumberOfNoisyGroups", "ApproximateAgeOfOldestMessageInQuietGroups"]
        buffer = plan.queues[0].name
        yield "Tenants in the queue", "Maximum", [["AWS/SQS", name, "QueueName", buffer] for name in fair]
    if plan.state_machine:
        where = ["StateMachineArn", machine_arn(plan.state_machine.name)]
        yield "Runs of the workflow", "Sum", [["AWS/States", name, *where] for name in RUNS]
        yield "Duration of the workflow", "p95", [["AWS/States", "ExecutionTime", *where]]
    for function in plan.functions:
        counted = [
            ["AWS/Lambda", name, "FunctionName", function.name] for name in ("Invocations", "Errors", "Throttles")
        ]
        running = ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", function.name, {"stat": "Maximum"}]
        yield f"Function {function.id}", "Sum", [*counted, running]
        yield f"Duration {function.id}", "p95", [["AWS/Lambda", "Duration", "FunctionName", function.name]]


def _grouped(plan: PipelinePlan) -> bool:
    """Return whether a function before the queue sends messages in groups of their tenants."""
    sends = {Variable.QUEUE_URL, Variable.TENANT}
    before = (function for function in plan.functions if function.id != plan.runner)
    return any(sends <= {variable.name for variable in function.environment} for function in before)


def _by_tenant(pipeline: str) -> str:
    schema = f"{{{NAMESPACE},{SERVICE_DIMENSION},{PIPELINE_DIMENSION},{TENANT_DIMENSION}}}"
    wanted = f'MetricName="{RecordMetric.LANDED}" {PIPELINE_DIMENSION}="{pipeline}"'
    return f"SEARCH('{schema} {wanted}', 'Sum', 300)"


def _placed(charts: Iterable[tuple[str, str, list[list[Any]]]]) -> Iterable[dict[str, Any]]:
    for position, (title, statistic, metrics) in enumerate(charts):
        properties = {"title": title, "stat": statistic, "period": 300, "region": "${AWS::Region}", "metrics": metrics}
        yield {
            "type": "metric",
            "x": HALF * (position % 2),
            "y": 2 + HEIGHT * (position // 2),
            "width": HALF,
            "height": HEIGHT,
            "properties": properties,
        }
