"""The topic output: one topic, the right to publish to it alone, and what it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.outputs import OUTPUTS
from constructs_lib.outputs.topic import TopicOutput
from tests.unit.event_sources.contexts import context
from tests.unit.outputs.sending import contributed, faults, granted

if TYPE_CHECKING:
    from pathlib import Path

HERE = "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}"


def test_the_output_is_found_by_its_module() -> None:
    assert TopicOutput in OUTPUTS


@pytest.mark.parametrize(
    ("fields", "arn"),
    [
        ({}, f"{HERE}:shop-orders-dev-out-topic"),
        ({"name": "changes", "fifo": True}, f"{HERE}:shop-orders-dev-changes-topic.fifo"),
        ({"topic": "stock-${stage}-changes"}, f"{HERE}:stock-dev-changes"),
        ({"topic": "arn:aws:sns:eu-west-1:111122223333:s"}, "arn:aws:sns:eu-west-1:111122223333:s"),
    ],
    ids=str,
)
def test_the_runner_may_publish_to_exactly_one_topic(fields: dict[str, Any], arn: str) -> None:
    output = TopicOutput(**fields)
    assert granted(output) == [(("sns:Publish",), (arn,))]
    settings = output.settings(context())
    assert settings.target == arn
    assert settings.options == ({"fifo": True} if arn.endswith(".fifo") else {})
    assert [plan.existing for plan in contributed(output).resources] == ["topic" in fields]


@pytest.mark.parametrize(
    ("fields", "code", "path"),
    [
        ({"topic": "changes", "fifo": True}, "output-exists-already", "outputs[0]"),
        ({"topic": "no spaces"}, "text-wrong", "outputs[0].topic"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, fields: dict[str, Any], code: str, path: str) -> None:
    assert faults(tmp_path, type="topic", **fields) == [(code, path)]
