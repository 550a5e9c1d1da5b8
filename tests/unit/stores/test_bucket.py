"""The bucket store: exact grants below its prefix, own and existing buckets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalog import load_catalog
from constructs_lib.composition import plan_pipeline
from constructs_lib.errors import PlanError
from constructs_lib.model.functions import Condition, Grant
from constructs_lib.model.names import platform_names
from constructs_lib.stores import STORES
from constructs_lib.stores.bucket import Bucket
from functions.runtime.stores.memory import MemoryBucket, memory_stores
from tests.declarations import declare
from tests.unit.declaration.bad_input import from_fields
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from pathlib import Path

NAME = "shop-orders-dev-files-${AWS::AccountId}-${AWS::Region}"
ARN = f"arn:${{AWS::Partition}}:s3:::{NAME}"


def bucket(**changes: Any) -> Bucket:
    return Bucket.model_validate({"name": "files", **changes})


def granted(store: Bucket) -> dict[str, Grant]:
    return {grant.sid: grant for grant in store.contribute(context(), "stores[0]").runner_grants}


def test_the_store_is_found_by_its_module() -> None:
    assert Bucket in STORES


@pytest.mark.parametrize(
    ("changes", "actions"),
    [
        ({}, {"ReadStoreFiles": "s3:GetObject"}),
        ({"access": "write"}, {"WriteStoreFiles": "s3:PutObject"}),
        ({"access": "read_write"}, {"ReadStoreFiles": "s3:GetObject", "WriteStoreFiles": "s3:PutObject"}),
        ({"list": True}, {"ReadStoreFiles": "s3:GetObject", "ListStoreFiles": "s3:ListBucket"}),
        ({"access": "delete"}, {"DeleteStoreFiles": "s3:DeleteObject"}),
        (
            {"access": "write_delete"},
            {"WriteStoreFiles": "s3:PutObject", "DeleteStoreFiles": "s3:DeleteObject"},
        ),
    ],
)
def test_each_right_is_granted_and_nothing_else(changes: dict[str, Any], actions: dict[str, str]) -> None:
    found = granted(bucket(**changes))
    assert {sid: grant.actions for sid, grant in found.items()} == {sid: (action,) for sid, action in actions.items()}


def test_grants_end_at_the_prefix() -> None:
    found = granted(bucket(prefix="in/", list=True))
    assert found["ReadStoreFiles"].resources == (f"{ARN}/in/*",)
    assert found["ListStoreFiles"].resources == (ARN,)
    below = Condition(operator="StringLike", key="s3:prefix", values=("in/*",))
    assert found["ListStoreFiles"].conditions == (below,)
    assert granted(bucket(list=True))["ListStoreFiles"].conditions == ()


def test_the_runtime_is_told_what_limits_the_store() -> None:
    settings = bucket(prefix="in/", list=True).settings(context())
    assert (settings.target, settings.options) == (NAME, {"prefix": "in/", "lists": True})
    store = memory_stores((settings,))["files"]
    assert isinstance(store, MemoryBucket)
    assert bucket().settings(context()).options == {}
    assert list(store.list()) == []


def test_an_existing_bucket_is_used_by_its_name_and_not_made() -> None:
    store = bucket(bucket="stock-${stage}-files-${AWS::AccountId}-${AWS::Region}")
    assert store.settings(context()).target == "stock-dev-files-${AWS::AccountId}-${AWS::Region}"
    (resource,) = store.contribute(context(), "stores[0]").resources
    assert resource.existing


def test_use_is_priced_by_meters_of_the_catalogue() -> None:
    drivers = bucket(access="read_write").contribute(context(), "stores[0]").cost_drivers
    assert [driver.meter for driver in drivers] == ["s3-get", "s3-put", "s3-gb-month"]
    assert all(load_catalog().prices.unit_price(driver.meter) > 0 for driver in drivers)


def test_a_bucket_whose_name_is_too_long_for_s3_is_refused(tmp_path: Path) -> None:
    declaration = declare(
        tmp_path, pipeline="a-pipeline-with-a-long-name", stores=[{"type": "bucket", "name": "files"}]
    )
    with pytest.raises(PlanError, match=r"stores\[0\].*name-too-long"):
        plan_pipeline(declaration, platform=platform_names("pipelines", "dev"))
    shorter = plan_pipeline(declare(tmp_path, stores=[{"type": "bucket", "name": "files"}]))
    assert [resource.name for resource in shorter.resources] == [NAME]


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"access": "write", "list": True}, "store-access-short", "stores[0]"),
        ({"access": "delete", "list": True}, "store-access-short", "stores[0]"),
        ({"bucket": "documents", "versioned": False}, "store-exists-already", "stores[0]"),
        ({"bucket": "Documents"}, "text-wrong", "stores[0].bucket"),
        ({"prefix": "in/*"}, "text-wrong", "stores[0].prefix"),
        ({"expire_after": "0d"}, "expiry-not-days", "stores[0]"),
        ({"expire_after": "25h"}, "expiry-not-days", "stores[0]"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, changes: dict[str, Any], code: str, path: str) -> None:
    faults = from_fields(tmp_path, stores=[{"type": "bucket", "name": "files", **changes}])
    assert [(fault.code, fault.path) for fault in faults] == [(code, path)]
