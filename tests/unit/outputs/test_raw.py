"""The raw output: one bucket, the pipeline's own prefix, and the price of landing there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.catalog import load_catalog
from constructs_lib.composition import plan_pipeline
from constructs_lib.outputs import OUTPUTS
from constructs_lib.outputs.raw import Raw
from functions.contract.environment import OutputSettings, Variable, load_outputs
from tests.declarations import declare
from tests.unit.declaration.bad_input import from_fields
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.functions import FunctionPlan

RAW = [{"type": "raw"}]


def outputs_of(function: FunctionPlan) -> tuple[OutputSettings, ...]:
    """Return the outputs that a function reads from its environment."""
    values = {variable.name: variable.value for variable in function.environment}
    return load_outputs(values[Variable.OUTPUTS])


def test_the_output_is_found_by_its_module() -> None:
    assert Raw in OUTPUTS


def test_the_runner_writes_to_the_platforms_bucket_under_the_outputs_name() -> None:
    bucket = context().platform.raw_bucket
    assert Raw().settings(context()) == OutputSettings(name="raw", type="raw", target=bucket)


def test_the_runner_may_put_objects_below_its_own_prefix_and_nothing_else() -> None:
    (grant,) = Raw().contribute(context(), "outputs[0]").runner_grants
    assert grant.actions == ("s3:PutObject",)
    assert grant.resources[0].endswith("/raw/shop-orders/*")
    assert grant.needed_by == "outputs[0]"


def test_another_pipeline_has_another_prefix() -> None:
    grants = [Raw().contribute(context(name), "outputs[0]").runner_grants[0] for name in ("a-b", "a-c")]
    assert grants[0].resources != grants[1].resources


def test_landing_is_priced_by_meters_of_the_catalogue() -> None:
    drivers = Raw().contribute(context(), "outputs[0]").cost_drivers
    assert [driver.meter for driver in drivers] == ["s3-put", "s3-gb-month"]
    assert all(load_catalog().prices.unit_price(driver.meter) > 0 for driver in drivers)


def test_the_runner_is_told_the_bucket_and_allowed_to_write_only_when_the_output_is_declared(tmp_path: Path) -> None:
    landing = plan_pipeline(declare(tmp_path)).function("land_order")
    idle = plan_pipeline(declare(tmp_path, outputs=[])).function("land_order")
    assert outputs_of(landing) == (OutputSettings("raw", "raw", plan_pipeline(declare(tmp_path)).platform.raw_bucket),)
    assert outputs_of(idle) == ()
    assert {grant.sid for grant in landing.grants} - {grant.sid for grant in idle.grants} == {"LandRaw"}


def test_landing_makes_a_pipeline_dearer(tmp_path: Path) -> None:
    idle, landing = (plan_pipeline(declare(tmp_path, outputs=outputs)).cost_drivers for outputs in ([], RAW))
    assert {driver.meter for driver in landing} - {driver.meter for driver in idle} == {"s3-put", "s3-gb-month"}


@pytest.mark.parametrize(
    ("outputs", "code", "path"),
    [
        ([{"type": "row"}], "kind-unknown", "outputs[0].type"),
        ([{}], "kind-missing", "outputs[0]"),
        ([{"type": "raw", "bucket": "mine"}], "unknown-field", "outputs[0].bucket"),
        ([*RAW, *RAW], "output-twice", "outputs[1]"),
        ("raw", "type-wrong", "outputs"),
    ],
    ids=str,
)
def test_what_is_no_output_is_refused_with_its_place(tmp_path: Path, outputs: object, code: str, path: str) -> None:
    assert [(fault.code, fault.path) for fault in from_fields(tmp_path, outputs=outputs)] == [(code, path)]
