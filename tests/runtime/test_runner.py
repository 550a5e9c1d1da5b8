"""The decorator: a function of one record becomes a Lambda handler, and stays reachable."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.clock import Clock, Context
from functions.contract.environment import Variable
from functions.runtime import Run, runner
from functions.runtime.errors import SettingsError
from tests.runtime.fakes import SETTINGS, World
from tests.runtime.test_settings import environment

if TYPE_CHECKING:
    from pathlib import Path

HANDLER = """
from functions.runtime import Run, runner

@runner
def land_order(order: dict, run: Run) -> None:
    run.outputs.raw.put(order)
"""
IMPORT = "import handler, sys; print(handler.land_order.__name__, len(sys.modules))"
FORBIDDEN = (
    "pydantic",
    "aws_xray_sdk",
    "jsonschema",
    "boto3",
    "botocore.client",
    "constructs_lib",
    "aws_lambda_powertools.utilities.batch",
    "aws_lambda_powertools.utilities.idempotency",
    "aws_lambda_powertools.utilities.parser",
    "aws_lambda_powertools.utilities.parameters",
)
MOST_MODULES = 400


def imported(folder: Path, script: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    (folder / "handler.py").write_text(HANDLER)
    paths = os.pathsep.join([str(folder), os.getcwd()])
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-c", script]
    known = {**kept, "PYTHONPATH": paths, **variables}
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=known, check=False)


def test_the_function_stays_reachable_and_keeps_its_name() -> None:
    def land_order(order: Any, run: Run) -> None:
        """Land it."""

    handler = runner(land_order)
    assert handler.function is land_order
    assert (vars(handler)["__name__"], handler.__doc__) == ("land_order", "Land it.")


def test_a_handler_can_be_imported_without_an_environment(tmp_path: Path) -> None:
    done = imported(tmp_path, IMPORT, {})
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("land_order ")


def test_in_lambda_a_missing_variable_stops_the_cold_start_with_its_name(tmp_path: Path) -> None:
    variables = {**environment(), "AWS_LAMBDA_FUNCTION_NAME": "f"}
    assert imported(tmp_path, IMPORT, variables).returncode == 0
    del variables[Variable.DLQ_URL], variables[Variable.STAGE]
    done = imported(tmp_path, IMPORT, variables)
    assert done.returncode != 0
    assert "PIPELINE_STAGE is missing; PIPELINE_DLQ_URL is missing" in done.stderr


def test_a_cold_start_imports_few_modules_and_none_that_it_does_not_need(tmp_path: Path) -> None:
    script = f"{IMPORT}; print([m for m in {FORBIDDEN!r} if m in sys.modules])"
    done = imported(tmp_path, script, {**environment(), "AWS_LAMBDA_FUNCTION_NAME": "f"})
    first, found = done.stdout.splitlines()
    assert int(first.split()[1]) <= MOST_MODULES
    assert found == "[]"


def test_with_its_clients_made_the_handler_still_imports_few_modules(tmp_path: Path) -> None:
    clients = "from functions.runtime.aws_clients import client; [client(s) for s in ('dynamodb', 's3', 'sqs')]"
    done = imported(tmp_path, f"import handler; {clients}; {IMPORT}", {"AWS_DEFAULT_REGION": "eu-west-1"})
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[1]) <= MOST_MODULES + 100


def test_a_call_outside_lambda_reads_the_environment_then(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in Variable:
        monkeypatch.delenv(variable, raising=False)
    handler = runner(lambda order, run: None)
    with pytest.raises(SettingsError, match="PIPELINE_NAME is missing"):
        handler({"Records": []}, None)
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    clock = Clock()
    assert handler({"Records": []}, Context(clock, clock.now() + 30, "r")) == {"batchItemFailures": []}


def test_settings_and_services_of_a_test_take_the_place_of_the_environment() -> None:
    world = World()
    world.send({"order_id": "o-1"})
    handler = runner(world.handler).with_(SETTINGS, world.services())
    records = [message.to_record() for message in world.sqs.receive(SETTINGS.queue_url, 10)]
    assert handler({"Records": records}, Context(world.clock, world.clock.now() + 30, "r")) == {"batchItemFailures": []}
    assert len(world.landed()) == 1


def test_a_run_knows_its_record_and_itself() -> None:
    seen: list[Run] = []
    world = World(lambda order, run: seen.append(run))
    world.send({"order_id": "o-1"}, path={"shop_id": "s-1"})
    world.deliver()
    (run,) = seen
    (entry,) = world.entries()
    assert run.record == {"body": {"order_id": "o-1"}, "path": {"shop_id": "s-1"}}
    assert (run.token, run.run_id, run.tenant, run.attempt) == (entry.run_token, "message-1.1", "default", 1)
    assert (run.correlation_id, run.parent_run_id) == (entry.correlation_id, None)
