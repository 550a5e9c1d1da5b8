"""Evidence is kept by functions that may only add to it, in a bucket from which nobody takes anything away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App

from constructs_lib.patterns import Encryption, EvidenceLock, LockMode, PlatformStack
from tests.synth.templates import Template, named, of_type, only, statements

ARCHIVE, SEAL = "pipelines-dev-archive-ledger", "pipelines-dev-seal-ledger"


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    app = App(outdir=str(tmp_path_factory.mktemp("assembly")))
    strict = EvidenceLock(mode=LockMode.COMPLIANCE, days=3650)
    PlatformStack(app, "plain")
    PlatformStack(app, "strict", stage="prod", encryption=Encryption.CUSTOMER_MANAGED, evidence_lock=strict)
    assembly = app.synth()
    return {name: assembly.get_stack_by_name(name).template for name in ("plain", "strict")}


@pytest.fixture
def plain(templates: dict[str, Template]) -> Template:
    return templates["plain"]


@pytest.fixture
def strict(templates: dict[str, Template]) -> Template:
    return templates["strict"]


def bucket(template: Template) -> dict[str, Any]:
    (found,) = [b for name, b in of_type(template, "AWS::S3::Bucket").items() if "Evidence" in name]
    properties: dict[str, Any] = found["Properties"]
    return properties


def granted(template: Template, function: str) -> dict[str, tuple[set[str], str]]:
    """Return actions and resources of a function's role by the statement's id."""
    role = named(template, "AWS::Lambda::Function", FunctionName=function)["Properties"]["Role"]["Fn::GetAtt"][0]
    (policy,) = template["Resources"][role]["Properties"]["Policies"]
    found = {}
    for statement in policy["PolicyDocument"]["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        found[statement["Sid"]] = (set(actions), json.dumps(statement["Resource"]))
    return found


def denied(template: Template, sid: str) -> dict[str, Any]:
    (found,) = [s for s in statements(template, "AWS::S3::BucketPolicy") if s.get("Sid") == sid]
    assert found["Effect"] == "Deny"
    assert "ArnNotEquals" in found["Condition"]
    return found


def test_evidence_is_locked_versioned_encrypted_private_and_its_access_is_logged(plain: Template) -> None:
    found = bucket(plain)
    rule = found["ObjectLockConfiguration"]
    assert rule["ObjectLockEnabled"] == "Enabled"
    assert rule["Rule"]["DefaultRetention"] == {"Days": 400, "Mode": "GOVERNANCE"}
    assert found["ObjectLockEnabled"] is True
    assert found["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(found["PublicAccessBlockConfiguration"].values()) == {True}
    assert found["LoggingConfiguration"]["LogFilePrefix"] == "evidence/"
    assert "AES256" in json.dumps(found["BucketEncryption"])


def test_mode_and_days_of_the_lock_can_be_chosen(strict: Template) -> None:
    retention = bucket(strict)["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert retention == {"Days": 3650, "Mode": "COMPLIANCE"}
    shorter = denied(strict, "NoShorterRetention")["Condition"]["NumericLessThan"]
    assert shorter == {"s3:object-lock-remaining-retention-days": "3650"}


@pytest.mark.parametrize("days", [0, -1])
def test_a_lock_that_locks_nothing_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="one day at least"):
        EvidenceLock(days=days)


def test_a_lock_of_more_than_a_hundred_years_is_refused_and_one_of_a_hundred_is_not() -> None:
    with pytest.raises(ValueError, match="36,500 days at most"):
        EvidenceLock(days=36_501)
    assert EvidenceLock(days=36_500).days == 36_500


def test_nobody_but_root_loosens_a_lock(plain: Template) -> None:
    assert denied(plain, "NoBypass")["Action"] == "s3:BypassGovernanceRetention"
    shorter = denied(plain, "NoShorterRetention")
    assert shorter["Action"] == "s3:PutObjectRetention"
    assert shorter["Condition"]["NumericLessThan"] == {"s3:object-lock-remaining-retention-days": "400"}


def test_the_archiving_function_reads_one_stream_and_adds_below_one_prefix(plain: Template) -> None:
    found = granted(plain, ARCHIVE)
    assert set(found) == {"ReadStream", "AddEvidence", "Logs", "Traces"}
    calls = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}
    assert found["ReadStream"][0] == {f"dynamodb:{call}" for call in calls}
    assert ":table/pipelines-dev-ledger/stream/*" in found["ReadStream"][1]
    assert found["AddEvidence"][0] == {"s3:PutObject"}
    assert "/ledger/*" in found["AddEvidence"][1]


def test_the_sealing_function_reads_the_archive_and_adds_seals_alone(plain: Template) -> None:
    found = granted(plain, SEAL)
    assert set(found) == {"ListEvidence", "ReadEvidence", "AddEvidence", "Logs", "Traces"}
    assert [found[sid][0] for sid in ("ListEvidence", "ReadEvidence", "AddEvidence")] == [
        {"s3:ListBucket"},
        {"s3:GetObject"},
        {"s3:PutObject"},
    ]
    assert "/seals/*" in found["AddEvidence"][1]
    assert "/ledger/*" not in found["AddEvidence"][1]


def test_with_a_key_of_its_own_both_functions_may_use_that_key(strict: Template) -> None:
    for function in ("pipelines-prod-archive-ledger", "pipelines-prod-seal-ledger"):
        actions, resource = granted(strict, function)["Key"]
        assert actions == {"kms:Decrypt", "kms:GenerateDataKey"}
        assert "PlatformKey" in resource
    assert "aws:kms" in json.dumps(bucket(strict)["BucketEncryption"])


def test_the_stream_is_read_from_its_beginning_and_nothing_of_it_is_given_up(plain: Template) -> None:
    mapping = only(plain, "AWS::Lambda::EventSourceMapping")["Properties"]
    assert mapping.pop("EventSourceArn") == {"Fn::GetAtt": ["PlatformLedgerC2560360", "StreamArn"]}
    assert "ArchiveLedgerLive" in json.dumps(mapping.pop("FunctionName"))
    assert mapping == {
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 1000,
        "MaximumBatchingWindowInSeconds": 60,
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": -1,
        "MaximumRecordAgeInSeconds": -1,
        "ParallelizationFactor": 1,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }


def test_the_seal_is_started_every_night_by_a_role_that_can_start_nothing_else(plain: Template) -> None:
    schedule = only(plain, "AWS::Scheduler::Schedule")["Properties"]
    assert (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]) == ("cron(30 0 * * ? *)", "UTC")
    role = plain["Resources"][schedule["Target"]["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
    (policy,) = role["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["lambda:InvokeFunction"]
    assert statement["Resource"] == [schedule["Target"]["Arn"]]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert "aws:SourceAccount" in json.dumps(trust["Condition"])


def test_each_function_has_its_log_with_an_end(plain: Template) -> None:
    groups = {g["Properties"]["LogGroupName"]: g for g in of_type(plain, "AWS::Logs::LogGroup").values()}
    assert set(groups) == {f"/aws/lambda/{name}" for name in (ARCHIVE, SEAL)}
    assert {group["Properties"]["RetentionInDays"] for group in groups.values()} == {90}


def test_alarms_of_tampering_failure_lateness_and_a_missing_seal_reach_the_platforms_topic(plain: Template) -> None:
    alarms = {a["Properties"]["AlarmName"]: a["Properties"] for a in of_type(plain, "AWS::CloudWatch::Alarm").values()}
    watched = {name: (alarm["MetricName"], alarm["Threshold"]) for name, alarm in alarms.items()}
    assert watched == {
        f"{ARCHIVE}-tampered": ("LedgerTampered", 1),
        f"{ARCHIVE}-not-archived": ("EntriesNotArchived", 1),
        f"{ARCHIVE}-errors": ("Errors", 1),
        f"{ARCHIVE}-late": ("IteratorAge", 3_600_000),
        f"{SEAL}-errors": ("Errors", 1),
        f"{SEAL}-missing": ("Invocations", 1),
    }
    for name, alarm in alarms.items():
        assert "pipelines-dev-alarms" in json.dumps(alarm["AlarmActions"]), name
    tampered = {d["Name"]: d["Value"] for d in alarms[f"{ARCHIVE}-tampered"]["Dimensions"]}
    assert tampered == {"service": ARCHIVE, "pipeline": "pipelines"}


def test_a_seal_that_is_missing_is_told_by_silence_and_not_before_the_first_night(plain: Template) -> None:
    alarms = of_type(plain, "AWS::CloudWatch::Alarm").values()
    silent = [a["Properties"] for a in alarms if "InsufficientDataActions" in a["Properties"]]
    assert [alarm["AlarmName"] for alarm in silent] == [f"{SEAL}-missing"]
    assert silent[0]["TreatMissingData"] == "missing"
    assert silent[0]["Period"] * silent[0]["EvaluationPeriods"] == 30 * 3600


def test_two_platforms_stand_in_one_stack(tmp_path: Path) -> None:
    from aws_cdk import Stack

    from constructs_lib.patterns import Platform

    app = App(outdir=str(tmp_path))
    stack = Stack(app, "both")
    Platform(stack, "One", name="shops")
    Platform(stack, "Two", name="shops", stage="test")
    template = app.synth().get_stack_by_name("both").template
    assert len(of_type(template, "AWS::Scheduler::Schedule")) == 2
