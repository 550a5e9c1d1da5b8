"""Keeping the ledger's evidence, written by hand: bucket, archiving and sealing function, stream, schedule, alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import (
    Aws,
    Duration,
    RemovalPolicy,
    aws_cloudwatch,
    aws_cloudwatch_actions,
    aws_iam,
    aws_lambda,
    aws_s3,
    aws_scheduler,
)

from benchmarks.synth.by_hand.functions import FunctionByHand, Settings, build_function

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_dynamodb, aws_sns
    from constructs import Construct

ARCHIVE = "pipelines-dev-archive-ledger"
SEAL = "pipelines-dev-seal-ledger"
PLATFORM_CODE = "# The code of this function is in the runtime layer.\n"
STREAM_CALLS = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")


def build_evidence_bucket(scope: Construct, access_logs: aws_s3.Bucket) -> aws_s3.Bucket:
    """Make the bucket of archive and seals, locked for 400 days."""
    bucket = aws_s3.Bucket(
        scope,
        "Evidence",
        bucket_name=f"pipelines-dev-evd-{Aws.ACCOUNT_ID}-{Aws.REGION}",
        versioned=True,
        object_lock_enabled=True,
        object_lock_default_retention=aws_s3.ObjectLockRetention.governance(Duration.days(400)),
        encryption=aws_s3.BucketEncryption.S3_MANAGED,
        block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        server_access_logs_bucket=access_logs,
        server_access_logs_prefix="evidence/",
        lifecycle_rules=[
            aws_s3.LifecycleRule(id="unfinished-uploads", abort_incomplete_multipart_upload_after=Duration.days(7))
        ],
        removal_policy=RemovalPolicy.RETAIN,
    )
    shorter = {"NumericLessThan": {"s3:object-lock-remaining-retention-days": "400"}}
    _deny(bucket, "NoRemoval", ["s3:DeleteObject", "s3:DeleteObjectVersion"], {})
    _deny(bucket, "NoBypass", ["s3:BypassGovernanceRetention"], {})
    _deny(bucket, "NoShorterRetention", ["s3:PutObjectRetention"], shorter)
    return bucket


def build_evidence_functions(
    scope: Construct,
    ledger: aws_dynamodb.Table,
    bucket: aws_s3.Bucket,
    layer: aws_lambda.LayerVersion,
    topic: aws_sns.Topic,
) -> None:
    """Make what archives the ledger's stream and what seals the archive every day."""
    stream = [f"{ledger.table_arn}/stream/*"]
    archive = _function(
        scope,
        "ArchiveLedger",
        ARCHIVE,
        layer,
        bucket,
        [
            _allow([f"dynamodb:{call}" for call in STREAM_CALLS], stream),
            _allow(["s3:PutObject"], [bucket.arn_for_objects("ledger/*")]),
        ],
    )
    below = [bucket.arn_for_objects("ledger/*"), bucket.arn_for_objects("seals/*")]
    listing = _allow(["s3:ListBucket"], [bucket.bucket_arn])
    listing.add_condition("StringLike", {"s3:prefix": ["ledger/*", "seals/*"]})
    writing = _allow(["s3:PutObject"], [bucket.arn_for_objects("seals/*")])
    seal = _function(scope, "SealLedger", SEAL, layer, bucket, [listing, _allow(["s3:GetObject"], below), writing])
    aws_lambda.EventSourceMapping(
        scope,
        "LedgerStream",
        target=archive.alias,
        event_source_arn=ledger.table_stream_arn,
        starting_position=aws_lambda.StartingPosition.TRIM_HORIZON,
        batch_size=1000,
        max_batching_window=Duration.seconds(60),
        bisect_batch_on_error=True,
        parallelization_factor=1,
        report_batch_item_failures=True,
    )
    _schedule(scope, seal)
    _alarms(scope, archive.function, seal.function, topic)


def _function(
    scope: Construct,
    prefix: str,
    name: str,
    layer: aws_lambda.LayerVersion,
    bucket: aws_s3.Bucket,
    statements: Sequence[aws_iam.PolicyStatement],
) -> FunctionByHand:
    logs = f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:log-group:/aws/lambda/{name}:*"
    settings = Settings(
        name=name,
        description="Keeps the evidence of the ledger.",
        handler=f"functions.{name.removeprefix('pipelines-dev-').replace('-', '_')}.handler.handler",
        code=aws_lambda.Code.from_inline(PLATFORM_CODE),
        memory=512 if name == ARCHIVE else 1024,
        timeout=120 if name == ARCHIVE else 900,
        environment={
            "PIPELINE_PLATFORM": "pipelines",
            "PIPELINE_STAGE": "dev",
            "PIPELINE_EVIDENCE_BUCKET": bucket.bucket_name,
            "POWERTOOLS_SERVICE_NAME": name,
            "POWERTOOLS_METRICS_NAMESPACE": "ServerlessPipelines",
            "POWERTOOLS_LOG_LEVEL": "INFO",
            "POWERTOOLS_TRACE_DISABLED": "false",
        },
        statements=[
            *statements,
            _allow(["logs:CreateLogStream", "logs:PutLogEvents"], [logs]),
            _allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"]),
        ],
    )
    return build_function(scope, prefix, layer, settings)


def _schedule(scope: Construct, seal: FunctionByHand) -> None:
    start = aws_iam.PolicyDocument(statements=[_allow(["lambda:InvokeFunction"], [seal.alias.function_arn])])
    role = aws_iam.Role(
        scope,
        "SealDailyRole",
        assumed_by=aws_iam.ServicePrincipal(
            "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        ),
        inline_policies={"Plan": start},
    )
    aws_scheduler.CfnSchedule(
        scope,
        "SealDaily",
        name="pipelines-dev-seal-daily",
        schedule_expression="cron(30 0 * * ? *)",
        schedule_expression_timezone="UTC",
        flexible_time_window=aws_scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        target=aws_scheduler.CfnSchedule.TargetProperty(
            arn=seal.alias.function_arn,
            role_arn=role.role_arn,
            retry_policy=aws_scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_event_age_in_seconds=3600, maximum_retry_attempts=10
            ),
        ),
    )


def _alarms(scope: Construct, archive: aws_lambda.Function, seal: aws_lambda.Function, topic: aws_sns.Topic) -> None:
    minute, five, silent = Duration.minutes(1), Duration.minutes(5), Duration.hours(6)
    for name, metric in (("tampered", "LedgerTampered"), ("not-archived", "EntriesNotArchived")):
        counted = aws_cloudwatch.Metric(
            namespace="ServerlessPipelines",
            metric_name=metric,
            dimensions_map={"service": ARCHIVE, "pipeline": "pipelines"},
            statistic="Sum",
            period=minute,
        )
        _alarm(scope, f"{ARCHIVE}-{name}", counted, 1, topic)
    _alarm(scope, f"{ARCHIVE}-errors", archive.metric_errors(statistic="Sum", period=five), 1, topic)
    late = archive.metric("IteratorAge", statistic="Maximum", period=five)
    _alarm(scope, f"{ARCHIVE}-late", late, 3_600_000, topic)
    _alarm(scope, f"{SEAL}-errors", seal.metric_errors(statistic="Sum", period=five), 1, topic)
    runs = seal.metric_invocations(statistic="Sum", period=silent)
    missing = aws_cloudwatch.Alarm(
        scope,
        f"Alarm-{SEAL}-missing",
        alarm_name=f"{SEAL}-missing",
        metric=runs,
        threshold=1,
        evaluation_periods=5,
        comparison_operator=aws_cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        treat_missing_data=aws_cloudwatch.TreatMissingData.MISSING,
    )
    missing.add_insufficient_data_action(aws_cloudwatch_actions.SnsAction(topic))


def _alarm(scope: Construct, name: str, metric: aws_cloudwatch.Metric, threshold: float, topic: aws_sns.Topic) -> None:
    alarm = aws_cloudwatch.Alarm(
        scope,
        f"Alarm-{name}",
        alarm_name=name,
        metric=metric,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=aws_cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    alarm.add_alarm_action(aws_cloudwatch_actions.SnsAction(topic))
    alarm.add_ok_action(aws_cloudwatch_actions.SnsAction(topic))


def _allow(actions: list[str], resources: list[str]) -> aws_iam.PolicyStatement:
    return aws_iam.PolicyStatement(actions=actions, resources=resources)


def _deny(bucket: aws_s3.Bucket, sid: str, actions: list[str], more: dict[str, dict[str, str]]) -> None:
    root = f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:root"
    bucket.add_to_resource_policy(
        aws_iam.PolicyStatement(
            sid=sid,
            effect=aws_iam.Effect.DENY,
            principals=[aws_iam.AnyPrincipal()],
            actions=actions,
            resources=[bucket.arn_for_objects("*")],
            conditions={"ArnNotEquals": {"aws:PrincipalArn": root}, **more},
        )
    )
