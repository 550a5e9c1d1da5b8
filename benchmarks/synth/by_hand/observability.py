"""Alarms and dashboard of a webhook pipeline, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws, Duration, aws_cloudwatch, aws_cloudwatch_actions, aws_sns

from benchmarks.synth.by_hand.platform import ALARM_TOPIC

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_lambda, aws_sqs
    from constructs import Construct

CALL = "Owner: orders-team@example.com. Runbook: https://example.com/runbooks/orders"
OUTCOMES = ("Received", "Landed", "Duplicate", "Quarantined", "Failed", "DeadLettered", "Drifted")
CALLS = ("invocations", "errors", "throttles")


def build_alarms(
    scope: Construct,
    prefix: str,
    queue: aws_sqs.Queue,
    dlq: aws_sqs.Queue,
    functions: Mapping[str, aws_lambda.Function],
) -> None:
    """Make the alarms on lost records, on a backlog, and on failed and refused invocations."""
    topic = aws_sns.Topic.from_topic_arn(
        scope, "AlarmTopic", f"arn:{Aws.PARTITION}:sns:{Aws.REGION}:{Aws.ACCOUNT_ID}:{ALARM_TOPIC}"
    )
    action = aws_cloudwatch_actions.SnsAction(topic)
    minute, five = Duration.minutes(1), Duration.minutes(5)
    waiting = dlq.metric_approximate_number_of_messages_visible(statistic="Maximum", period=minute)
    oldest = queue.metric_approximate_age_of_oldest_message(statistic="Maximum", period=minute)
    _alarm(scope, f"{prefix}-dlq-depth", waiting, 1, 1, action)
    _alarm(scope, f"{prefix}-oldest-message", oldest, 724, 5, action)
    for name, function in functions.items():
        _alarm(scope, f"{prefix}-{name}-errors", function.metric_errors(statistic="Sum", period=five), 1, 1, action)
        _alarm(
            scope, f"{prefix}-{name}-throttles", function.metric_throttles(statistic="Sum", period=five), 1, 1, action
        )


def _alarm(
    scope: Construct,
    name: str,
    metric: aws_cloudwatch.Metric,
    threshold: float,
    periods: int,
    action: aws_cloudwatch_actions.SnsAction,
) -> None:
    alarm = aws_cloudwatch.Alarm(
        scope,
        f"Alarm-{name}",
        alarm_name=name,
        alarm_description=CALL,
        metric=metric,
        threshold=threshold,
        evaluation_periods=periods,
        comparison_operator=aws_cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    alarm.add_alarm_action(action)
    alarm.add_ok_action(action)


def build_dashboard(
    scope: Construct,
    pipeline: str,
    queues: Mapping[str, aws_sqs.Queue],
    functions: Mapping[str, aws_lambda.Function],
    runner: str,
) -> None:
    """Make the dashboard: outcomes, tenants, queues, functions; ``runner`` is the name of the runner function."""
    markdown = f"# {pipeline} (dev)\n{CALL}"
    charts = [_outcomes(pipeline, runner), _tenants(pipeline), *map(_queue, queues, queues.values())]
    charts.append(_groups(queues["buffer"]))
    for name, function in functions.items():
        charts += _function(name, function)
    pairs = [charts[start : start + 2] for start in range(0, len(charts), 2)]
    aws_cloudwatch.Dashboard(
        scope,
        "Dashboard",
        dashboard_name=f"{pipeline}-dev-pipeline",
        widgets=[[aws_cloudwatch.TextWidget(markdown=markdown, width=24, height=2)], *pairs],
    )


def _outcomes(pipeline: str, runner: str) -> aws_cloudwatch.GraphWidget:
    dimensions = {"service": runner, "pipeline": pipeline}
    metrics = [
        aws_cloudwatch.Metric(
            namespace="ServerlessPipelines", metric_name=f"Records{name}", dimensions_map=dimensions, statistic="Sum"
        )
        for name in OUTCOMES
    ]
    return _chart("Records by outcome", metrics)


def _tenants(pipeline: str) -> aws_cloudwatch.GraphWidget:
    schema = "{ServerlessPipelines,service,pipeline,tenant}"
    search = f"SEARCH('{schema} MetricName=\"RecordsLanded\" pipeline=\"{pipeline}\"', 'Sum', 300)"
    return _chart("Records landed by tenant", [aws_cloudwatch.MathExpression(expression=search, using_metrics={})])


def _queue(name: str, queue: aws_sqs.Queue) -> aws_cloudwatch.GraphWidget:
    metrics = [
        queue.metric_approximate_number_of_messages_visible(statistic="Maximum"),
        queue.metric_approximate_age_of_oldest_message(statistic="Maximum"),
    ]
    return _chart(f"Queue {name}", metrics)


def _groups(queue: aws_sqs.Queue) -> aws_cloudwatch.GraphWidget:
    names = ("ApproximateNumberOfNoisyGroups", "ApproximateAgeOfOldestMessageInQuietGroups")
    return _chart("Tenants in the queue", [queue.metric(name, statistic="Maximum") for name in names])


def _function(name: str, function: aws_lambda.Function) -> list[aws_cloudwatch.GraphWidget]:
    calls = [
        function.metric_invocations(),
        function.metric_errors(),
        function.metric_throttles(),
        function.metric("ConcurrentExecutions", statistic="Sum"),
    ]
    return [
        _chart(f"Function {name}", calls),
        _chart(f"Duration {name}", [function.metric_duration(statistic="p95")]),
    ]


def _chart(title: str, metrics: Sequence[aws_cloudwatch.IMetric]) -> aws_cloudwatch.GraphWidget:
    return aws_cloudwatch.GraphWidget(title=title, left=list(metrics), width=12, height=6)
