"""Overrides of properties that do not exist are refused with the one that was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.composition import plan_pipeline
from constructs_lib.errors import PlanError
from constructs_lib.patterns.overrides import refuse_unknown_properties
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.plan import PipelinePlan


def plan(folder: Path, **properties: str) -> PipelinePlan:
    overrides = [
        {"resource": resource.replace("_", "-") if resource != "land_order" else resource, "property": name, "value": 1}
        | {"reason": "a property of a test"}
        for resource, name in properties.items()
    ]
    return plan_pipeline(declare(folder, overrides=overrides))


def test_properties_that_exist_pass_on_every_kind_of_resource(tmp_path: Path) -> None:
    refuse_unknown_properties(
        plan(
            tmp_path,
            buffer="DelaySeconds",
            dlq="KmsMasterKeyId",
            land_order="VpcConfig.SubnetIds",
            buffer_to_runner="ScalingConfig.MaximumConcurrency",
            dlq_depth="OKActions",
            dashboard="DashboardBody",
        )
    )


def test_every_misspelt_property_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as caught:
        refuse_unknown_properties(plan(tmp_path, buffer="DelaySecond", land_order="MemorySice", dlq_depth="node"))
    faults = caught.value.faults
    assert [fault.code for fault in faults] == ["override-unknown-property"] * 3
    assert [fault.path for fault in faults] == [f"overrides[{position}].property" for position in range(3)]
    assert (faults[0].fix, faults[1].fix) == ("did you mean DelaySeconds?", "did you mean MemorySize?")
    assert "CfnQueue" in faults[0].found
