"""The s3 source: an own or an existing bucket, what tells of its objects, and the right to read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalog import load_catalog
from constructs_lib.composition import plan_pipeline
from constructs_lib.errors import PlanError
from constructs_lib.event_sources._s3_resources import event_pattern, notification
from constructs_lib.event_sources.s3 import S3Source
from constructs_lib.model.names import platform_names
from tests.declarations import declare
from tests.unit.declaration.bad_input import from_fields
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.plan import PipelinePlan

OWN = "shop-orders-dev-in-${AWS::AccountId}-${AWS::Region}"


def planned(folder: Path, source: dict[str, Any], **fields: Any) -> PipelinePlan:
    plain = {"tenant": None, "contract": None, "idempotency": None, **fields}
    return plan_pipeline(declare(folder, source={"type": "s3", **source}, **plain))


def test_a_record_is_known_by_bucket_key_and_version() -> None:
    assert S3Source().natural_key() == ("object.bucket", "object.key", "object.version")
    assert set(S3Source().natural_key() or ()) <= set(S3Source().record_fields())


def test_the_own_bucket_and_the_rule_are_resources_of_the_plan(tmp_path: Path) -> None:
    resources = planned(tmp_path, {}).resources
    assert [(one.type, one.name, one.existing) for one in resources] == [
        ("AWS::S3::Bucket", OWN, False),
        ("AWS::Events::Rule", "shop-orders-dev-objects", False),
    ]


def test_an_existing_bucket_has_the_stage_filled_in_and_is_only_used(tmp_path: Path) -> None:
    bucket = planned(tmp_path, {"bucket": "files-${stage}"}).resource("source-bucket")
    assert (bucket.name, bucket.existing) == ("files-dev", True)


def test_a_notification_needs_no_rule(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"via": "notification"})
    assert [resource.id for resource in plan.resources] == ["source-bucket"]


@pytest.mark.parametrize(
    ("source", "actions"),
    [({}, ("s3:GetObject", "s3:GetObjectVersion")), ({"read": "newest"}, ("s3:GetObject",))],
)
def test_the_runner_reads_below_the_prefix_and_nothing_else(
    source: dict[str, Any], actions: tuple[str, ...], tmp_path: Path
) -> None:
    plan = planned(tmp_path, {"prefix": "in/", **source})
    (grant,) = (grant for grant in plan.function(plan.runner).grants if grant.needed_by == "source")
    assert grant.actions == actions
    assert grant.resources == ("arn:${AWS::Partition}:s3:::" + OWN + "/in/*",)


def test_the_rule_filters_prefix_suffix_size_and_kind() -> None:
    source = S3Source(prefix="in/", suffix=".csv", min_size=10)
    pattern = event_pattern("files", source)
    assert pattern["detail-type"] == ["Object Created"]
    assert pattern["detail"]["object"] == {"key": [{"wildcard": "in/*.csv"}], "size": [{"numeric": [">=", 10]}]}
    assert event_pattern("files", S3Source(prefix="in/"))["detail"]["object"] == {"key": [{"prefix": "in/"}]}
    assert "object" not in event_pattern("files", S3Source())["detail"]


def test_deletions_have_no_size_and_pass_a_least_size() -> None:
    pattern = event_pattern("files", S3Source(min_size=1, events=("created", "deleted")))
    assert pattern["detail-type"] == ["Object Created", "Object Deleted"]
    assert pattern["detail"]["object"]["size"] == [{"numeric": [">=", 1]}, {"exists": False}]


def test_a_notification_tells_of_each_kind_with_the_same_filter() -> None:
    told = notification({"Ref": "Queue"}, S3Source(via="notification", suffix=".csv", events=("created", "deleted")))
    events = [one["Event"] for one in told["QueueConfigurations"]]
    assert events == ["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"]
    rules = [one["Filter"]["S3Key"]["Rules"] for one in told["QueueConfigurations"]]
    assert rules == [[{"Name": "suffix", "Value": ".csv"}]] * 3


def test_the_reader_is_told_what_the_service_cannot_filter() -> None:
    source = S3Source(prefix="in/", min_size=1, max_object_size=20_000_000)
    assert source.options(context()) == {
        "events": ["created"],
        "read": "version",
        "prefix": "in/",
        "min_size": 1,
        "max_object_size": 20_000_000,
    }


def test_reading_and_delivering_are_priced_by_meters_of_the_catalogue() -> None:
    drivers = S3Source().contribute(context()).cost_drivers
    assert [driver.meter for driver in drivers] == ["s3-get", "s3-put", "event-published"]
    direct = S3Source(via="notification").contribute(context()).cost_drivers
    assert [driver.meter for driver in direct] == ["s3-get", "s3-put"]
    assert [d.meter for d in S3Source(bucket="files").contribute(context()).cost_drivers] == ["s3-get"]
    assert all(load_catalog().prices.unit_price(driver.meter) > 0 for driver in drivers)


@pytest.mark.parametrize(
    ("source", "code", "path"),
    [
        ({"bucket": "files", "via": "notification"}, "notification-of-others-bucket", "source.via"),
        ({"bucket": "files", "expire_after": "30d"}, "store-exists-already", "source.expire_after"),
        ({"expire_after": "36h"}, "expiry-not-days", "source.expire_after"),
        ({"bucket": "Files"}, "text-wrong", "source.bucket"),
        ({"prefix": "in/*"}, "text-wrong", "source.prefix"),
        ({"events": []}, "length-wrong", "source.events"),
    ],
)
def test_what_cannot_be_is_refused(source: dict[str, Any], code: str, path: str, tmp_path: Path) -> None:
    faults = from_fields(tmp_path, source={"type": "s3", **source}, tenant=None, idempotency=None)
    assert [(fault.code, fault.path) for fault in faults] == [(code, path)]


def test_a_name_that_no_bucket_can_have_is_refused(tmp_path: Path) -> None:
    declaration = declare(
        tmp_path, pipeline="a-pipeline-with-quite-a-long-nam", source={"type": "s3"}, tenant=None, idempotency=None
    )
    with pytest.raises(PlanError, match=r"source-bucket.*name-too-long"):
        plan_pipeline(declaration, platform=platform_names("pipelines", "dev"))
