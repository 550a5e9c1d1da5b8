"""Names and ids are refused before a construct meets them, and what is refused would really have clashed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aws_cdk import App, Stack

from constructs_lib.composition import plan_pipeline
from constructs_lib.composition.bounds import id_faults
from constructs_lib.errors import PlanError
from constructs_lib.patterns import Pipeline, Platform, PlatformReference
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path


def test_no_handler_takes_the_id_of_a_construct_of_its_pipeline(tmp_path: Path) -> None:
    declaration = declare(tmp_path)
    alone = Pipeline(Stack(App(), "alone"), "Pipeline", declaration)
    shared = Pipeline(Stack(App(), "shared"), "Pipeline", declaration, platform=PlatformReference())
    assert alone.log_groups.keys() == alone.functions.keys()
    assert shared.ledger.table_name
    assert shared.raw_bucket.bucket_name
    runner, *others = plan_pipeline(declaration).functions
    children = {child.node.id for pipeline in (alone, shared) for child in pipeline.node.children}
    foreign = {name for name in children if not name.startswith("LandOrder")}
    assert {"Buffer", "Dlq", "Verify", "VerifyLogs", "Platform", "Ledger", "RawStage"} <= foreign
    for name in foreign:
        taken = (runner.model_copy(update={"id": name}), *others)
        assert [fault.code for fault in id_faults(taken, ("buffer", "dlq"))] == ["function-id-taken"], name
    assert list(id_faults((runner, *others), ("buffer", "dlq"))) == []


@pytest.mark.parametrize(
    ("name", "stage", "code"), [("My_Platform", "dev", "platform-wrong"), ("pipelines", "Dev", "stage-wrong")]
)
def test_a_platform_with_a_name_that_no_resource_can_have_is_refused(name: str, stage: str, code: str) -> None:
    with pytest.raises(PlanError, match=code):
        PlatformReference(name, stage=stage)
    with pytest.raises(PlanError, match=code):
        Platform(Stack(App(), "stack"), "Platform", name=name, stage=stage)
