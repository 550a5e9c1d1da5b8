"""Own stores in the template: kept, encrypted, recoverable, and free of findings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App

from constructs_lib.patterns import Encryption, PipelineStack, PlatformReference, PlatformStack
from tests.declarations import declare, fields, write_project
from tests.synth.governance.test_examples import run_app
from tests.synth.templates import Template, of_type, only

if TYPE_CHECKING:
    from pathlib import Path

TABLE: dict[str, Any] = {
    "type": "table",
    "name": "orders",
    "access": "read_write_delete",
    "partition_key": "customer",
    "sort_key": "placed_at:N",
    "indexes": [{"name": "by-status", "partition_key": "status", "sort_key": "placed_at:N"}],
    "ttl": "gone_at",
    "stream": "new_and_old_images",
}
BUCKET: dict[str, Any] = {
    "type": "bucket",
    "name": "files",
    "access": "read_write_delete",
    "list": True,
    "prefix": "in/",
    "expire_after": "30d",
}
EXISTING = [
    {"type": "table", "name": "stock", "table": "stock-${stage}-items", "partition_key": "sku"},
    {"type": "bucket", "name": "files", "bucket": "stock-${stage}-files"},
]


@dataclass(frozen=True)
class Built:
    """A pipeline with stores of its own, one with existing ones, and one on a platform with a key of its own."""

    own: Template
    existing: Template
    keyed: Template


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("project")
    app = App(outdir=str(tmp_path_factory.mktemp("assembly")))
    reason = "read by another account"
    override = {
        "resource": "files-bucket",
        "property": "AccelerateConfiguration.AccelerationStatus",
        "value": "Enabled",
    }
    declaration = declare(folder, stores=[TABLE, BUCKET], overrides=[{**override, "reason": reason}])
    own = PipelineStack(app, "own", declaration, platform=PlatformReference())
    assert set(own.pipeline.resources) == {"orders-table", "orders-stream-arn", "files-bucket"}
    other = declare(folder, pipeline="existing", stores=EXISTING)
    assert PipelineStack(app, "existing", other, platform=PlatformReference()).pipeline.resources == {}
    platform = PlatformStack(app, "platform", encryption=Encryption.CUSTOMER_MANAGED).platform
    PipelineStack(app, "keyed", declare(folder, pipeline="keyed", stores=[TABLE, BUCKET]), platform=platform)
    assembly = app.synth()
    templates = [assembly.get_stack_by_name(name).template for name in ("own", "existing", "keyed")]
    return Built(*templates)


def test_a_table_is_kept_recoverable_and_protected(built: Built) -> None:
    table = only(built.own, "AWS::DynamoDB::Table")
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert table["Properties"]["TableName"] == "shop-orders-dev-orders"
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["Properties"]["DeletionProtectionEnabled"] is True
    assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"


def test_a_table_has_the_declared_keys_indexes_and_time_to_live(built: Built) -> None:
    properties = only(built.own, "AWS::DynamoDB::Table")["Properties"]
    assert {part["AttributeName"]: part["AttributeType"] for part in properties["AttributeDefinitions"]} == {
        "customer": "S",
        "placed_at": "N",
        "status": "S",
    }
    assert [part["AttributeName"] for part in properties["KeySchema"]] == ["customer", "placed_at"]
    (index,) = properties["GlobalSecondaryIndexes"]
    assert (index["IndexName"], [part["KeyType"] for part in index["KeySchema"]]) == ("by-status", ["HASH", "RANGE"])
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "gone_at", "Enabled": True}


def test_the_streams_arn_is_told_to_other_pipelines(built: Built) -> None:
    (table,) = of_type(built.own, "AWS::DynamoDB::Table")
    stream = only(built.own, "AWS::DynamoDB::Table")["Properties"]["StreamSpecification"]
    assert stream == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    parameter = only(built.own, "AWS::SSM::Parameter")["Properties"]
    assert parameter["Name"] == "/pipelines/dev/tables/shop-orders-dev-orders/stream-arn"
    assert parameter["Value"] == {"Fn::GetAtt": [table, "StreamArn"]}


def test_a_bucket_is_kept_private_encrypted_and_versioned(built: Built) -> None:
    bucket = only(built.own, "AWS::S3::Bucket")
    properties = bucket["Properties"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "AES256" in json.dumps(properties["BucketEncryption"])
    rules = {rule["Id"]: rule for rule in properties["LifecycleConfiguration"]["Rules"]}
    assert (rules["expired"]["ExpirationInDays"], sorted(rules)) == (30, ["expired", "replaced", "unfinished"])


def test_a_bucket_is_reached_over_tls_alone(built: Built) -> None:
    (statement,) = only(built.own, "AWS::S3::BucketPolicy")["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_store_takes_overrides(built: Built) -> None:
    assert only(built.own, "AWS::S3::Bucket")["Properties"]["AccelerateConfiguration"] == {
        "AccelerationStatus": "Enabled"
    }


def test_existing_stores_are_used_and_not_made(built: Built) -> None:
    for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::SSM::Parameter"):
        assert of_type(built.existing, kind) == {}
    assert "stock-dev-items" in json.dumps(of_type(built.existing, "AWS::IAM::Role"))


def test_the_platforms_own_key_encrypts_what_is_stored(built: Built) -> None:
    encryption = only(built.keyed, "AWS::DynamoDB::Table")["Properties"]["SSESpecification"]
    assert (encryption["SSEType"], "key-arn" in encryption["KMSMasterKeyId"]) == ("KMS", True)
    assert "aws:kms" in json.dumps(only(built.keyed, "AWS::S3::Bucket")["Properties"]["BucketEncryption"])


def test_a_pipeline_with_stores_of_its_own_has_no_open_finding(tmp_path: Path) -> None:
    declared = write_project(tmp_path / "project") / "shop.json"
    declared.write_text(json.dumps({"version": 1, **fields(stores=[TABLE, BUCKET])}))
    done = run_app(tmp_path / "assembly", pipelines=str(declared))
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "assembly" / "governance-report.json").read_text(encoding="utf-8"))
    assert report["findings"] == []
