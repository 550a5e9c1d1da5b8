"""The schema of an output's events is in the bundle, and the runtime finds it where the bundle is unpacked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.composition import plan_pipeline
from constructs_lib.patterns.bundling import Bundler, BundleTarget
from functions.contract.environment import Variable, load_outputs
from functions.runtime.outputs.event_contract import EventContract
from tests.declarations import declare

if TYPE_CHECKING:
    from constructs_lib.model.plan import PipelinePlan

SCHEMA = {"type": "object", "required": ["order_id"], "properties": {"order_id": {"type": "string"}}}
ROOT = Path(__file__).parents[3]
IMPORT = "import sys; sys.path.insert(0, sys.argv[1]); from handlers.orders import land_order; land_order._deploy()"


def planned(folder: Path) -> PipelinePlan:
    (folder / "schemas").mkdir(exist_ok=True)
    (folder / "schemas" / "taken.json").write_text(json.dumps(SCHEMA))
    contract = {"id": "order-taken", "version": "2", "schema": "schemas/taken.json"}
    return plan_pipeline(
        declare(folder, outputs=[{"type": "event_bus", "detail_type": "OrderTaken", "contract": contract}])
    )


def unpacked(folder: Path, plan: PipelinePlan) -> Path:
    """Return where Lambda would unpack the runner's bundle."""
    bundle = Bundler(BundleTarget.HOST, cache=folder / "cache").user_code(
        plan.function(plan.runner).code, plan.contract
    )
    with zipfile.ZipFile(bundle.archive) as archive:
        archive.extractall(folder / "task")
    return folder / "task"


def environment(plan: PipelinePlan) -> dict[str, str]:
    return {variable.name: variable.value for variable in plan.function(plan.runner).environment}


def test_the_schema_is_where_the_settings_say(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    task = unpacked(tmp_path, plan)
    (output,) = load_outputs(environment(plan)[Variable.OUTPUTS])
    file = output.options["contract"]["file"]
    assert json.loads((task / file).read_text()) == SCHEMA
    assert EventContract.load(output.options["contract"], task).told["id"] == "order-taken"


def test_the_function_starts_with_it_and_not_without(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    task = unpacked(tmp_path, plan)
    (output,) = load_outputs(environment(plan)[Variable.OUTPUTS])

    def start() -> subprocess.CompletedProcess[str]:
        variables = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "AWS_DEFAULT_REGION": "eu-central-1",
            "LAMBDA_TASK_ROOT": str(task),
            **environment(plan),
        }
        command = [sys.executable, "-c", IMPORT, str(task)]
        return subprocess.run(command, capture_output=True, text=True, env=variables, check=False, cwd=tmp_path)

    started = start()
    assert started.returncode == 0, started.stderr
    (task / output.options["contract"]["file"]).unlink()
    failed = start()
    assert failed.returncode != 0
    assert "FileNotFoundError" in failed.stderr
