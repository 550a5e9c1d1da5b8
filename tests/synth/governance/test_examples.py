"""The example pipelines pass every rule, both packs and CDK's own validation; what is acknowledged is listed here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App

from constructs_lib import load_pipelines
from constructs_lib.governance.accepted import Accepted, of_pipeline
from constructs_lib.patterns import PipelineStack, PlatformStack
from tests.declarations import fields, write_project

ROOT = Path(__file__).parents[3]
RUNNER = {
    "AwsSolutions-L1": "functions run on the newest of these",
    "Serverless-LambdaLatestVersion": "functions run on the newest of these",
    "Serverless-LambdaDLQ": "never invoked asynchronously",
}
ROLE = {
    "Serverless-LambdaStarPermissions": "X-Ray takes no resource",
    "AwsSolutions-IAM5[Resource::*]": "X-Ray takes no resource",
    "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:*": "own log group",
    "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::pipelines-dev-raw-*": "own prefix",
}
Report = dict[str, Any]


@dataclass(frozen=True)
class Gate:
    """How the app ended, and the reports that it left."""

    exit_code: int
    said: str
    validation: Report
    governance: Report


def run_app(folder: Path, **more_context: object) -> subprocess.CompletedProcess[str]:
    """Run the app as CI does: with the packs and with CDK's built-in validation."""
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"] | more_context
    hidden = ("CDK_VALIDATION", "PYTEST")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    environment |= {"CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": json.dumps(context)}
    command = [sys.executable, "app.py"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Gate:
    folder = tmp_path_factory.mktemp("gate")
    done = run_app(folder)
    validation, governance = (
        json.loads((folder / name).read_text(encoding="utf-8"))
        for name in ("validation-report.json", "governance-report.json")
    )
    return Gate(done.returncode, done.stderr, validation, governance)


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Accepted, ...]:
    app = App(outdir=str(tmp_path_factory.mktemp("assembly")))
    platform = PlatformStack(app, "platform-dev").platform
    stacks = [
        PipelineStack(app, f"{declaration.pipeline}-dev", declaration, platform=platform)
        for declaration in load_pipelines(ROOT / "pipelines")
    ]
    return tuple(item for stack in stacks for item in of_pipeline(stack.pipeline))


def test_the_examples_have_no_open_finding(gate: Gate) -> None:
    assert gate.exit_code == 0, gate.said
    found = [v for plugin in gate.validation["pluginReports"] for v in plugin.get("violations") or ()]
    assert found == []
    assert gate.governance["findings"] == []


def test_both_packs_have_judged_and_what_they_found_is_kept_as_suppressed(gate: Gate) -> None:
    suppressed = {p["pluginName"]: p.get("suppressedViolations") for p in gate.validation["pluginReports"]}
    assert suppressed["AwsSolutions"]
    assert suppressed["Serverless"]


def test_the_built_in_validation_stops_what_cloudformation_would_refuse(tmp_path: Path) -> None:
    longer = {"resource": "buffer", "property": "DelaySeconds", "value": 5000, "reason": "longer than SQS allows"}
    declared = write_project(tmp_path / "project") / "shop.json"
    declared.write_text(json.dumps({"version": 1, **fields(overrides=[longer])}))
    done = run_app(tmp_path / "assembly", pipelines=str(declared))
    assert done.returncode == 1
    assert "5000 is greater than the maximum of 900" in done.stderr + done.stdout


def test_what_is_acknowledged_is_one_finding_on_one_resource_with_a_reason(accepted: tuple[Accepted, ...]) -> None:
    places = Counter((item.construct.node.path, item.finding) for item in accepted)
    assert set(places.values()) == {1}
    assert all(len(item.reason) > 20 for item in accepted)


def test_a_runner_has_just_these_acknowledgements(accepted: tuple[Accepted, ...]) -> None:
    found = {i.finding: i.reason for i in accepted if i.construct.node.path == "stock-levels-dev/Pipeline/LandLevel"}
    assert set(found) == set(RUNNER)
    assert all(words in found[finding] for finding, words in RUNNER.items())


def test_a_role_has_an_acknowledgement_for_each_wildcard_of_its_plan(accepted: tuple[Accepted, ...]) -> None:
    path = "stock-levels-dev/Pipeline/LandLevelRole"
    found = {i.finding: i.reason for i in accepted if i.construct.node.path == path}
    assert len(found) == len(ROLE) + 1, "raw and quarantine have a prefix each"
    for finding, reason in found.items():
        words = [w for prefix, w in ROLE.items() if finding == prefix or finding.startswith(prefix.removesuffix("*"))]
        assert any(word in reason for word in words), finding


def test_only_a_signed_route_is_open_to_the_gateway(accepted: tuple[Accepted, ...]) -> None:
    open_routes = [item.construct.node.path for item in accepted if item.finding == "AwsSolutions-APIG4"]
    assert open_routes == ["shop-orders-dev/Pipeline/Leaves/ShopOrdersRoute"]
