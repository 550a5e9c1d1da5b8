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


LINE = {"type": "task", "handler": "handlers.orders:land_order", "timeout": "30s"}
PER_LINE = [{**LINE, "name": "reserve"}, {**LINE, "name": "price"}]


def mapped(**fields: Any) -> Any:
    each = {"type": "map", "name": "lines", "items": "{% $record.body.lines %}", "max_concurrency": 5, "collect": False}
    steps = [{**each, "steps": PER_LINE, **fields}]
    return pipeline(runner=None, outputs=[], budget=BUDGET, workflow={"timeout": "1h", "steps": steps})


@pytest.mark.parametrize(("mode", "way"), [("inline", "write mode: distributed and "), ("distributed", "write ")])
def test_a_map_that_calls_functions_item_by_item_beyond_the_limit_asks_for_an_approval(mode: str, way: str) -> None:
    (finding,) = planned(RULE, mapped(mode=mode, max_items=51))
    assert (finding.decision, finding.at, finding.place.resource) == (
        "require_approval",
        "workflow.steps[0]",
        "workflow",
    )
    assert finding.found.startswith("102 calls of functions in lines by one event: 30,600,000 runs and ")
    assert finding.fix.startswith(f"{way}batch_size: 51, so that the step takes $items together: 600,000 runs and ")
    assert dollars(finding.found) > 5 * dollars(finding.fix)


@pytest.mark.parametrize("fields", [{"max_items": 50}, {"mode": "distributed", "max_items": 10_000, "batch_size": 50}])
def test_few_items_and_batches_of_a_map_pass(fields: dict[str, Any]) -> None:
    assert planned(RULE, mapped(**fields)) == []


def test_of_maps_in_each_other_the_outermost_is_named_with_what_both_multiply() -> None:
    inner = {"type": "map", "name": "parcels", "items": "{% $item.parcels %}", "max_items": 30, "max_concurrency": 2}
    (finding,) = planned(RULE, mapped(max_items=20, steps=[{**inner, "steps": PER_LINE}]))
    assert finding.found.startswith("1,200 calls of functions in lines by one event")


def dollars(text: str) -> float:
    return float(text.partition(" USD")[0].rpartition(" ")[2].replace(",", ""))
