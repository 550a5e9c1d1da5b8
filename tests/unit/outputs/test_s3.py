"""The s3 output: one bucket, one prefix, keys that are the same at every try, and no pipeline that feeds itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalog import load_catalog
from constructs_lib.composition import plan_pipeline
from constructs_lib.errors import PlanError
from constructs_lib.outputs.s3 import S3Output
from tests.declarations import declare
from tests.unit.declaration.bad_input import from_fields
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from pathlib import Path

SELF = "shop-orders-${stage}-in-${AWS::AccountId}-${AWS::Region}"


def test_the_runner_may_put_objects_below_the_prefix_and_nothing_else() -> None:
    (grant,) = S3Output(name="small_ones", prefix="small/").contribute(context(), "outputs[0]").runner_grants
    assert grant.sid == "PutObjectsSmallOnes"
    assert grant.actions == ("s3:PutObject",)
    bucket = "shop-orders-dev-small-ones-${AWS::AccountId}-${AWS::Region}"
    assert grant.resources == ("arn:${AWS::Partition}:s3:::" + bucket + "/small/*",)


def test_an_output_without_a_name_has_the_bucket_out() -> None:
    assert S3Output().bucket_name(context()) == "shop-orders-dev-out-${AWS::AccountId}-${AWS::Region}"
    assert S3Output(bucket="files-${stage}").bucket_name(context()) == "files-dev"


def test_two_outputs_have_buckets_and_grants_of_their_own(tmp_path: Path) -> None:
    outputs = [{"type": "s3", "name": "one"}, {"type": "s3", "name": "two"}]
    plan = plan_pipeline(declare(tmp_path, outputs=outputs))
    names = {resource.name for resource in plan.resources}
    assert len(names) == 2
    sids = [grant.sid for grant in plan.function(plan.runner).grants]
    assert {"PutObjectsOne", "PutObjectsTwo"} <= set(sids)


def test_putting_is_priced_by_meters_of_the_catalogue() -> None:
    drivers = S3Output().contribute(context(), "outputs[0]").cost_drivers
    assert [driver.meter for driver in drivers] == ["s3-put", "s3-gb-month"]
    assert all(load_catalog().prices.unit_price(driver.meter) > 0 for driver in drivers)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key": "{date}/{name}"}, "key-template-wrong"),
        ({"key": "{name"}, "key-template-wrong"),
        ({"key": "{body.}"}, "key-template-wrong"),
        ({"bucket": "files", "expire_after": "30d"}, "store-exists-already"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], code: str, tmp_path: Path) -> None:
    faults = from_fields(tmp_path, outputs=[{"type": "s3", **changes}])
    assert [fault.code for fault in faults] == [code]


@pytest.mark.parametrize(
    ("source", "prefix"),
    [("in/", "in/"), ("in/", "in/small/"), ("in/small/", "in/"), ("", "small/"), ("in/", "")],
)
def test_an_output_that_lands_where_its_own_source_looks_is_refused(source: str, prefix: str, tmp_path: Path) -> None:
    with pytest.raises(PlanError) as caught:
        plan_pipeline(looped(tmp_path, source, prefix))
    assert [(fault.code, fault.path) for fault in caught.value.faults] == [("output-feeds-source", "outputs[0]")]


@pytest.mark.parametrize(("source", "prefix"), [("in/", "out/"), ("in/a", "in/b")])
def test_prefixes_apart_share_a_bucket_in_peace(source: str, prefix: str, tmp_path: Path) -> None:
    assert plan_pipeline(looped(tmp_path, source, prefix)).pipeline == "shop-orders"


def looped(folder: Path, source: str, prefix: str) -> Any:
    outputs = [{"type": "s3", "bucket": SELF, "prefix": prefix}]
    plain = {"tenant": None, "contract": None, "idempotency": None}
    return declare(folder, source={"type": "s3", "prefix": source}, outputs=outputs, **plain)
