from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.catalog import Catalog, load_catalog
from constructs_lib.cost import Price, price
from constructs_lib.errors import PlanError
from constructs_lib.model.functions import Grant
from constructs_lib.model.plan import CostDriver, PipelinePlan
from tests.unit.governance.cases import pipeline

MILLION = 1_000_000


def planned(**changes: Any) -> PipelinePlan:
    return pipeline(outputs=()).plan.model_copy(update=changes)


def driver(meter: str, quantity: float, needed_by: str = "runner") -> CostDriver:
    return CostDriver(meter=meter, quantity_per_event=quantity, needed_by=needed_by)


def catalog(**usd_per_million: float) -> Catalog:
    """Return the shipped catalogue with prices of round numbers, so that sums can be worked out by hand."""
    shipped = load_catalog()
    meters = {
        name.replace("_", "-"): shipped.prices.meters["lambda-request"].model_copy(update={"usd": usd, "per": MILLION})
        for name, usd in usd_per_million.items()
    }
    return shipped.model_copy(update={"prices": shipped.prices.model_copy(update={"meters": meters})})


ROUND = catalog(
    lambda_request=0.5, sqs_request=2.0, alarm_month=MILLION / 10, dashboard_month=3.0 * MILLION, secret_month=400_000.0
)


def amounts(result: Price) -> dict[str, tuple[float, float]]:
    return {line.meter: (round(line.quantity, 6), round(line.usd, 6)) for line in result.lines}


def test_each_meter_is_quantity_times_events_times_unit_price() -> None:
    drivers = (driver("lambda-request", 0.1), driver("sqs-request", 1.2, "queue"))
    result = price(planned(cost_drivers=drivers, alarms=(), dashboard=None), ROUND, 3 * MILLION)
    assert amounts(result) == {"lambda-request": (300_000, 0.15), "sqs-request": (3_600_000, 7.2)}
    assert result.total_usd == pytest.approx(7.35)


def test_parts_that_use_one_meter_are_one_line_that_names_them() -> None:
    drivers = (driver("sqs-request", 1.0, "queue"), driver("sqs-request", 0.5, "source"))
    (line,) = price(planned(cost_drivers=drivers, alarms=(), dashboard=None), ROUND, MILLION).lines
    assert (line.quantity, line.usd, line.needed_by) == (1_500_000, 3.0, ("queue", "source"))


def test_alarms_dashboard_and_secrets_cost_without_a_single_event() -> None:
    plan = planned(cost_drivers=(driver("lambda-request", 0.1),))
    secrets = Grant(sid="S", actions=("secretsmanager:GetSecretValue",), resources=("a", "b"), needed_by="runner")
    runner = plan.functions[0].model_copy(update={"grants": (secrets,)})
    twice = plan.model_copy(update={"functions": (runner, runner)})
    result = price(twice, ROUND, 0)
    fixed = {line.meter: line.usd for line in result.lines if line.fixed}
    assert fixed == pytest.approx({"alarm-month": 0.1 * len(plan.alarms), "dashboard-month": 3.0, "secret-month": 0.8})
    assert result.total_usd == pytest.approx(result.fixed_usd)


def test_what_is_switched_off_costs_nothing() -> None:
    assert price(planned(cost_drivers=(), alarms=(), dashboard=None), ROUND, MILLION).lines == ()


def test_the_smallest_pipeline_at_the_shipped_prices() -> None:
    """256 MiB and 1 s in batches of 10; worked out by hand from the catalogue of 2026-11."""
    result = price(planned(), load_catalog("2026-11"), MILLION)
    assert amounts(result) == {
        "lambda-request": (100_000, 0.02),
        "lambda-gb-second": (25_000, 0.333335),
        "sqs-request": (1_200_000, 0.48),
        "dynamodb-write": (2_000_000, 1.25),
        "logs-gb": (1.0, 0.5),
        "alarm-month": (4, 0.4),
        "dashboard-month": (1, 3.0),
    }
    assert round(result.total_usd, 4) == 5.9833


def test_a_meter_without_a_price_is_named() -> None:
    with pytest.raises(PlanError, match="no price for glue-hour") as caught:
        price(planned(cost_drivers=(driver("glue-hour", 1.0),)), ROUND, 1)
    assert caught.value.faults[0].code == "meter-unknown"


def test_fewer_than_no_events_are_refused() -> None:
    with pytest.raises(PlanError, match="events-negative"):
        price(planned(), ROUND, -1)


def test_the_text_shows_the_dearest_line_first_and_the_total() -> None:
    drivers = (driver("lambda-request", 0.1), driver("sqs-request", 1.2))
    lines = price(planned(cost_drivers=drivers, alarms=(), dashboard=None), ROUND, MILLION).as_text().splitlines()
    assert lines[0].startswith("shop-orders: 1,000,000 events a month, us-east-1")
    assert [line.split()[0] for line in lines[1:]] == ["sqs-request", "lambda-request", "total", "one"]
    assert lines[-2].endswith("2.4500 USD")
    assert lines[-1].endswith("0.00000245 USD")


def test_what_stands_for_a_month_is_paid_without_a_single_event() -> None:
    hourly = CostDriver(meter="sqs-request", quantity_per_event=0, quantity_per_month=720, needed_by="source")
    plan = planned(cost_drivers=(hourly, driver("lambda-request", 1)), alarms=(), dashboard=None)
    idle, busy = price(plan, ROUND, 0), price(plan, ROUND, MILLION)
    assert amounts(idle)["sqs-request"] == amounts(busy)["sqs-request"] == (720, 0.00144)
    assert [(line.meter, line.needed_by) for line in busy.lines if line.fixed][-1] == ("sqs-request", ("source",))
