from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.governance.rules.override_review import GUARDS, OverrideReview
from tests.unit.governance.cases import pipeline, planned

RULE = OverrideReview()


def override(name: str, value: Any = 1) -> dict[str, Any]:
    return {"resource": "land_order", "property": name, "value": value, "reason": "a vendor asks for it"}


def test_a_pipeline_without_overrides_has_no_finding() -> None:
    assert planned(RULE, pipeline()) == []


def test_an_override_that_guards_nothing_is_listed_and_does_not_block() -> None:
    (finding,) = planned(RULE, pipeline(overrides=[override("EphemeralStorage.Size", 1024)]))
    assert (finding.decision, finding.detail) == ("warn", "EphemeralStorage.Size")
    assert "a vendor asks for it" in finding.found


@pytest.mark.parametrize("guard", GUARDS)
def test_an_override_of_a_guard_requires_an_approval(guard: str) -> None:
    (finding,) = planned(RULE, pipeline(overrides=[override(guard)]))
    assert (finding.place.resource, finding.decision) == ("land_order", "require_approval")


def test_a_removed_guard_is_named_so() -> None:
    (finding,) = planned(RULE, pipeline(overrides=[override("RedrivePolicy.maxReceiveCount", None)]))
    assert finding.found.startswith("RedrivePolicy.maxReceiveCount is removed by hand and guards the resource")
