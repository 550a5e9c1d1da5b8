"""A route of the http source whose caller waits for the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.composition import plan_pipeline
from constructs_lib.event_sources.http import HttpSource, Iam
from functions.contract.environment import Variable
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.plan import PipelinePlan

PLAIN = "/orders"


def asked(tmp_path: Path, **changes: Any) -> PipelinePlan:
    """Return the plan of a synchronous route."""
    source = {"type": "http", "mode": "sync", "path": PLAIN, "auth": {"type": "iam"}}
    identity = {"tenant": None, "idempotency": {"key": ["body.order_id"]}}
    return plan_pipeline(declare(tmp_path, source=source, **identity, **changes))


def test_a_synchronous_route_ends_at_the_runner_and_has_no_queue(tmp_path: Path) -> None:
    plan = asked(tmp_path)
    assert (plan.routes[0].function, plan.routes[0].queue) == ("land_order", None)
    assert (plan.queues, plan.mappings) == ((), ())
    assert {alarm.metric for alarm in plan.alarms} == {"Errors", "Throttles"}
    assert {driver.meter for driver in plan.cost_drivers}.isdisjoint({"sqs-request"})


def test_a_synchronous_runner_knows_no_queue_and_may_touch_none(tmp_path: Path) -> None:
    runner = asked(tmp_path).function("land_order")
    names = {variable.name: variable.value for variable in runner.environment}
    assert names[Variable.MODE] == "sync"
    assert {Variable.QUEUE_URL, Variable.DLQ_URL}.isdisjoint(names)
    assert {"TakeMessages", "SendDeadLetters", "Quarantine"}.isdisjoint(grant.sid for grant in runner.grants)


def test_a_synchronous_runner_reserves_its_cap_and_ends_before_the_gateway_gives_up(tmp_path: Path) -> None:
    runner = asked(tmp_path, runner={"handler": "handlers.orders:land_order", "size": "medium"}).function("land_order")
    assert (runner.timeout, runner.reserved_concurrency) == (29, 20)
    capped = {"handler": "handlers.orders:land_order", "max_concurrency": 1, "timeout": "5s"}
    lowered = asked(tmp_path, runner=capped).function("land_order")
    assert (lowered.timeout, lowered.reserved_concurrency) == (5, 1)


def test_a_queued_runner_is_told_nothing_of_modes(tmp_path: Path) -> None:
    runner = plan_pipeline(declare(tmp_path)).function("land_order")
    assert Variable.MODE not in {variable.name for variable in runner.environment}
    assert runner.reserved_concurrency is None


def test_a_synchronous_record_has_path_query_and_headers() -> None:
    source = HttpSource(mode="sync", path="/shops/{shop_id}/quotes", auth=Iam())
    assert source.record_fields() == ("path.shop_id", "query.*", "headers.*")
