"""The page on handlers: its handler runs under the runtime as the page says, and its tests pass for a reader."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import constructs_lib
import functions.runtime
from functions.contract.environment import RetrySettings
from functions.runtime import Run
from tests.runtime.fakes import World

ROOT = Path(constructs_lib.__file__).parents[1]
PAGE = (ROOT / "docs/handlers.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```python (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = dict(BLOCK.findall(PAGE))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of what the page shows, in the folders that it names."""
    (tmp_path / "pipelines/handlers").mkdir(parents=True)
    (tmp_path / "pipelines/handlers/__init__.py").touch()
    (tmp_path / "pipelines/handlers/orders.py").write_text(SHOWN["handler"], encoding="utf-8")
    (tmp_path / "test_orders.py").write_text(SHOWN["test"], encoding="utf-8")
    return tmp_path


def run_tests(project: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "test_orders.py"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(project / "pipelines"), str(ROOT)])}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_the_tests_of_the_page_pass(project: Path) -> None:
    ran = run_tests(project)
    assert ran.returncode == 0, ran.stdout
    assert "3 passed" in ran.stdout


def test_the_tests_of_the_page_fail_for_a_handler_that_lands_everything(project: Path) -> None:
    file = project / "pipelines/handlers/orders.py"
    file.write_text(SHOWN["handler"].replace("order.total < 0", "False"), encoding="utf-8")
    assert "test_a_negative_total_is_given_up" in run_tests(project).stdout


def world_of(**changes: Any) -> World:
    names: dict[str, Any] = {"__name__": "handlers.orders"}
    code = compile(SHOWN["handler"], "handlers.md", "exec", dont_inherit=True)
    exec(code, names)  # noqa: S102 - the block is this repository's own
    world = World(names["land_order"].function, source="queue", secrets=("crm-token",), **changes)
    world.secrets = {"crm-token": "valid"}
    return world


def landed_by(world: World, order: object) -> list[str]:
    world.send(order)
    world.until_quiet()
    return world.statuses()


def test_what_the_handler_puts_lands() -> None:
    assert landed_by(world_of(), {"order_id": "o-1", "total": 1.5}) == ["succeeded"]


def test_permanent_gives_up_at_once() -> None:
    assert landed_by(world_of(), {"order_id": "o-1", "total": -1}) == ["dead_lettered"]


def test_recoverable_is_tried_again_until_the_budget_is_spent() -> None:
    world = world_of(retry=RetrySettings(max_attempts=3, interval_seconds=1, backoff_rate=2, max_delay_seconds=9))
    world.secrets = {"crm-token": "rotating"}
    assert landed_by(world, {"order_id": "o-1", "total": 1}) == ["dead_lettered", "failed", "failed"]


@pytest.mark.parametrize("order", [{"order_id": "o-1", "total": "1"}, {"order_id": "o-1"}])
def test_a_record_that_does_not_fit_the_annotation_spends_no_retry(order: dict[str, Any]) -> None:
    world = world_of()
    assert landed_by(world, order) == ["quarantined"]
    assert world.landed() == []


def test_the_page_names_everything_that_a_run_has() -> None:
    assert [f.name for f in fields(Run) if f"`run.{f.name}" not in PAGE] == []


def test_the_page_names_everything_that_a_handler_may_raise() -> None:
    kinds = {name: getattr(functions.runtime, name) for name in functions.runtime.__all__ if name[0].isupper()}
    errors = [name for name, kind in kinds.items() if issubclass(kind, Exception)]
    assert errors
    assert [name for name in errors if f"| `{name}" not in PAGE] == []
