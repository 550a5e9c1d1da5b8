"""Governance holds for what is made before and after the call, and for one stage alone; nothing slips through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, Duration, Stack, Stage, aws_lambda, aws_sqs

from constructs_lib.governance.attach import govern, synthesize
from constructs_lib.patterns import PipelineStack, PlatformStack
from tests.declarations import declare

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import Construct

OPEN = {
    "source": {"type": "http", "path": "/orders", "auth": {"type": "none"}},
    "idempotency": {"key": ["body.order_id"]},
    "tenant": None,
}
EXISTING = {
    "source": {"type": "queue", "arn": "arn:aws:sqs:eu-west-1:111122223333:stock"},
    "queue": {"visibility_timeout": "10m"},
    "idempotency": {"key": ["body.order_id"]},
    "tenant": None,
}


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(outdir=str(tmp_path / "assembly"), context={"aws:cdk:enable-path-metadata": True})


def add(scope: Construct, folder: Path, **fields: Any) -> PipelineStack:
    platform = PlatformStack(scope, "platform").platform
    return PipelineStack(scope, "shop", declare(folder, **fields), platform=platform)


def found(app: App) -> set[tuple[str, str]]:
    """Return rule and resource of everything that is found."""
    with pytest.raises(SystemExit):
        synthesize(app)
    reports = [json.loads(file.read_text()) for file in sorted(Path(app.outdir).rglob("governance-report.json"))]
    return {(f["rule"].removeprefix("Pipeline::"), f["place"]["resource"]) for r in reports for f in r["findings"]}


def after(app: App, folder: Path, **fields: Any) -> None:
    add(app, folder, **fields)
    govern(app)


def before(app: App, folder: Path, **fields: Any) -> None:
    govern(app)
    add(app, folder, **fields)


def one_stage(app: App, folder: Path, **fields: Any) -> None:
    stage = Stage(app, "Wave")
    govern(stage)
    add(stage, folder, **fields)


def app_of_stages(app: App, folder: Path, **fields: Any) -> None:
    add(Stage(app, "Wave"), folder, **fields)
    govern(app)


ORDERS = pytest.mark.parametrize("order", [after, before, one_stage, app_of_stages])


@ORDERS
def test_a_sound_pipeline_passes_with_both_packs(app: App, tmp_path: Path, order: Callable[..., None]) -> None:
    order(app, tmp_path)
    synthesize(app)


@ORDERS
def test_a_fault_is_found(app: App, tmp_path: Path, order: Callable[..., None]) -> None:
    order(app, tmp_path, **OPEN)
    assert ("open-endpoint", "route") in found(app)


def test_a_stage_answers_for_its_own_pipelines_alone(app: App, tmp_path: Path) -> None:
    add(Stage(app, "Other"), tmp_path, **OPEN)
    one_stage(app, tmp_path)
    govern(Stage(app, "Empty"))
    synthesize(app)


def test_a_pipeline_that_reads_an_existing_queue_passes_with_both_packs(app: App, tmp_path: Path) -> None:
    after(app, tmp_path, **EXISTING)
    synthesize(app)


def test_a_grant_on_the_ledger_of_another_stack_is_found(app: App, tmp_path: Path) -> None:
    pipeline = add(app, tmp_path).pipeline
    pipeline.ledger.grant_write_data(pipeline.roles["land_order"])
    govern(app, packs=False)
    assert ("ledger-append-only", "land_order") in found(app)


def test_a_grant_to_a_function_that_no_pipeline_knows_is_found(app: App, tmp_path: Path) -> None:
    pipeline = add(app, tmp_path).pipeline
    other = stranger(Stack(app, "strangers"))
    pipeline.ledger.grant_write_data(other)
    govern(app, packs=False)
    assert "ledger-append-only" in {rule for rule, _ in found(app)}


def test_a_function_of_another_stack_on_the_role_of_a_pipeline_is_found(app: App, tmp_path: Path) -> None:
    pipeline = add(app, tmp_path).pipeline
    other = stranger(Stack(app, "strangers"), role=pipeline.roles["land_order"])
    govern(app, packs=False)
    resource = other.node.default_child
    assert isinstance(resource, aws_lambda.CfnFunction)
    assert ("shared-role", Stack.of(other).resolve(resource.logical_id)) in found(app)


def test_a_queue_of_another_stack_without_a_dead_letter_queue_is_found(app: App, tmp_path: Path) -> None:
    stack = add(app, tmp_path)
    queue = aws_sqs.Queue(Stack(app, "queues"), "Inbox", enforce_ssl=True, visibility_timeout=Duration.minutes(3))
    aws_lambda.CfnEventSourceMapping(
        stack,
        "Second",
        event_source_arn=queue.queue_arn,
        function_name=stack.pipeline.aliases["land_order"].function_arn,
        function_response_types=["ReportBatchItemFailures"],
        scaling_config=aws_lambda.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=2),
    )
    govern(app, packs=False)
    assert {rule for rule, _ in found(app)} == {"dlq-attached"}


def stranger(stack: Stack, **more: Any) -> aws_lambda.Function:
    """Return a function that somebody writes beside the pipelines."""
    return aws_lambda.Function(
        stack,
        "Stranger",
        runtime=aws_lambda.Runtime("python3.13", aws_lambda.RuntimeFamily.PYTHON, supports_inline_code=True),
        code=aws_lambda.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        timeout=Duration.seconds(3),
        **more,
    )
