from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.governance.rules.size_approval import SizeApproval
from tests.unit.governance.cases import HANDLER, pipeline, planned

RULE = SizeApproval()


def sized(**runner: Any) -> list[str]:
    found = planned(RULE, pipeline(runner={"handler": HANDLER, **runner}))
    assert all(finding.decision == "require_approval" for finding in found)
    return [finding.detail for finding in found]


@pytest.mark.parametrize("size", ["small", "medium", "large"])
def test_sizes_up_to_large_are_free_to_take(size: str) -> None:
    assert sized(size=size) == []


def test_a_size_above_large_requires_an_approval() -> None:
    assert sized(size="xlarge") == ["runner.size"]


def test_a_timeout_and_a_cap_above_the_size_require_an_approval_each() -> None:
    assert sized(timeout="31s", max_concurrency=6) == ["runner.timeout", "runner.max_concurrency"]


def test_lowering_needs_nobody() -> None:
    assert sized(timeout="29s", max_concurrency=2) == []
