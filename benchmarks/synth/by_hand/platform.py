"""What the pipelines share, written by hand: stores, evidence, layer, alarm topic and event bus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import (
    Aws,
    Duration,
    RemovalPolicy,
    Stack,
    aws_dynamodb,
    aws_events,
    aws_iam,
    aws_lambda,
    aws_s3,
    aws_sns,
    aws_ssm,
)

from benchmarks.synth.by_hand.evidence import build_evidence_bucket, build_evidence_functions

if TYPE_CHECKING:
    from constructs import Construct

LEDGER_TABLE = "pipelines-dev-ledger"
STATE_TABLE = "pipelines-dev-state"
ALARM_TOPIC = "pipelines-dev-alarms"
EVENT_BUS = "pipelines-dev-events"
LAYER_PARAMETER = "/pipelines/dev/runtime-layer-arn"
LEDGER_CHANGES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete")


def raw_bucket_name() -> str:
    """Return the name of the Raw Stage bucket in the account and region of the deployment."""
    return f"pipelines-dev-raw-{Aws.ACCOUNT_ID}-{Aws.REGION}"


class PlatformByHand(Stack):
    """The shared resources in a stack of their own."""

    def __init__(self, scope: Construct, id: str, *, layer: str) -> None:
        """Make them; ``layer`` is the folder of the finished layer."""
        super().__init__(scope, id)
        self.node.set_context("@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy", True)
        self.access_logs = self._build_access_logs()
        self.raw_bucket = self._build_raw_bucket()
        self.ledger = self._build_ledger()
        self.state = self._build_state()
        self.alarm_topic = self._build_alarm_topic()
        self.event_bus = aws_events.EventBus(self, "Events", event_bus_name=EVENT_BUS)
        self.layer = self._build_layer(layer)
        self.evidence_bucket = build_evidence_bucket(self, self.access_logs)
        build_evidence_functions(self, self.ledger, self.evidence_bucket, self.layer, self.alarm_topic)

    def _build_alarm_topic(self) -> aws_sns.Topic:
        topic = aws_sns.Topic(self, "Alarms", topic_name=ALARM_TOPIC, enforce_ssl=True)
        topic.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[aws_iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[f"arn:{Aws.PARTITION}:sns:{Aws.REGION}:{Aws.ACCOUNT_ID}:{ALARM_TOPIC}"],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        return topic

    def _build_access_logs(self) -> aws_s3.Bucket:
        return aws_s3.Bucket(
            self,
            "AccessLogs",
            encryption=aws_s3.BucketEncryption.S3_MANAGED,
            block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            lifecycle_rules=[aws_s3.LifecycleRule(expiration=Duration.days(400))],
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _build_raw_bucket(self) -> aws_s3.Bucket:
        bucket = aws_s3.Bucket(
            self,
            "RawStage",
            bucket_name=raw_bucket_name(),
            versioned=True,
            encryption=aws_s3.BucketEncryption.S3_MANAGED,
            block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix="raw-stage/",
            lifecycle_rules=_raw_lifecycle(),
            removal_policy=RemovalPolicy.RETAIN,
        )
        bucket.add_to_resource_policy(
            aws_iam.PolicyStatement(
                sid="NoRemoval",
                effect=aws_iam.Effect.DENY,
                principals=[aws_iam.AnyPrincipal()],
                actions=["s3:DeleteObject", "s3:DeleteObjectVersion"],
                resources=[bucket.arn_for_objects("*")],
                conditions={"ArnNotEquals": {"aws:PrincipalArn": f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:root"}},
            )
        )
        return bucket

    def _build_ledger(self) -> aws_dynamodb.Table:
        append_only = aws_iam.PolicyStatement(
            sid="AppendOnly",
            effect=aws_iam.Effect.DENY,
            principals=[aws_iam.AnyPrincipal()],
            actions=[f"dynamodb:{call}" for call in LEDGER_CHANGES],
            resources=[f"arn:{Aws.PARTITION}:dynamodb:{Aws.REGION}:{Aws.ACCOUNT_ID}:table/{LEDGER_TABLE}"],
        )
        table = aws_dynamodb.Table(
            self,
            "Ledger",
            table_name=LEDGER_TABLE,
            partition_key=_text("pk"),
            sort_key=_text("sk"),
            time_to_live_attribute="expires_at",
            billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=_recoverable(),
            deletion_protection=True,
            stream=aws_dynamodb.StreamViewType.NEW_IMAGE,
            resource_policy=aws_iam.PolicyDocument(statements=[append_only]),
            removal_policy=RemovalPolicy.RETAIN,
        )
        table.add_global_secondary_index(index_name="by-parent-run", partition_key=_text("parent_run_id"))
        return table

    def _build_state(self) -> aws_dynamodb.Table:
        return aws_dynamodb.Table(
            self,
            "State",
            table_name=STATE_TABLE,
            partition_key=_text("pk"),
            sort_key=_text("sk"),
            time_to_live_attribute="expires_at",
            billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=_recoverable(),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _build_layer(self, folder: str) -> aws_lambda.LayerVersion:
        layer = aws_lambda.LayerVersion(
            self,
            "RuntimeLayer",
            layer_version_name="pipelines-dev-runtime",
            code=aws_lambda.Code.from_asset(folder),
            compatible_runtimes=[aws_lambda.Runtime.PYTHON_3_13],
            compatible_architectures=[aws_lambda.Architecture.ARM_64],
            removal_policy=RemovalPolicy.RETAIN,
        )
        aws_ssm.StringParameter(
            self, "RuntimeLayerArn", parameter_name=LAYER_PARAMETER, string_value=layer.layer_version_arn
        )
        return layer


def _text(name: str) -> aws_dynamodb.Attribute:
    return aws_dynamodb.Attribute(name=name, type=aws_dynamodb.AttributeType.STRING)


def _recoverable() -> aws_dynamodb.PointInTimeRecoverySpecification:
    return aws_dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True)


def _raw_lifecycle() -> list[aws_s3.LifecycleRule]:
    tiering = aws_s3.Transition(
        storage_class=aws_s3.StorageClass.INTELLIGENT_TIERING, transition_after=Duration.days(0)
    )
    return [
        aws_s3.LifecycleRule(id="tiering", transitions=[tiering]),
        aws_s3.LifecycleRule(id="unfinished-uploads", abort_incomplete_multipart_upload_after=Duration.days(7)),
        aws_s3.LifecycleRule(id="quarantine", prefix="quarantine/", expiration=Duration.days(400)),
        aws_s3.LifecycleRule(
            id="large",
            prefix="large/",
            expiration=Duration.days(60),
            noncurrent_version_expiration=Duration.days(1),
        ),
        aws_s3.LifecycleRule(
            id="values",
            prefix="values/",
            expiration=Duration.days(460),
            noncurrent_version_expiration=Duration.days(1),
        ),
        aws_s3.LifecycleRule(id="replaced", noncurrent_version_expiration=Duration.days(30)),
    ]
