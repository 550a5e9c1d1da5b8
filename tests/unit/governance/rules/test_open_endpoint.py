from __future__ import annotations

import pytest

from constructs_lib.governance.rules.open_endpoint import OpenEndpoint
from constructs_lib.model.intake import RoutePlan
from tests.unit.governance.cases import pipeline, planned, replanned

RULE = OpenEndpoint()


def route(auth: str) -> RoutePlan:
    return RoutePlan(
        id="route",
        api_name="shop-orders-dev-api",
        method="POST",
        path="/orders",
        auth=auth,
        queue="buffer",
        throttle_rate=100,
        throttle_burst=200,
    )


@pytest.mark.parametrize("auth", ["iam", "hmac"])
def test_a_route_that_knows_its_callers_passes(auth: str) -> None:
    assert planned(RULE, replanned(pipeline(), routes=(route(auth),))) == []


def test_a_route_for_anybody_requires_an_approval() -> None:
    (finding,) = planned(RULE, replanned(pipeline(), routes=(route("none"),)))
    assert (finding.place.resource, finding.decision) == ("route", "require_approval")
