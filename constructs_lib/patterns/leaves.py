"""The leaves of a pipeline as plain CloudFormation, straight from the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.model.names import log_group_name, topic_arn
from constructs_lib.patterns.pseudo_parameters import as_sub

if TYPE_CHECKING:
    from constructs_lib.model.functions import FunctionPlan, Variable
    from constructs_lib.model.intake import MappingPlan
    from constructs_lib.model.plan import AlarmPlan
    from constructs_lib.model.resources import StreamPlan


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


def mapping(plan: MappingPlan, queue_arn: Any, alias_arn: Any, *, fifo: bool = False) -> dict[str, Any]:
    """Return an event source mapping that reports failures record by record and never exceeds its cap.

    Lambda supports no batching window for FIFO queues, so nothing is said of one there.
    """
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "EventSourceArn": queue_arn,
            "FunctionName": alias_arn,
            "BatchSize": plan.batch_size,
            **({} if fifo else {"MaximumBatchingWindowInSeconds": plan.max_batching_window}),
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": plan.max_concurrency},
            **filter_criteria(plan.filters),
        },
    }


def filter_criteria(patterns: tuple[str, ...]) -> dict[str, Any]:
    """Return the filter of a mapping, or nothing where everything starts an invocation."""
    return {"FilterCriteria": {"Filters": [{"Pattern": pattern} for pattern in patterns]}} if patterns else {}


def stream_mapping(stream_arn: Any, alias_arn: Any) -> dict[str, Any]:
    """Return the mapping from the ledger's stream: nothing is given up while the stream still holds it.

    Lambda starts it after a thousand records or a minute; a batch that fails is halved, so that one record that cannot
    be handled holds up as few others as possible.
    """
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "EventSourceArn": stream_arn,
            "FunctionName": alias_arn,
            "StartingPosition": "TRIM_HORIZON",
            "BatchSize": 1000,
            "MaximumBatchingWindowInSeconds": 60,
            "BisectBatchOnFunctionError": True,
            "MaximumRetryAttempts": -1,
            "MaximumRecordAgeInSeconds": -1,
            "ParallelizationFactor": 1,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        },
    }


def planned_stream(plan: StreamPlan, stream_arn: Any, alias_arn: Any, letters_arn: Any) -> dict[str, Any]:
    """Return the mapping from a stream that reports failures record by record, and gives nothing up without a word."""
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "EventSourceArn": stream_arn,
            "FunctionName": alias_arn,
            "StartingPosition": plan.starting_position,
            "BatchSize": plan.batch_size,
            "MaximumBatchingWindowInSeconds": plan.max_batching_window,
            "ParallelizationFactor": plan.parallelization_factor,
            "BisectBatchOnFunctionError": plan.bisect_batch_on_error,
            "MaximumRetryAttempts": plan.retry_attempts,
            "MaximumRecordAgeInSeconds": plan.max_record_age,
            "DestinationConfig": {"OnFailure": {"Destination": letters_arn}},
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            **filter_criteria(plan.filters),
        },
    }


def closed_runs(name: str, machine_arn: str, endings: tuple[str, ...], function_arn: Any) -> dict[str, Any]:
    """Return the rule that tells a function of executions of one state machine that ended in one of these ways."""
    detail = {"stateMachineArn": [as_sub(machine_arn)], "status": list(endings)}
    pattern = {"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"], "detail": detail}
    return {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "Name": name,
            "Description": "Tells of runs that may have ended without a word.",
            "EventPattern": pattern,
            "State": "ENABLED",
            "Targets": [
                {
                    "Id": "function",
                    "Arn": function_arn,
                    "RetryPolicy": {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86_400},
                }
            ],
        },
    }


def rule_may_call(rule_arn: Any, function_arn: Any) -> dict[str, Any]:
    """Return the right of a rule to call a function."""
    return {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": function_arn,
            "Principal": "events.amazonaws.com",
            "SourceArn": rule_arn,
        },
    }


def schedule_role(alias_arn: Any) -> dict[str, Any]:
    """Return the role of a schedule of this account, which starts one function."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "scheduler.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    start = {"Sid": "Start", "Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": [alias_arn]}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Description": "Lets EventBridge Scheduler seal the ledger's archive.",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [
                {"PolicyName": "Plan", "PolicyDocument": {"Version": "2012-10-17", "Statement": [start]}},
            ],
        },
    }


def daily(name: str, alias_arn: Any, role_arn: Any) -> dict[str, Any]:
    """Return a schedule at half past midnight UTC, when no function that began before midnight still runs."""
    return {
        "Type": "AWS::Scheduler::Schedule",
        "Properties": {
            "Name": name,
            "Description": "Seals the days of the ledger's archive that are over.",
            "ScheduleExpression": "cron(30 0 * * ? *)",
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {
                "Arn": alias_arn,
                "RoleArn": role_arn,
                "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 10},
            },
        },
    }


def alarm_of(plan: AlarmPlan, topic: str) -> dict[str, Any]:
    """Return an alarm of a plan: on what a metric says, or on its silence."""
    return alarm_without_data(plan, topic) if plan.silent else alarm(plan, topic)


def alarm_without_data(plan: AlarmPlan, topic: str) -> dict[str, Any]:
    """Return an alarm that reports when its metric falls silent; one that never had data, as at first, is quiet."""
    found = alarm(plan, topic)
    found["Properties"]["TreatMissingData"] = "missing"
    found["Properties"]["InsufficientDataActions"] = found["Properties"]["AlarmActions"]
    return found


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


def _dimension(variable: Variable) -> dict[str, Any]:
    return {"Name": variable.name, "Value": as_sub(variable.value)}
