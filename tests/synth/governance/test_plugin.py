from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.governance.attach import synthesize
from tests.synth.governance.apps.judged import build


def reports(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return our report and what CDK wrote about our plug-in."""
    own = json.loads((folder / "governance-report.json").read_text(encoding="utf-8"))
    everyone = json.loads((folder / "validation-report.json").read_text(encoding="utf-8"))
    (ours,) = [report for report in everyone["pluginReports"] if report["pluginName"] == "Pipeline"]
    return own, ours


@pytest.fixture(scope="module")
def denied(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Synthesise an app whose declaration holds a password; return what it ended with, and its assembly."""
    folder = tmp_path_factory.mktemp("denied")
    with pytest.raises(SystemExit) as ended:
        synthesize(build(str(folder), "denied"))
    return str(ended.value.code), folder


def test_a_denied_finding_ends_the_synthesis_with_the_place_the_finding_and_the_way_out(
    denied: tuple[str, Path],
) -> None:
    text, _ = denied
    assert "[deny] DB_PASSWORD is named like a secret and holds 7 characters" in text
    assert "allowed: plain settings, and names of secrets" in text
    assert "Suggested fix: store the value in Secrets Manager" in text
    assert "Acknowledge with 'Pipeline::no-secret-in-environment[DB_PASSWORD]'" in text
    assert "hunter2" not in text


def test_both_reports_in_the_assembly_name_the_finding(denied: tuple[str, Path]) -> None:
    own, ours = reports(denied[1])
    assert own["blocked"] is True
    assert [finding["place"]["resource"] for finding in own["findings"]] == ["land_order"]
    (violation,) = ours["violations"]
    assert (violation["ruleName"], violation["severity"]) == (own["findings"][0]["id"], "error")
    assert violation["ruleMetadata"] == {"decision": "deny", "rule-version": "1"}
    assert [place["constructPath"] for place in violation["violatingConstructs"]] == ["Shop"]


def test_a_warning_is_shown_and_does_not_end_the_synthesis(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assembly = synthesize(build(str(tmp_path), "warned"))
    own, ours = reports(tmp_path)
    assert Path(assembly.directory) == tmp_path
    assert own["blocked"] is False
    assert [violation["severity"] for violation in ours["violations"]] == ["warning"]
    (place,) = ours["violations"][0]["violatingConstructs"]
    assert place["cloudFormationResource"]["logicalId"].startswith("Buffer")


def test_an_app_without_findings_passes_and_says_so_in_its_report(tmp_path: Path) -> None:
    synthesize(build(str(tmp_path), "clean"))
    own = json.loads((tmp_path / "governance-report.json").read_text(encoding="utf-8"))
    assert own == {"approved": [], "blocked": False, "findings": []}


def test_a_finding_that_asks_for_an_approval_ends_the_synthesis_until_it_has_one(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"\[require_approval\] size xlarge"):
        synthesize(build(str(tmp_path / "asking"), "asking"))
    synthesize(build(str(tmp_path / "approved"), "approved"))
    own = json.loads((tmp_path / "approved" / "governance-report.json").read_text(encoding="utf-8"))
    assert [item["approval"]["ticket"] for item in own["approved"]] == ["OPS-17"]
