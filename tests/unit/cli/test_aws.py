"""What AWS refuses comes as a fault with a way out; anything else stays the error that it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
)

from constructs_lib.cli import main
from constructs_lib.cli._aws import aws_faults
from constructs_lib.errors import Fault, UserError
from tests.declarations import fields, write_project

FILE = Path("shop.yaml")


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Scan")


def fault_of(error: Exception) -> Fault:
    with pytest.raises(UserError) as caught, aws_faults(FILE):
        raise error
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NoRegionError(), "aws-settings-missing"),
        (NoCredentialsError(), "aws-settings-missing"),
        (ProfileNotFound(profile="x"), "aws-settings-missing"),
        (EndpointConnectionError(endpoint_url="x"), "aws-unreachable"),
        (refused("AccessDeniedException"), "aws-refused"),
        (refused("ResourceNotFoundException"), "not-deployed"),
        (refused("AWS.SimpleQueueService.NonExistentQueue"), "not-deployed"),
    ],
)
def test_each_way_to_fail_has_its_code_and_names_the_declaration(error: Exception, code: str) -> None:
    fault = fault_of(error)
    assert (fault.code, fault.file) == (code, "shop.yaml")


def test_a_refusal_says_which_call_and_why() -> None:
    assert fault_of(refused("AccessDeniedException")).found == "Scan: AccessDeniedException: no"


def test_a_pipeline_that_is_not_there_leads_to_stage_and_platform() -> None:
    assert "--platform" in fault_of(refused("ResourceNotFoundException")).fix


def test_a_fault_of_the_program_is_not_taken_for_one_of_aws() -> None:
    with pytest.raises(ZeroDivisionError), aws_faults(FILE):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    "command", [["ledger", "list"], ["ledger", "verify"], ["ledger", "reconcile"], ["replay"]], ids=" ".join
)
def test_a_shell_without_a_region_is_told_so(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    file = write_project(tmp_path) / "shop.json"
    file.write_text(json.dumps(fields()), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main([*command, str(file)])
    assert ended.value.code == 1
    assert "[aws-settings-missing]" in capsys.readouterr().err
