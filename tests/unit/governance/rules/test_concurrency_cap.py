from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.governance.rules.concurrency_cap import ConcurrencyCap
from tests.unit.governance.cases import at, deployed, pipeline, planned, replanned, resource

RULE = ConcurrencyCap()
STREAM = "arn:aws:kinesis:eu-west-1:123456789012:stream/readings"


def resources(function: dict[str, Any], mapping: dict[str, Any]) -> dict[str, Any]:
    return {
        "Buffer": resource("AWS::SQS::Queue"),
        "Land": resource("AWS::Lambda::Function", **function),
        "Map": resource(
            "AWS::Lambda::EventSourceMapping", **{"EventSourceArn": at("Buffer"), "FunctionName": at("Land"), **mapping}
        ),
    }


def test_the_runner_of_a_planned_pipeline_is_capped() -> None:
    assert planned(RULE, pipeline()) == []


@pytest.mark.parametrize("cap", [0, 1, 1001])
def test_a_planned_cap_that_lambda_does_not_take_is_denied(cap: int) -> None:
    subject = pipeline()
    mappings = tuple(mapping.model_copy(update={"max_concurrency": cap}) for mapping in subject.plan.mappings)
    (finding,) = planned(RULE, replanned(subject, mappings=mappings))
    assert finding.place.resource == "land_order"
    assert finding.found == f"maximum concurrency {cap}"


@pytest.mark.parametrize(
    ("function", "mapping"),
    [
        ({}, {"ScalingConfig": {"MaximumConcurrency": 5}}),
        ({"ReservedConcurrentExecutions": 5}, {}),
        ({}, {"EventSourceArn": STREAM, "ParallelizationFactor": 1}),
    ],
)
def test_a_stated_limit_passes(function: dict[str, Any], mapping: dict[str, Any]) -> None:
    assert deployed(RULE, resources(function, mapping)) == []


@pytest.mark.parametrize("mapping", [{}, {"ParallelizationFactor": 1}, {"EventSourceArn": STREAM}])
def test_a_function_with_an_event_source_and_no_limit_is_denied(mapping: dict[str, Any]) -> None:
    (finding,) = deployed(RULE, resources({}, mapping))
    assert finding.place.logical_id == "Land"


def test_a_function_without_an_event_source_needs_no_limit() -> None:
    assert deployed(RULE, {"Verify": resource("AWS::Lambda::Function")}) == []
