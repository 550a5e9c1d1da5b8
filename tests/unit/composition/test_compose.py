"""The plan: every derived value, name, grant and alarm of a declaration, decided without AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from constructs_lib.composition import plan_pipeline
from constructs_lib.errors import DeclarationError
from constructs_lib.model.names import event_bus_arn, platform_names
from constructs_lib.model.plan import PipelinePlan
from functions.contract.environment import IdempotencySettings, RetrySettings
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from constructs_lib.model.functions import FunctionPlan


def environment(function: FunctionPlan) -> dict[str, str]:
    return {variable.name: variable.value for variable in function.environment}


def test_the_plan_of_a_signed_webhook_stays_as_it_is(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    plan = plan_pipeline(declare(tmp_path), platform=platform_names("pipelines", "dev"))
    text = plan.model_dump_json().replace(str(tmp_path), "<project>")
    assert json.loads(text) == snapshot(extension_class=JSONSnapshotExtension)


def test_a_plan_survives_the_way_through_json(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path))
    assert PipelinePlan.model_validate_json(plan.model_dump_json()) == plan


def test_equal_declarations_have_equal_plans(tmp_path: Path) -> None:
    assert plan_pipeline(declare(tmp_path)) == plan_pipeline(declare(tmp_path))


def test_visibility_timeout_is_six_runner_timeouts_and_the_window(tmp_path: Path) -> None:
    declaration = declare(
        tmp_path,
        runner={"handler": "handlers.orders:land_order", "timeout": "20s"},
        queue={"max_batching_window": "5s"},
    )
    assert plan_pipeline(declaration).queue("buffer").visibility_timeout == 6 * 20 + 5


def test_a_stated_visibility_timeout_stands(tmp_path: Path) -> None:
    declaration = declare(tmp_path, queue={"visibility_timeout": "10m"})
    assert plan_pipeline(declaration).queue("buffer").visibility_timeout == 600


@pytest.mark.parametrize(("size", "memory", "timeout", "cap"), [("small", 256, 30, 5), ("medium", 512, 60, 20)])
def test_a_size_word_sets_memory_timeout_and_cap(
    tmp_path: Path, size: str, memory: int, timeout: int, cap: int
) -> None:
    plan = plan_pipeline(declare(tmp_path, runner={"handler": "handlers.orders:land_order", "size": size}))
    runner = plan.function("land_order")
    assert (runner.memory, runner.timeout, plan.mappings[0].max_concurrency) == (memory, timeout, cap)


def test_the_cap_is_the_mappings_and_reserves_no_concurrency(tmp_path: Path) -> None:
    declaration = declare(tmp_path, runner={"handler": "handlers.orders:land_order", "max_concurrency": 7})
    plan = plan_pipeline(declaration)
    assert plan.mappings[0].max_concurrency == 7
    assert plan.function("land_order").reserved_concurrency is None


@pytest.mark.parametrize(("declared", "receives"), [({}, 100), ({"max_receive_count": 8}, 8)])
def test_the_runner_knows_its_attempts_and_when_the_queue_gives_up(
    tmp_path: Path, declared: dict[str, int], receives: int
) -> None:
    plan = plan_pipeline(declare(tmp_path, retry={"max_attempts": 3}, queue=declared))
    retry = RetrySettings.from_json(environment(plan.function("land_order"))["PIPELINE_RETRY"])
    assert retry.max_attempts == 3
    assert plan.queue("buffer").max_receive_count == retry.max_receive_count == receives


def test_the_queue_never_gives_up_before_the_budget_is_spent(tmp_path: Path) -> None:
    retry = {"max_attempts": 150, "interval": "1s", "max_delay": "10s"}
    assert plan_pipeline(declare(tmp_path, retry=retry)).queue("buffer").max_receive_count == 150


def test_claims_outlive_queue_and_dead_letter_queue(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path))
    idempotency = IdempotencySettings.from_json(environment(plan.function("land_order"))["PIPELINE_IDEMPOTENCY"])
    kept = sum(queue.retention_period for queue in plan.queues)
    assert idempotency.ttl_seconds == kept + 3 * 24 * 3600


def test_every_buffer_has_its_dead_letter_queue(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path))
    assert plan.queue("buffer").dead_letter_queue == "dlq"
    assert plan.queue("dlq").dead_letter_queue is None


def test_an_existing_queue_cannot_be_overridden(tmp_path: Path) -> None:
    fields: dict[str, Any] = {"source": {"type": "queue", "arn": "arn:aws:sqs:eu-west-1:111122223333:stock"}}
    fields |= {"tenant": None, "idempotency": {"key": ["body.order_id"]}, "queue": {"visibility_timeout": "10m"}}
    changes = [{"resource": "buffer", "property": "DelaySeconds", "value": 3, "reason": "the partner needs a pause"}]
    with pytest.raises(DeclarationError, match="override-unknown-resource"):
        plan_pipeline(declare(tmp_path, **fields, overrides=changes))


def test_an_existing_queue_is_read_and_not_made(tmp_path: Path) -> None:
    arn = "arn:aws:sqs:eu-west-1:111122223333:stock"
    declaration = declare(
        tmp_path,
        source={"type": "queue", "arn": arn},
        tenant=None,
        idempotency={"key": ["body.order_id"]},
        queue={"visibility_timeout": "10m"},
    )
    buffer = plan_pipeline(declaration).queue("buffer")
    assert (buffer.existing, buffer.name, buffer.arn) == (True, "stock", arn)
    assert buffer.url == "https://sqs.eu-west-1.${AWS::URLSuffix}/111122223333/stock"


def test_a_grant_exists_for_what_is_declared_and_for_nothing_else(tmp_path: Path) -> None:
    runner = plan_pipeline(declare(tmp_path)).function("land_order")
    assert {grant.sid for grant in runner.grants} == {
        "Claims",
        "Ledger",
        "TakeMessages",
        "SendDeadLetters",
        "Quarantine",
        "Events",
        "LandRaw",
        "Logs",
        "Traces",
    }


def test_events_go_to_the_platforms_bus_under_the_platforms_source_alone(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path))
    (grant,) = [grant for grant in plan.function("land_order").grants if grant.sid == "Events"]
    assert grant.actions == ("events:PutEvents",)
    assert grant.resources == (event_bus_arn(plan.platform.event_bus),)
    assert [(c.key, c.values) for c in grant.conditions] == [("events:source", ("serverless-pipelines",))]


def test_a_grant_for_secrets_comes_with_the_first_declared_secret(tmp_path: Path) -> None:
    declaration = declare(tmp_path, runner={"handler": "handlers.orders:land_order", "secrets": ["token"]})
    secrets = [g for g in plan_pipeline(declaration).function("land_order").grants if g.sid == "Secrets"]
    assert [grant.actions for grant in secrets] == [("secretsmanager:GetSecretValue",)]
    assert secrets[0].resources[0].endswith(":secret:token-??????")


def test_without_outputs_nothing_may_be_landed(tmp_path: Path) -> None:
    runner = plan_pipeline(declare(tmp_path, outputs=[])).function("land_order")
    assert "LandRaw" not in {grant.sid for grant in runner.grants}
    assert environment(runner)["PIPELINE_OUTPUTS"] == "[]"


def test_no_function_may_change_or_remove_a_ledger_entry(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path))
    ledger = f"table/{plan.platform.ledger_table}"
    actions = {
        action
        for function in plan.functions
        for grant in function.grants
        for action in grant.actions
        if any(ledger in resource for resource in grant.resources)
    }
    assert actions == {"dynamodb:PartiQLInsert", "dynamodb:BatchGetItem"}


def test_tables_are_open_only_for_the_pipelines_own_keys(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path))
    grants = [g for f in plan.functions for g in f.grants if any(":table/" in r for r in g.resources)]
    assert grants
    for grant in grants:
        assert [(c.key, c.values) for c in grant.conditions] == [("dynamodb:LeadingKeys", ("shop-orders#*",))]


def test_tracing_switched_off_takes_its_grant_along(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path, observability={"tracing": False}))
    assert all(not function.tracing for function in plan.functions)
    assert "Traces" not in {grant.sid for function in plan.functions for grant in function.grants}


def test_every_alarm_names_owner_and_runbook_and_watches_a_part_of_the_plan(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path, observability={"runbook": "https://example.com/runbook"}))
    names = {function.name for function in plan.functions} | {queue.name for queue in plan.queues}
    assert {"dlq-depth", "oldest-message", "land_order-errors", "land_order-throttles"} <= {a.id for a in plan.alarms}
    for alarm in plan.alarms:
        assert "orders@example.com" in alarm.description
        assert "https://example.com/runbook" in alarm.description
        assert {dimension.value for dimension in alarm.dimensions} <= names


def test_alarms_and_dashboard_can_be_switched_off(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path, observability={"alarms": False, "dashboard": False}))
    assert (plan.alarms, plan.dashboard) == ((), None)


def test_names_tell_pipeline_and_stage(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path), stage="prod")
    names = [f.name for f in plan.functions] + [q.name for q in plan.queues] + [plan.dashboard or ""]
    assert all(name.startswith("shop-orders-prod-") for name in names)
    assert len(set(names)) == len(names)


def test_a_pipeline_on_its_own_shares_with_nobody(tmp_path: Path) -> None:
    assert plan_pipeline(declare(tmp_path)).platform == platform_names("shop-orders", "dev")


def test_a_key_of_the_platform_is_granted_to_every_function(tmp_path: Path) -> None:
    shared = platform_names("pipelines", "dev", customer_key=True)
    with_key = plan_pipeline(declare(tmp_path), platform=shared)
    without = plan_pipeline(declare(tmp_path))
    assert all("Key" in {grant.sid for grant in function.grants} for function in with_key.functions)
    assert all("Key" not in {grant.sid for grant in function.grants} for function in without.functions)


def test_what_only_the_catalogue_can_tell_is_refused_before_the_plan(tmp_path: Path) -> None:
    declaration = declare(tmp_path, runner={"handler": "handlers.orders:land_order", "size": "gigantic"})
    with pytest.raises(DeclarationError, match="gigantic"):
        plan_pipeline(declaration)


def test_an_override_of_a_resource_that_the_plan_lacks_is_refused_with_those_it_has(tmp_path: Path) -> None:
    override = {"resource": "bufer", "property": "DelaySeconds", "value": 1, "reason": "the partner needs a pause"}
    with pytest.raises(DeclarationError, match="buffer") as caught:
        plan_pipeline(declare(tmp_path, overrides=[override]))
    assert caught.value.faults[0].code == "override-unknown-resource"
