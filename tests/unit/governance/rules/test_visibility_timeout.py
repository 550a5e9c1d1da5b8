from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.governance.rules.visibility_timeout import VisibilityTimeout
from tests.unit.governance.cases import at, deployed, pipeline, planned, resource, with_runner

RULE = VisibilityTimeout()


def resources(hidden: int | None, timeout: int | None, window: int | None) -> dict[str, Any]:
    queue: dict[str, Any] = {} if hidden is None else {"VisibilityTimeout": hidden}
    function: dict[str, Any] = {} if timeout is None else {"Timeout": timeout}
    mapping: dict[str, Any] = {} if window is None else {"MaximumBatchingWindowInSeconds": window}
    return {
        "Buffer": resource("AWS::SQS::Queue", **queue),
        "Land": resource("AWS::Lambda::Function", **function),
        "Live": resource("AWS::Lambda::Alias", FunctionName={"Ref": "Land"}, Name="live"),
        "Map": resource(
            "AWS::Lambda::EventSourceMapping", EventSourceArn=at("Buffer"), FunctionName={"Ref": "Live"}, **mapping
        ),
    }


def test_visibility_timeout_is_six_runner_timeouts_and_the_window() -> None:
    assert planned(RULE, pipeline(queue={"max_batching_window": "2s"})) == []


def test_a_function_that_may_outlast_the_planned_visibility_is_denied() -> None:
    (finding,) = planned(RULE, with_runner(pipeline(), timeout=31))
    assert finding.place.resource == "buffer"
    assert finding.allowed == "at least 6 × 31 + 0 = 186 s"


@pytest.mark.parametrize(("hidden", "timeout", "window"), [(182, 30, 2), (None, None, None), (30, 5, None)])
def test_six_timeouts_and_the_window_are_enough(hidden: int | None, timeout: int | None, window: int | None) -> None:
    assert deployed(RULE, resources(hidden, timeout, window)) == []


@pytest.mark.parametrize(
    ("hidden", "timeout", "window", "needed"), [(181, 30, 2, 182), (None, 6, None, 36), (17, None, None, 18)]
)
def test_one_second_less_is_denied(hidden: int | None, timeout: int | None, window: int | None, needed: int) -> None:
    (finding,) = deployed(RULE, resources(hidden, timeout, window))
    assert finding.place.logical_id == "Buffer"
    assert finding.allowed.endswith(f"= {needed} s")
