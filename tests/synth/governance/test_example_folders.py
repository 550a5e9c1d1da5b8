"""All examples together, as for Lambda: no rule, no pack and no check of CDK's own finds anything in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/README.md"))
APP = """
import sys
from pathlib import Path
from constructs_lib.declaration.folder import load_pipelines
from constructs_lib.local.trial import synthesise

output, *folders = map(Path, sys.argv[1:])
synthesise(tuple(one for folder in folders for one in load_pipelines(folder)), output, "lambda")
"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    output = tmp_path_factory.mktemp("examples") / "cdk.out"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("CDK_VALIDATION", "PYTEST"))
    }
    environment["CDK_CONTEXT_JSON"] = json.dumps(json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"])
    command = [sys.executable, "-c", APP, str(output), *map(str, EXAMPLES)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr
    names = ("validation-report.json", "governance-report.json")
    return {name: json.loads((output / name).read_text(encoding="utf-8")) for name in names}


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 20


def test_no_validation_finds_anything(reports: dict[str, Any]) -> None:
    plugins = reports["validation-report.json"]["pluginReports"]
    assert [violation for plugin in plugins for violation in plugin.get("violations") or ()] == []
    assert {plugin["pluginName"] for plugin in plugins} >= {"AwsSolutions", "Serverless"}


def test_no_rule_of_the_library_finds_anything(reports: dict[str, Any]) -> None:
    assert reports["governance-report.json"]["findings"] == []
