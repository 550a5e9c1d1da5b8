"""The leaves of a pipeline as plain CloudFormation, straight from the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.model.names import log_group_name, topic_arn
from constructs_lib.patterns.pseudo_parameters import as_sub

if TYPE_CHECKING:
    from constructs_lib.model.plan import AlarmPlan, FunctionPlan, MappingPlan, Variable


def log_group(function: FunctionPlan) -> dict[str, Any]:
    """Return the log group of a function; it outlives its stack, but no first deployment that failed."""
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "LogGroupName": log_group_name(function.name),
            "RetentionInDays": function.log_retention_days,
        },
    }


def mapping(plan: MappingPlan, queue_arn: Any, alias_arn: Any) -> dict[str, Any]:
    """Return an event source mapping that reports failures record by record and never exceeds its cap."""
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "EventSourceArn": queue_arn,
            "FunctionName": alias_arn,
            "BatchSize": plan.batch_size,
            "MaximumBatchingWindowInSeconds": plan.max_batching_window,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": plan.max_concurrency},
        },
    }


def alarm(plan: AlarmPlan, topic: str) -> dict[str, Any]:
    """Return an alarm that reports to the platform's topic; no data is healthy, because idle pipelines emit none."""
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": plan.name,
            "AlarmDescription": plan.description,
            "AlarmActions": [as_sub(topic_arn(topic))],
            "OKActions": [as_sub(topic_arn(topic))],
            "Namespace": plan.namespace,
            "MetricName": plan.metric,
            "Dimensions": [_dimension(dimension) for dimension in plan.dimensions],
            "Statistic": plan.statistic,
            "Period": plan.period,
            "EvaluationPeriods": plan.evaluation_periods,
            "Threshold": plan.threshold,
            "ComparisonOperator": plan.comparison,
            "TreatMissingData": "notBreaching",
        },
    }


def _dimension(variable: Variable) -> dict[str, str]:
    return {"Name": variable.name, "Value": variable.value}
