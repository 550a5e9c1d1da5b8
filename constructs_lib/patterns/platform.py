"""What pipelines of one account and environment share: stores, layer, alarm topic, event bus, key."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from aws_cdk import (
    Duration,
    RemovalPolicy,
    Stack,
    aws_dynamodb,
    aws_events,
    aws_kms,
    aws_lambda,
    aws_s3,
    aws_sns,
    aws_ssm,
)
from constructs import Construct

from constructs_lib.model.names import platform_names
from constructs_lib.patterns.bundling import Bundler
from constructs_lib.patterns.functions import arm64, asset_code, python_runtime
from constructs_lib.patterns.pseudo_parameters import with_tokens
from constructs_lib.patterns.resource_policies import alarms_may_publish, append_only, no_removal
from constructs_lib.patterns.retention import KEPT
from functions.contract import ledger, state
from functions.contract.raw import QUARANTINE_PREFIX

if TYPE_CHECKING:
    from aws_cdk import aws_iam

    from constructs_lib.model.plan import PlatformNames

LOGS_BY_BUCKET_POLICY = "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy"
"""Feature flag that the platform sets for itself: access logs by bucket policy, because the bucket takes no ACL."""
REMOVED_DAYS = 30
QUARANTINE_DAYS = 400


class Encryption(StrEnum):
    """Whose key protects what the platform stores."""

    AWS_OWNED = "aws_owned"
    CUSTOMER_MANAGED = "customer_managed"


class PlatformReference:
    """A platform that stands elsewhere, known by its names: no stack export ties the two together."""

    def __init__(
        self, name: str = "pipelines", *, stage: str = "dev", encryption: Encryption = Encryption.AWS_OWNED
    ) -> None:
        """Refer to the platform ``name`` of ``stage`` in the account and region that is deployed to."""
        self.names: PlatformNames = platform_names(name, stage, customer_key=encryption is Encryption.CUSTOMER_MANAGED)


class Platform(Construct):
    """One per account and environment. Every resource is an attribute; pipelines know them by name."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str = "pipelines",
        stage: str = "dev",
        encryption: Encryption = Encryption.AWS_OWNED,
        bundler: Bundler | None = None,
    ) -> None:
        """Make the shared resources; ``name`` has at most 20 letters, digits and dashes and begins every name."""
        super().__init__(scope, id)
        self.stack = Stack.of(self)
        self.node.set_context(LOGS_BY_BUCKET_POLICY, True)
        self.names: PlatformNames = PlatformReference(name, stage=stage, encryption=encryption).names
        self.bundler = bundler or Bundler()
        self.key = self._build_key() if self.names.key_parameter else None
        self.access_logs = self._build_access_logs()
        self.raw_bucket = self._build_raw_bucket()
        self.ledger = self._build_ledger()
        self.state = self._build_state()
        self.alarm_topic = self._build_alarm_topic()
        self.event_bus = self._build_event_bus()
        self.runtime_layer = self._build_runtime_layer()

    def _build_key(self) -> aws_kms.Key:
        key = aws_kms.Key(self, "Key", alias=f"{self.names.platform}-{self.names.stage}", enable_key_rotation=True)
        self._publish("KeyArn", self.names.key_parameter or "", key.key_arn)
        return key

    def _build_access_logs(self) -> aws_s3.Bucket:
        return aws_s3.Bucket(
            self,
            "AccessLogs",
            encryption=aws_s3.BucketEncryption.S3_MANAGED,
            block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            lifecycle_rules=[aws_s3.LifecycleRule(expiration=Duration.days(QUARANTINE_DAYS))],
            removal_policy=KEPT,
        )

    def _build_raw_bucket(self) -> aws_s3.Bucket:
        encryption = aws_s3.BucketEncryption.KMS if self.key else aws_s3.BucketEncryption.S3_MANAGED
        bucket = aws_s3.Bucket(
            self,
            "RawStage",
            bucket_name=with_tokens(self.names.raw_bucket),
            versioned=True,
            encryption=encryption,
            encryption_key=self.key,
            bucket_key_enabled=True if self.key else None,
            block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix="raw-stage/",
            lifecycle_rules=_raw_lifecycle(),
            removal_policy=KEPT,
        )
        bucket.add_to_resource_policy(no_removal(bucket))
        return bucket

    def _build_ledger(self) -> aws_dynamodb.Table:
        table = self._build_table(
            "Ledger",
            self.names.ledger_table,
            (ledger.PARTITION_KEY, ledger.SORT_KEY, ledger.TTL_ATTRIBUTE),
            stream=aws_dynamodb.StreamViewType.NEW_IMAGE,
            resource_policy=append_only(self.names.ledger_table),
        )
        table.add_global_secondary_index(index_name=ledger.PARENT_INDEX, partition_key=_text(ledger.PARENT_ATTRIBUTE))
        return table

    def _build_state(self) -> aws_dynamodb.Table:
        return self._build_table(
            "State", self.names.state_table, (state.PARTITION_KEY, state.SORT_KEY, state.TTL_ATTRIBUTE)
        )

    def _build_table(
        self,
        id: str,
        name: str,
        attributes: tuple[str, str, str],
        *,
        stream: aws_dynamodb.StreamViewType | None = None,
        resource_policy: aws_iam.PolicyDocument | None = None,
    ) -> aws_dynamodb.Table:
        """``attributes`` are the names of partition key, sort key and time to live."""
        partition_key, sort_key, time_to_live = attributes
        return aws_dynamodb.Table(
            self,
            id,
            table_name=name,
            partition_key=_text(partition_key),
            sort_key=_text(sort_key),
            time_to_live_attribute=time_to_live,
            billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=_recoverable(),
            deletion_protection=True,
            stream=stream,
            encryption_key=self.key,
            resource_policy=resource_policy,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _build_alarm_topic(self) -> aws_sns.Topic:
        topic = aws_sns.Topic(self, "Alarms", topic_name=self.names.alarm_topic, enforce_ssl=True)
        topic.add_to_resource_policy(alarms_may_publish(self.names.alarm_topic))
        return topic

    def _build_event_bus(self) -> aws_events.EventBus:
        return aws_events.EventBus(self, "Events", event_bus_name=self.names.event_bus, kms_key=self.key)

    def _build_runtime_layer(self) -> aws_lambda.LayerVersion:
        bundle = self.bundler.runtime_layer()
        layer = aws_lambda.LayerVersion(
            self,
            "RuntimeLayer",
            layer_version_name=f"{self.names.platform}-{self.names.stage}-runtime",
            description=f"Pipeline runtime {bundle.digest[:16]}",
            code=asset_code(bundle),
            compatible_runtimes=[python_runtime()],
            compatible_architectures=[arm64()],
            removal_policy=RemovalPolicy.RETAIN,
        )
        self._publish("RuntimeLayerArn", self.names.layer_parameter, layer.layer_version_arn)
        return layer

    def _publish(self, id: str, parameter: str, value: str) -> None:
        aws_ssm.StringParameter(self, id, parameter_name=parameter, string_value=value)


def _text(name: str) -> aws_dynamodb.Attribute:
    return aws_dynamodb.Attribute(name=name, type=aws_dynamodb.AttributeType.STRING)


def _recoverable() -> aws_dynamodb.PointInTimeRecoverySpecification:
    return aws_dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True)


def _raw_lifecycle() -> list[aws_s3.LifecycleRule]:
    """What has landed keeps every version: one that was overwritten is still there for whoever asks."""
    tiering = aws_s3.Transition(
        storage_class=aws_s3.StorageClass.INTELLIGENT_TIERING, transition_after=Duration.days(0)
    )
    return [
        aws_s3.LifecycleRule(id="tiering", transitions=[tiering]),
        aws_s3.LifecycleRule(id="unfinished-uploads", abort_incomplete_multipart_upload_after=Duration.days(7)),
        aws_s3.LifecycleRule(
            id="quarantine", prefix=f"{QUARANTINE_PREFIX}/", expiration=Duration.days(QUARANTINE_DAYS)
        ),
        aws_s3.LifecycleRule(
            id="removed",
            prefix=f"{QUARANTINE_PREFIX}/",
            noncurrent_version_expiration=Duration.days(REMOVED_DAYS),
            expired_object_delete_marker=True,
        ),
    ]
