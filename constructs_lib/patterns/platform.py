"""What the pipelines of one account and environment share: Raw Stage, ledger, state, layer, alarm topic, key."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from aws_cdk import Duration, RemovalPolicy, Stack, aws_dynamodb, aws_iam, aws_kms, aws_lambda, aws_s3, aws_sns, aws_ssm
from constructs import Construct

from constructs_lib.model.names import platform_names, table_arn
from constructs_lib.patterns.bundling import Bundler
from constructs_lib.patterns.functions import arm64, asset_code, python_runtime
from constructs_lib.patterns.pseudo_parameters import with_tokens
from functions.contract import ledger, state
from functions.contract.raw import QUARANTINE_PREFIX

if TYPE_CHECKING:
    from constructs_lib.model.plan import PlatformNames

LOGS_BY_BUCKET_POLICY = "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy"
"""Feature flag that the platform sets for itself: access logs by bucket policy, because the bucket takes no ACL."""
NONCURRENT_DAYS = 30
QUARANTINE_DAYS = 400
LEDGER_CHANGES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete")
"""Calls that can change or remove an item; ``PartiQLInsert`` is the one that can only add."""


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
            removal_policy=RemovalPolicy.RETAIN,
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
            removal_policy=RemovalPolicy.RETAIN,
        )
        bucket.add_to_resource_policy(_no_removal(bucket))
        return bucket

    def _build_ledger(self) -> aws_dynamodb.Table:
        return aws_dynamodb.Table(
            self,
            "Ledger",
            table_name=self.names.ledger_table,
            partition_key=_text(ledger.PARTITION_KEY),
            sort_key=_text(ledger.SORT_KEY),
            time_to_live_attribute=ledger.TTL_ATTRIBUTE,
            billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=_recoverable(),
            deletion_protection=True,
            stream=aws_dynamodb.StreamViewType.NEW_IMAGE,
            encryption_key=self.key,
            resource_policy=_append_only(self.names.ledger_table),
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _build_state(self) -> aws_dynamodb.Table:
        return aws_dynamodb.Table(
            self,
            "State",
            table_name=self.names.state_table,
            partition_key=_text(state.PARTITION_KEY),
            sort_key=_text(state.SORT_KEY),
            time_to_live_attribute=state.TTL_ATTRIBUTE,
            billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=_recoverable(),
            deletion_protection=True,
            encryption_key=self.key,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _build_alarm_topic(self) -> aws_sns.Topic:
        return aws_sns.Topic(self, "Alarms", topic_name=self.names.alarm_topic, enforce_ssl=True)

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


def layer_of(stack: Stack, platform: Platform | PlatformReference) -> aws_lambda.ILayerVersion:
    """Return the runtime layer: the platform's own in its stack, elsewhere the one that its parameter names."""
    if isinstance(platform, Platform) and platform.stack is stack:
        return platform.runtime_layer
    parameter = platform.names.layer_parameter
    known = _imported_layers.setdefault(stack, {})
    if parameter not in known:
        arn = aws_ssm.StringParameter.value_for_string_parameter(stack, parameter)
        known[parameter] = aws_lambda.LayerVersion.from_layer_version_arn(stack, f"RuntimeLayer{len(known) or ''}", arn)
    return known[parameter]


_imported_layers: WeakKeyDictionary[Stack, dict[str, aws_lambda.ILayerVersion]] = WeakKeyDictionary()


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
        aws_s3.LifecycleRule(
            id="quarantine", prefix=f"{QUARANTINE_PREFIX}/", expiration=Duration.days(QUARANTINE_DAYS)
        ),
        aws_s3.LifecycleRule(id="replaced", noncurrent_version_expiration=Duration.days(NONCURRENT_DAYS)),
    ]


def _no_removal(bucket: aws_s3.Bucket) -> aws_iam.PolicyStatement:
    """Nobody but the account's root user removes what has landed; lifecycle rules are not bound by bucket policies."""
    return aws_iam.PolicyStatement(
        sid="NoRemoval",
        effect=aws_iam.Effect.DENY,
        principals=[aws_iam.AnyPrincipal()],
        actions=["s3:DeleteObject", "s3:DeleteObjectVersion"],
        resources=[bucket.arn_for_objects("*")],
        conditions={
            "ArnNotEquals": {"aws:PrincipalArn": with_tokens("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")}
        },
    )


def _append_only(table: str) -> aws_iam.PolicyDocument:
    """Nobody, whatever their own role says, can change or remove an entry of the ledger."""
    statement = aws_iam.PolicyStatement(
        sid="AppendOnly",
        effect=aws_iam.Effect.DENY,
        principals=[aws_iam.AnyPrincipal()],
        actions=[f"dynamodb:{call}" for call in LEDGER_CHANGES],
        resources=[with_tokens(table_arn(table))],
    )
    return aws_iam.PolicyDocument(statements=[statement])
