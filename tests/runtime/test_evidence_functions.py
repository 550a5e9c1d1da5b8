"""The deployed functions that keep evidence, with their real clients on moto's S3."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from functions.contract.environment import Variable
from functions.runtime.errors import SettingsError
from functions.runtime.evidence_bucket import EvidenceSettings

ENVIRONMENT = {
    Variable.PLATFORM.value: "pipelines",
    Variable.STAGE.value: "dev",
    Variable.EVIDENCE_BUCKET.value: "evidence",
}
HANDLERS = ("functions.archive_ledger.handler", "functions.seal_ledger.handler")


def in_process(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "eu-west-1"}
    known = {**os.environ, **keys, **variables}
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=known, check=False)


@pytest.mark.parametrize("variable", list(ENVIRONMENT))
def test_a_missing_variable_is_named(variable: str) -> None:
    known = {name: value for name, value in ENVIRONMENT.items() if name != variable}
    with pytest.raises(SettingsError, match=f"{variable} is missing"):
        EvidenceSettings.from_environment(known)


@pytest.mark.parametrize("handler", HANDLERS)
def test_in_lambda_a_missing_variable_stops_the_cold_start(handler: str) -> None:
    assert in_process(f"import {handler}").returncode == 0
    assert in_process(f"import {handler}", AWS_LAMBDA_FUNCTION_NAME="keep", **ENVIRONMENT).returncode == 0
    refused = in_process(f"import {handler}", AWS_LAMBDA_FUNCTION_NAME="keep")
    assert refused.returncode != 0
    assert "PIPELINE_EVIDENCE_BUCKET is missing" in refused.stderr


DEPLOYED = """
import json, sys
from moto import mock_aws
import boto3
from dataclasses import replace
from functions.contract.archive import archive_key, pack
from tests.runtime.memory_evidence import inserted, record
from tests.runtime.store_contract import ENTRY

with mock_aws():
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="evidence", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    from functions.archive_ledger.handler import handler as archive
    from functions.seal_ledger.handler import NotWellError, handler as seal

    event = {"Records": [inserted(1, ENTRY), record("MODIFY", 2, ENTRY.to_item())]}
    answers = [archive(event, None), archive(event, None)]
    for day in ("2026-01-01", "2026-01-02"):
        s3.put_object(Bucket="evidence", Key=archive_key("orders", day, "1", "1"), Body=pack([ENTRY.text]))
    answers += [seal({}, None), seal({}, None)]
    s3.put_object(Bucket="evidence", Key=archive_key("orders", "2025-12-31", "1", "1"), Body=b"late")
    try:
        seal({}, None)
    except NotWellError as error:
        answers.append(str(error))
    listed = [found["Key"] for found in s3.list_objects_v2(Bucket="evidence")["Contents"]]
    print(json.dumps([answers, len(listed)]), file=sys.stderr)
"""


def test_the_deployed_functions_work_with_their_real_clients() -> None:
    done = in_process(DEPLOYED, AWS_LAMBDA_FUNCTION_NAME="keep", **ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    told, objects = json.loads(done.stderr.splitlines()[-1])
    went_well: dict[str, list[str]] = {"batchItemFailures": []}
    seals = [f"seals/orders/2026-01-0{day}.json" for day in (1, 2)]
    assert told[:4] == [went_well, went_well, {"sealed": seals}, {"sealed": []}]
    assert told[4] == "without a seal: ['orders/2025-12-31']; damaged: []"
    assert objects == 6
    metrics = [json.loads(line) for line in done.stdout.splitlines() if '"_aws"' in line]
    assert [(m["LedgerTampered"], m["service"], m["pipeline"]) for m in metrics] == [([1.0], "keep", "pipelines")] * 2
