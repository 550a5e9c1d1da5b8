"""What pipelines of one account and environment share: stores, evidence, layer, alarm topic, event bus, key."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy, Stack, aws_events, aws_kms, aws_lambda, aws_sns, aws_ssm
from constructs import Construct

from constructs_lib.composition.grants import at_deployment
from constructs_lib.model.names import platform_names
from constructs_lib.patterns.buckets import (
    LOGS_BY_BUCKET_POLICY,
    EvidenceLock,
    build_access_logs,
    build_evidence,
    build_raw_stage,
)
from constructs_lib.patterns.bundling import Bundler
from constructs_lib.patterns.evidence import EvidenceKeeping
from constructs_lib.patterns.functions import arm64, asset_code, python_runtime
from constructs_lib.patterns.registry import Registry
from constructs_lib.patterns.resource_policies import alarms_may_publish, buses_may_use_key
from constructs_lib.patterns.tables import build_ledger, build_state

if TYPE_CHECKING:
    from constructs_lib.model.plan import PlatformNames


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
        evidence_lock: EvidenceLock | None = None,
        bundler: Bundler | None = None,
    ) -> None:
        """Make the shared resources; ``name`` has at most 20 letters, digits and dashes and begins every name.

        ``evidence_lock`` says how long evidence is kept, and how firmly: 400 days in governance mode by default.
        """
        super().__init__(scope, id)
        self.stack = Stack.of(self)
        self.node.set_context(LOGS_BY_BUCKET_POLICY, True)
        self.names: PlatformNames = PlatformReference(name, stage=stage, encryption=encryption).names
        self.bundler = bundler or Bundler()
        self.key = self._build_key() if self.names.key_parameter else None
        self.access_logs = build_access_logs(self)
        self.raw_bucket = build_raw_stage(self, self.names.raw_bucket, self.access_logs, self.key)
        self.evidence_bucket = build_evidence(
            self, self.names.evidence_bucket, self.access_logs, self.key, evidence_lock or EvidenceLock()
        )
        self.ledger = build_ledger(self, self.names.ledger_table, self.key)
        self.state = build_state(self, self.names.state_table, self.key)
        self.alarm_topic = self._build_alarm_topic()
        self.event_bus = self._build_event_bus()
        self.runtime_layer = self._build_runtime_layer()
        self.evidence = self._build_evidence_keeping()
        PLATFORMS.add(self)

    def _build_evidence_keeping(self) -> EvidenceKeeping:
        known = {at_deployment(self.names.key_parameter or ""): self.key.key_arn} if self.key else {}
        return EvidenceKeeping(self, self.names, ledger=self.ledger, layer=self.runtime_layer, known=known)

    def _build_key(self) -> aws_kms.Key:
        key = aws_kms.Key(self, "Key", alias=f"{self.names.platform}-{self.names.stage}", enable_key_rotation=True)
        key.add_to_resource_policy(buses_may_use_key())
        self._publish("KeyArn", self.names.key_parameter or "", key.key_arn)
        return key

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


PLATFORMS: Registry[Platform] = Registry()
"""Every platform of every app."""
