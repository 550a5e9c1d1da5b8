"""The raw output: one bucket, the pipeline's own prefix, and the price of landing there."""

from __future__ import annotations

from constructs_lib.catalog import load_catalog
from constructs_lib.outputs import OUTPUTS
from constructs_lib.outputs.raw import Raw
from functions.contract.environment import OutputSettings
from tests.unit.event_sources.contexts import context


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
