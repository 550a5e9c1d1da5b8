from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.governance.rules.fan_out_unbatched import FanOutUnbatched
from tests.unit.governance.cases import pipeline, planned

RULE = FanOutUnbatched()
WORKER = {"name": "rows", "handler": "handlers.orders:land_order", "max_concurrency": 5, "batch_size": 1}
BUDGET = {"monthly_usd": 500.0, "events_per_month": 300_000}


def shared(**fan_out: Any) -> Any:
    return pipeline(runner=None, outputs=[], budget=BUDGET, fan_out={"workers": [WORKER], **fan_out})


def test_items_one_by_one_beyond_the_limit_are_denied_and_both_costs_are_told() -> None:
    (finding,) = planned(RULE, shared(items="body.rows", max_items=50))
    assert (finding.decision, finding.at) == ("deny", "fan_out.batch_items")
    assert finding.found.startswith("50 runs of one event: 15,000,000 runs and ")
    assert "batch_items: 50, so that one event causes 1: 300,000 runs and " in finding.fix
    assert dollars(finding.found) > 5 * dollars(finding.fix)


@pytest.mark.parametrize(
    "fan_out",
    [{}, {"items": "body.rows", "max_items": 20}, {"items": "body.rows", "max_items": 1000, "batch_items": 50}],
)
def test_few_items_batches_and_whole_records_pass(fan_out: dict[str, Any]) -> None:
    assert planned(RULE, shared(**fan_out)) == []


def dollars(text: str) -> float:
    return float(text.partition(" USD")[0].rpartition(" ")[2].replace(",", ""))
