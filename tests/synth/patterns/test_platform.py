"""The platform's resources: safe by default, known by name, and reachable as attributes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack

from constructs_lib.patterns import Encryption, Platform, PlatformStack
from tests.synth.templates import Template, named, of_type, only, statements

LEDGER = {"TableName": "pipelines-dev-ledger"}
STATE = {"TableName": "pipelines-dev-state"}
PINNED = {
    "PlatformAccessLogs397E9FDE",
    "PlatformAccessLogsPolicy6089FE55",
    "PlatformAlarmsAAC0FDCC",
    "PlatformAlarmsPolicy85317A0D",
    "PlatformEvents10207085",
    "PlatformLedgerC2560360",
    "PlatformRawStageDE0A50C1",
    "PlatformRawStagePolicyDA32D4F1",
    "PlatformRuntimeLayer3C354AE8",
    "PlatformRuntimeLayerArn33FEF12E",
    "PlatformStateDFFCC44F",
}
EVIDENCE = re.compile("PipelinesDevPlatform|Platform(Evidence|ArchiveLedger|SealLedger)")


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    app = App(outdir=str(tmp_path_factory.mktemp("assembly")))
    PlatformStack(app, "plain")
    PlatformStack(app, "keyed", stage="prod", encryption=Encryption.CUSTOMER_MANAGED)
    assembly = app.synth()
    return {name: assembly.get_stack_by_name(name).template for name in ("plain", "keyed")}


@pytest.fixture
def plain(templates: dict[str, Template]) -> Template:
    return templates["plain"]


@pytest.fixture
def keyed(templates: dict[str, Template]) -> Template:
    return templates["keyed"]


def raw_stage(template: Template) -> dict[str, Any]:
    found = [b for name, b in of_type(template, "AWS::S3::Bucket").items() if "RawStage" in name]
    properties: dict[str, Any] = found[0]["Properties"]
    return properties


def test_the_raw_stage_is_versioned_encrypted_and_private(plain: Template) -> None:
    bucket = raw_stage(plain)
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    encryption = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]["ServerSideEncryptionByDefault"]
    assert encryption == {"SSEAlgorithm": "AES256"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}


def test_every_bucket_refuses_plain_http_and_logs_go_to_their_own(plain: Template) -> None:
    denied = [s for s in statements(plain, "AWS::S3::BucketPolicy") if s["Effect"] == "Deny"]
    insecure = [s for s in denied if s.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}]
    assert len(insecure) == len(of_type(plain, "AWS::S3::Bucket")) == 3
    assert raw_stage(plain)["LoggingConfiguration"]["LogFilePrefix"] == "raw-stage/"


def test_nobody_but_root_removes_what_has_landed(plain: Template) -> None:
    removal = [s for s in statements(plain, "AWS::S3::BucketPolicy") if s.get("Sid") == "NoRemoval"]
    assert [s["Effect"] for s in removal] == ["Deny"] * 2, "Raw Stage and evidence"
    for statement in removal:
        assert set(statement["Action"]) == {"s3:DeleteObject", "s3:DeleteObjectVersion"}
        assert "ArnNotEquals" in statement["Condition"]


def test_lifecycle_removes_leftovers_and_quarantine_and_no_version_of_what_has_landed(plain: Template) -> None:
    rules = {rule["Id"]: rule for rule in raw_stage(plain)["LifecycleConfiguration"]["Rules"]}
    assert set(rules) == {"tiering", "unfinished-uploads", "quarantine", "large", "values", "removed"}
    expiring = {name for name, rule in rules.items() if "ExpirationInDays" in rule}
    assert expiring == {"quarantine", "large", "values"}
    for name, rule in rules.items():
        removing = any(key.startswith(("Expir", "Noncurrent")) for key in rule)
        bounded = f"{name}/" if name in ("large", "values") else "quarantine/"
        assert rule.get("Prefix") == (bounded if removing else None), name


def test_buckets_outlive_their_stack_but_no_failed_first_deployment(plain: Template) -> None:
    for bucket in of_type(plain, "AWS::S3::Bucket").values():
        assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_alarms_of_the_account_may_report_and_nobody_else_is_let_in(plain: Template) -> None:
    allowed = [s for s in statements(plain, "AWS::SNS::TopicPolicy") if s["Effect"] == "Allow"]
    assert [(s["Action"], s["Principal"]) for s in allowed] == [
        ("sns:Publish", {"Service": "cloudwatch.amazonaws.com"})
    ]
    assert allowed[0]["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_the_bus_takes_events_of_this_account_alone(plain: Template) -> None:
    assert only(plain, "AWS::Events::EventBus")["Properties"] == {"Name": "pipelines-dev-events"}
    assert of_type(plain, "AWS::Events::EventBusPolicy") == {}


def test_the_ledger_takes_inserts_and_nothing_that_changes_an_entry(plain: Template) -> None:
    policy = named(plain, "AWS::DynamoDB::Table", **LEDGER)["Properties"]["ResourcePolicy"]["PolicyDocument"]
    statement = policy["Statement"][0]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", {"AWS": "*"})
    denied = set(statement["Action"])
    changing = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"}
    assert denied == {f"dynamodb:{call}" for call in changing}
    assert "dynamodb:PartiQLInsert" not in denied


@pytest.mark.parametrize("table", [LEDGER, STATE])
def test_tables_are_on_demand_recoverable_protected_and_kept(plain: Template, table: dict[str, str]) -> None:
    resource = named(plain, "AWS::DynamoDB::Table", **table)
    properties = resource["Properties"]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert properties["DeletionProtectionEnabled"] is True
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert resource["DeletionPolicy"] == "Retain"


def test_only_the_ledger_has_a_stream(plain: Template) -> None:
    assert named(plain, "AWS::DynamoDB::Table", **LEDGER)["Properties"]["StreamSpecification"] == {
        "StreamViewType": "NEW_IMAGE"
    }
    assert "StreamSpecification" not in named(plain, "AWS::DynamoDB::Table", **STATE)["Properties"]


def test_runs_that_continue_one_run_are_found_by_a_sparse_index_with_whole_entries(plain: Template) -> None:
    (index,) = named(plain, "AWS::DynamoDB::Table", **LEDGER)["Properties"]["GlobalSecondaryIndexes"]
    assert index == {
        "IndexName": "by-parent-run",
        "KeySchema": [{"AttributeName": "parent_run_id", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }


def test_without_a_wish_there_is_no_key_to_pay_for(plain: Template) -> None:
    assert of_type(plain, "AWS::KMS::Key") == {}


def test_a_customer_managed_key_rotates_and_protects_tables_and_raw_stage(keyed: Template) -> None:
    assert only(keyed, "AWS::KMS::Key")["Properties"]["EnableKeyRotation"] is True
    for table in of_type(keyed, "AWS::DynamoDB::Table").values():
        assert table["Properties"]["SSESpecification"]["SSEType"] == "KMS"
    encryption = raw_stage(keyed)["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


def test_events_are_protected_by_the_customers_key_which_eventbridge_may_use(keyed: Template) -> None:
    assert "KmsKeyIdentifier" in only(keyed, "AWS::Events::EventBus")["Properties"]
    policy = only(keyed, "AWS::KMS::Key")["Properties"]["KeyPolicy"]["Statement"]
    others, own = (s for s in policy if s["Principal"] == {"Service": "events.amazonaws.com"})
    for statement in (own, others):
        assert {"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"} <= set(statement["Action"])
        assert "aws:SourceAccount" in statement["Condition"]["StringEquals"]
    assert "aws:SourceArn" in own["Condition"]["StringEquals"]
    assert "aws:SourceArn" in others["Condition"]["ArnLike"]


def test_other_stacks_find_layer_and_key_by_parameter_and_nothing_is_exported(keyed: Template) -> None:
    names = {p["Properties"]["Name"] for p in of_type(keyed, "AWS::SSM::Parameter").values()}
    assert names == {"/pipelines/prod/runtime-layer-arn", "/pipelines/prod/key-arn"}
    assert keyed.get("Outputs", {}) == {}


def test_old_layer_versions_stay_for_functions_that_still_use_them(plain: Template) -> None:
    layer = only(plain, "AWS::Lambda::LayerVersion")
    assert layer["DeletionPolicy"] == "Retain"
    assert layer["Properties"]["CompatibleArchitectures"] == ["arm64"]


def test_logical_ids_stay_as_they_are(plain: Template) -> None:
    resources = {name for name, item in plain["Resources"].items() if item["Type"] != "AWS::Lambda::Version"}
    assert {name for name in resources if not EVIDENCE.match(name)} == PINNED


def test_logical_ids_of_what_keeps_evidence_begin_alike(plain: Template) -> None:
    kept = [item["Type"] for name, item in plain["Resources"].items() if EVIDENCE.match(name)]
    assert len(kept) == 21


def test_a_platform_stands_in_any_stack(tmp_path: Path) -> None:
    stack = Stack(App(outdir=str(tmp_path)), "mine")
    platform = Platform(stack, "Shared", name="other")
    assert platform.names.ledger_table == "other-dev-ledger"
    assert Stack.of(platform.ledger) is stack
