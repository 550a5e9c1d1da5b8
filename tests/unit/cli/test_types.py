"""``pipelines types`` writes what mypy needs to find a misspelt output or store, and tells when it is stale."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_lib.cli import main
from tests.declarations import fields, write_project

ROOT = Path(__file__).parents[3]
STORES = [
    {"type": "table", "name": "stock", "partition_key": "sku"},
    {"type": "bucket", "name": "receipts", "access": "write"},
    {"type": "table", "name": "seen", "access": "read_write", "partition_key": "id"},
]
HANDLER = '''
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.runtime import runner

if TYPE_CHECKING:
    from shop_orders_run import ShopOrdersRun


@runner
def land_order(order: dict[str, Any], run: ShopOrdersRun) -> None:
    """The handler."""
'''
RIGHT = """    if run.stores.stock.get(order["sku"]) and run.stores.seen.put_if_absent({"id": run.token}):
        run.stores.receipts.put("a", b"")
        run.logger.info("attempt %s", run.attempt)
        run.outputs.raw.put(order)
"""
WRONG = {
    "run.outputs.row.put(order)": '"ShopOrdersOutputs" has no attribute "row"',
    "run.stores.stocks.get(1)": '"ShopOrdersStores" has no attribute "stocks"',
    'run.stores.stock.put({"sku": "a"})': '"TableReader" has no attribute "put"',
    'run.stores.receipts.read("a")': '"BucketWriter" has no attribute "read"',
    'run.stores.stock.get({"sku": "a"})': 'Argument 1 to "get" of "TableReader" has incompatible type',
    "run.attempts": '"ShopOrdersRun" has no attribute "attempts"',
}


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    file = write_project(tmp_path) / "shop.json"
    file.write_text(json.dumps({"version": 1, **fields(stores=STORES)}))
    return file


def run_types(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["types", *map(str, arguments)])
    return int(ended.value.code or 0)


def test_mypy_finds_what_is_not_declared_and_nothing_else(declared: Path) -> None:
    assert run_types(declared) == 0
    folder = declared.parent
    (folder / "right.py").write_text(HANDLER + RIGHT)
    (folder / "wrong.py").write_text(HANDLER + "".join(f"    {line}\n" for line in WRONG))
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports", "silent", "--cache-dir", "cache"]
    environment = {**os.environ, "MYPYPATH": f"{folder}:{ROOT}"}
    command += ["right.py", "wrong.py", "shop_orders_run.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)
    said = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert len(said) == len(WRONG), done.stdout + done.stderr
    for number, (line, expected) in enumerate(zip(said, WRONG.values(), strict=True), HANDLER.count("\n") + 1):
        assert line.startswith(f"wrong.py:{number}: error: ")
        assert expected in line


def test_the_run_of_a_workflow_has_what_its_steps_declare(tmp_path: Path) -> None:
    steps = [
        {"type": "task", "name": "a", "handler": "handlers.orders:land_order", "stores": ["stock"]},
        {"type": "task", "name": "b", "handler": "handlers.orders:land_order", "stores": ["seen"]},
    ]
    workflow = {"timeout": "1h", "code": "handlers", "steps": steps}
    declared = fields(stores=STORES[::2], workflow=workflow)
    del declared["runner"]
    (write_project(tmp_path) / "handlers" / "handlers").mkdir()
    (tmp_path / "handlers" / "handlers" / "orders.py").write_text("def land_order(order, run): ...")
    file = tmp_path / "shop.json"
    file.write_text(json.dumps({"version": 1, **declared}))
    assert run_types(file) == 0
    text = (tmp_path / "handlers" / "shop_orders_run.py").read_text(encoding="utf-8")
    assert "def stock(self) -> TableReader:" in text
    assert "def seen(self) -> TableReaderWriter:" in text


def test_a_stale_module_fails_the_check_until_it_is_written(declared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_types("--check", declared) == 1
    module = declared.parent / "shop_orders_run.py"
    assert f"stale: {module}" in capsys.readouterr().out
    assert not module.exists()
    assert run_types(declared) == 0
    assert run_types("--check", declared) == 0
    declared.write_text(json.dumps({"version": 1, **fields(outputs=None)}))
    assert run_types("--check", declared) == 1
    assert run_types(declared) == 0
    assert "Stores(Protocol)" in module.read_text(encoding="utf-8")
    assert "raw" not in module.read_text(encoding="utf-8")


def test_the_module_lies_beside_the_handler_or_where_it_is_told(declared: Path, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "handlers").rename(tmp_path / "code" / "handlers")
    runner = {"handler": "handlers.orders:land_order", "code": "code"}
    declared.write_text(json.dumps({"version": 1, **fields(runner=runner)}))
    assert run_types(declared) == 0
    assert (tmp_path / "code" / "shop_orders_run.py").is_file()
    other = tmp_path / "other.py"
    assert run_types(declared, "--output", other) == 0
    assert other.read_text() == (tmp_path / "code" / "shop_orders_run.py").read_text()
    assert run_types(declared, declared, "--output", other) == 2


def test_a_place_that_cannot_be_written_is_told(declared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_types(declared, "--output", declared.parent / "none" / "x.py") == 1
    assert "[output-unwritable]" in capsys.readouterr().err


def test_what_is_written_is_in_the_style_of_the_house(declared: Path) -> None:
    assert run_types(declared) == 0
    command = [sys.executable, "-m", "ruff", "format", "--diff", "--isolated", "--line-length", "120"]
    done = subprocess.run([*command, declared.parent / "shop_orders_run.py"], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
