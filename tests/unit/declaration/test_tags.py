"""Tags are the user's own: neither AWS's nor the platform's, and no more than a resource can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.composition import plan_pipeline
from constructs_lib.model.reserved import MOST_TAGS
from tests.declarations import declare
from tests.unit.declaration.bad_input import from_fields

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("key", ["aws:x", "AWS:CloudFormation", "pipeline", "owner", "Owner", "stage", "data-class"])
def test_a_tag_of_aws_or_of_the_platform_is_refused(tmp_path: Path, key: str) -> None:
    (fault,) = from_fields(tmp_path, tags={key: "x"})
    assert (fault.code, fault.path) == ("tag-reserved", f"tags.{key}")
    assert repr(key) in fault.found


@pytest.mark.parametrize("key", ["cost-center", "team:owner", "aws", "owners", "laws:x"])
def test_other_tags_reach_the_plan(tmp_path: Path, key: str) -> None:
    plan = plan_pipeline(declare(tmp_path, tags={key: "x"}))
    assert {tag.name: tag.value for tag in plan.tags}[key] == "x"


def test_a_resource_has_room_for_the_users_tags_beside_the_platforms(tmp_path: Path) -> None:
    full = {f"t{number}": "x" for number in range(MOST_TAGS)}
    assert len(plan_pipeline(declare(tmp_path, tags=full)).tags) == 50
    (fault,) = from_fields(tmp_path, tags={**full, "one-more": "x"})
    assert (fault.code, fault.path, fault.allowed) == ("length-wrong", "tags", "at most 46 items")


def test_a_key_has_characters_that_aws_takes(tmp_path: Path) -> None:
    (fault,) = from_fields(tmp_path, tags={"cost;center": "x"})
    assert (fault.code, fault.path) == ("text-wrong", "tags.cost;center")
