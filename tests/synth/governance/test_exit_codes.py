"""What a shell and a build server see: the app as a program, by itself and under the CDK command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
APP = "tests.synth.governance.apps.judged"
NODE = Path(sys.prefix) / "bin" / "node"
Command = Callable[[Path, str], subprocess.CompletedProcess[str]]
CDK = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command as a user would: nothing tells the child that tests are running."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CDK_"))}
    environment |= {"CDK_VALIDATION": "false", "JSII_NODE": str(NODE), "CDK_DISABLE_CLI_TELEMETRY": "true"}
    return subprocess.run(
        arguments, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def by_itself(folder: Path, case: str) -> subprocess.CompletedProcess[str]:
    return run([sys.executable, "-m", APP, str(folder), case])


def under_cdk(folder: Path, case: str) -> subprocess.CompletedProcess[str]:
    app = f"{sys.executable} -m {APP} {folder} {case}"
    return run([str(NODE), str(CDK), "synth", "--quiet", "--no-notices", "--app", app, "--output", str(folder)])


@pytest.mark.parametrize("how", [by_itself, under_cdk])
def test_a_denied_app_exits_with_1_and_a_report_without_a_traceback(how: Command, tmp_path: Path) -> None:
    ended = how(tmp_path, "denied")
    shown = ended.stdout + ended.stderr
    assert ended.returncode == 1, shown
    assert "ERROR [deny] DB_PASSWORD is named like a secret" in shown
    assert "Suggested fix" in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize("how", [by_itself, under_cdk])
def test_a_warned_app_exits_with_0_and_shows_the_warning(how: Command, tmp_path: Path) -> None:
    ended = how(tmp_path, "warned")
    shown = ended.stdout + ended.stderr
    assert ended.returncode == 0, shown
    assert "WARNING [warn] Tags.x is set by hand" in shown
