from __future__ import annotations

import pytest

from constructs_lib.governance.rules.restricted_on_public import RestrictedOnPublic
from tests.unit.governance.cases import pipeline, planned, with_runner

RULE = RestrictedOnPublic()


@pytest.mark.parametrize("data_class", ["public", "internal", "confidential"])
def test_other_data_may_use_the_public_network(data_class: str) -> None:
    assert planned(RULE, pipeline(data_class=data_class)) == []


def test_restricted_data_on_the_public_network_requires_an_approval() -> None:
    (finding,) = planned(RULE, pipeline(data_class="restricted"))
    assert (finding.place.resource, finding.decision) == ("land_order", "require_approval")


def test_restricted_data_on_another_network_passes() -> None:
    assert planned(RULE, with_runner(pipeline(data_class="restricted"), network="private")) == []
