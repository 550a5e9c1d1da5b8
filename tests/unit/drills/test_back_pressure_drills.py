"""Drills of a pipeline with back pressure: its records wait for the dependency, and its own catalogue can be named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tests.declarations import write_project
from tests.unit.declaration.bad_input import shipped_catalog

if TYPE_CHECKING:
    from _pytest.pytester import Pytester, RunResult

pytest_plugins = ["pytester"]

DECLARATION = """\
version: 1
pipeline: sent-orders
owner: orders@example.com
contract: {{ id: order, version: "1", schema: schemas/order.json }}
source: {{ type: queue }}
runner: {{ handler: "{package}.orders:land_order" }}
idempotency: {{ key: [body.order_id] }}
back_pressure: {{ dependency: {dependency}, failure_threshold: {threshold}, recovery_timeout: 30s, action: slow }}
outputs: [{{ type: raw }}]
"""
HANDLER = """\
from functions.runtime import Run, runner

@runner
def land_order(order: dict, run: Run) -> None:
    run.outputs.raw.put(order)
"""


def drilled(pytester: Pytester, dependency: str, *arguments: str, threshold: int = 3) -> RunResult:
    folder = pytester.path / "pipelines"
    write_project(folder)
    package = f"pressed_{pytester.path.name}".lower()
    (folder / package).mkdir()
    (folder / package / "__init__.py").touch()
    (folder / package / "orders.py").write_text(HANDLER)
    text = DECLARATION.format(package=package, dependency=dependency, threshold=threshold)
    (folder / "sent-orders.yaml").write_text(text)
    plugin = ("-p", "constructs_lib.drills.plugin", "-p", "no:cacheprovider", "--pipeline", "sent-orders")
    return pytester.runpytest_inprocess(*plugin, "--drill", "dependency-down", *arguments)


@pytest.mark.parametrize("threshold", [1, 3, 5])
def test_records_wait_for_a_dependency_that_stands_behind_the_output(pytester: Pytester, threshold: int) -> None:
    drilled(pytester, "raw-store", threshold=threshold).assert_outcomes(passed=1)


def test_a_dependency_of_an_own_catalogue_is_known_where_the_catalogue_is_named(pytester: Pytester) -> None:
    values = yaml.safe_load(shipped_catalog())
    values["dependencies"]["crm"] = {"max_concurrency": 12}
    catalog = pytester.path / "catalogue.yaml"
    catalog.write_text(yaml.safe_dump(values))
    drilled(pytester, "crm", "--pipeline-catalog", str(catalog)).assert_outcomes(passed=1)


def test_without_its_catalogue_a_dependency_is_unknown(pytester: Pytester) -> None:
    result = drilled(pytester, "crm")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*dependency-unknown*"])


def test_a_faulty_neighbour_hides_no_pipeline_and_is_told_when_the_name_is_unknown(pytester: Pytester) -> None:
    (pytester.path / "pipelines").mkdir()
    (pytester.path / "pipelines" / "a-neighbour.yaml").write_text("version: 1\n")
    drilled(pytester, "raw-store").assert_outcomes(passed=1)
    result = pytester.runpytest_inprocess("-p", "constructs_lib.drills.plugin", "--pipeline", "neighbour")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*pipeline-unknown*", "*a-neighbour.yaml*field-missing*"])


def test_a_drill_without_a_pipeline_is_a_wrong_use(pytester: Pytester) -> None:
    result = pytester.runpytest_inprocess("-p", "constructs_lib.drills.plugin", "--drill", "poison")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*add --pipeline NAME*"])
