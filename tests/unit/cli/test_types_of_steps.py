"""``pipelines types`` knows what each step of a workflow and each worker may reach, and mypy refuses the rest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.cli import main
from tests.declarations import fields, write_project

ROOT = Path(__file__).parents[3]
STORES = [{"type": "table", "name": "stock", "access": "read_write", "partition_key": "sku"}]
TASK = {"type": "task", "timeout": "30s", "handler": "handlers.steps:charge_card"}
STEPS = [
    {**TASK, "name": "charge", "outputs": ["raw"], "undo": {"handler": "handlers.steps:refund_card"}},
    {**TASK, "name": "reserve", "stores": ["stock"]},
]
WORKER = {"handler": "handlers.steps:make_thumbnail", "max_concurrency": 2}
WORKERS = [{**WORKER, "name": "captions", "outputs": ["raw"]}, {**WORKER, "name": "small-pictures"}]
HANDLERS = """
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.runtime import runner

if TYPE_CHECKING:
    from shop_orders_run import {names}
"""
HANDLER = '''

@runner
def work_{number}(order: dict[str, Any], run: {name}) -> None:
    """The handler."""
    {line}
'''
WORKFLOW = {"workflow": {"timeout": "5m", "steps": STEPS}}
FAN_OUT = {"fan_out": {"workers": WORKERS}, "fan_in": {"handler": "handlers.steps:import_rows"}}
RIGHT = {
    "workflow": [
        ("ShopOrdersChargeRun", "run.outputs.raw.put([run.step.name, run.callback_token])"),
        ("ShopOrdersChargeUndoRun", "run.logger.info(run.token)"),
        ("ShopOrdersReserveRun", 'run.stores.stock.put({"sku": run.token})'),
    ],
    "fan_out": [
        ("ShopOrdersCaptionsRun", "run.outputs.raw.put(order)"),
        ("ShopOrdersSmallPicturesRun", 'run.logger.info(str(run.record["share"]))'),
        ("ShopOrdersImportRowsRun", "run.outputs.raw.put(order)"),
    ],
}
WRONG = {
    "workflow": [
        ("ShopOrdersChargeRun", "run.stores.stock.get('a')", '"ShopOrdersChargeStores" has no attribute "stock"'),
        ("ShopOrdersChargeUndoRun", "run.outputs.raw.put(1)", '"ShopOrdersChargeUndoOutputs" has no attribute "raw"'),
        ("ShopOrdersReserveRun", "run.outputs.raw.put(1)", '"ShopOrdersReserveOutputs" has no attribute "raw"'),
    ],
    "fan_out": [
        ("ShopOrdersSmallPicturesRun", "run.outputs.raw", '"ShopOrdersSmallPicturesOutputs" has no attribute "raw"'),
        ("ShopOrdersCaptionsRun", "run.step.name", 'of "StepFacts | None" has no attribute "name"'),
    ],
}


@pytest.fixture(params=["workflow", "fan_out"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path, kind: str) -> Path:
    declared = fields(runner=None, stores=STORES, **(WORKFLOW if kind == "workflow" else FAN_OUT))
    file = write_project(tmp_path) / "shop.json"
    file.write_text(json.dumps({"version": 1, **declared}))
    with pytest.raises(SystemExit) as ended:
        main(["types", str(file)])
    assert not ended.value.code
    return tmp_path


def test_mypy_finds_what_a_step_or_worker_does_not_declare_and_nothing_else(folder: Path, kind: str) -> None:
    _write(folder / "right.py", RIGHT[kind])
    _write(folder / "wrong.py", [(name, line) for name, line, _ in WRONG[kind]])
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports", "silent", "--cache-dir", "cache"]
    command += ["right.py", "wrong.py", "shop_orders_run.py"]
    environment = {**os.environ, "MYPYPATH": f"{folder}:{ROOT}"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)
    said = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert len(said) == len(WRONG[kind]), done.stdout + done.stderr
    for line, (_, _, expected) in zip(said, WRONG[kind], strict=True):
        assert line.startswith("wrong.py:")
        assert expected in line


def test_what_is_written_for_steps_and_workers_is_in_the_style_of_the_house(folder: Path, kind: str) -> None:
    module = folder / "shop_orders_run.py"
    assert module.read_text().count("(DeclaredRun)") == len(RIGHT[kind])
    command = [sys.executable, "-m", "ruff", "format", "--diff", "--isolated", "--line-length", "120", str(module)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def _write(file: Path, handlers: list[tuple[Any, ...]]) -> None:
    names = ", ".join(sorted({name for name, _ in handlers}))
    bodies = [HANDLER.format(number=number, name=name, line=line) for number, (name, line) in enumerate(handlers)]
    file.write_text(HANDLERS.format(names=names) + "".join(bodies))
