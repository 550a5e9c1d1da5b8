"""Logs, metrics and traces of a runner."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from functions.contract.environment import TenantSettings
from functions.contract.metric import NAMESPACE, RecordMetric
from functions.runtime import Permanent, Recoverable, Run
from functions.runtime.redactor import Redactor
from functions.runtime.telemetry import TRACE_HEADER, TRACE_SWITCH, Tracing
from tests.runtime.fakes import World, put

SAMPLED = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


def metrics_of(text: str) -> list[tuple[str, float, list[list[str]]]]:
    """Return name, value and dimension sets of every metric in the log."""
    lines = [json.loads(line) for line in text.splitlines() if '"_aws"' in line]
    return [
        (metric["Name"], sum(line[metric["Name"]]), directive["Dimensions"])
        for line in lines
        for directive in line["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
        if directive["Namespace"] == NAMESPACE
    ]


def test_every_outcome_is_counted_once(capsys: pytest.CaptureFixture[str]) -> None:
    def handler(order: Any, run: Run) -> None:
        if order["order_id"] == "o-1":
            raise Recoverable
        if order["order_id"] == "o-2":
            raise Permanent
        put(order, run)

    world = World(handler)
    world.send(*({"order_id": f"o-{number}"} for number in range(5)), {"order_id": "o-3"}, "broken")
    world.deliver()
    counts = {name: value for name, value, _ in metrics_of(capsys.readouterr().out)}
    assert counts == {
        RecordMetric.RECEIVED: 7,
        RecordMetric.LANDED: 3,
        RecordMetric.DUPLICATES: 1,
        RecordMetric.QUARANTINED: 1,
        RecordMetric.FAILED: 1,
        RecordMetric.DEAD_LETTERED: 1,
        RecordMetric.DRIFTED: 0,
    }


def test_landed_records_are_counted_in_total_and_by_tenant(capsys: pytest.CaptureFixture[str]) -> None:
    world = World(tenant=TenantSettings(key="body.shop"))
    world.send(*({"order_id": f"o-{number}", "shop": f"s-{number % 2}"} for number in range(3)))
    world.deliver()
    out = capsys.readouterr().out
    landed = [(value, sets) for name, value, sets in metrics_of(out) if name == RecordMetric.LANDED]
    total, by_tenant = ["pipeline", "service"], ["pipeline", "service", "tenant"]
    assert landed == [(2, [total, by_tenant]), (1, [total, by_tenant])]
    assert [json.loads(line)["tenant"] for line in out.splitlines() if '"tenant"' in line] == ["s-0", "s-1"]
    received = [(value, sets) for name, value, sets in metrics_of(out) if name == RecordMetric.RECEIVED]
    assert received == [(3, [total])]


def test_a_batch_in_which_nothing_landed_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    world = World()
    world.send("broken")
    world.deliver()
    counts = {name: value for name, value, _ in metrics_of(capsys.readouterr().out)}
    assert (counts[RecordMetric.LANDED], counts[RecordMetric.QUARANTINED]) == (0, 1)


def test_metrics_of_the_handler_are_written_and_do_not_touch_those_of_the_platform(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def handler(order: Any, run: Run) -> None:
        run.metrics.add_dimension(name="currency", value="EUR")
        run.metrics.add_metric(name="Revenue", unit="Count", value=5)

    world = World(handler)
    world.send({"order_id": "o-1"})
    world.deliver()
    sets = {name: sets for name, _, sets in metrics_of(capsys.readouterr().out)}
    assert any("currency" in dimension for dimension in sets["Revenue"])
    assert not any("currency" in dimension for dimension in sets[RecordMetric.RECEIVED])


def test_the_handlers_lines_carry_the_identity_of_its_record_and_later_lines_do_not() -> None:
    def handler(order: Any, run: Run) -> None:
        run.logger.info("seen", extra={"order": order["order_id"]})

    world = World(handler, tenant=TenantSettings(key="body.shop"))
    world.send({"order_id": "o-1", "shop": "s-1"}, {"order_id": "o-2", "shop": "s-2"})
    world.deliver()
    seen = [line for line in world.logged() if line["message"] == "seen"]
    assert [(line["tenant"], line["order"], line["run_id"]) for line in seen] == [
        ("s-1", "o-1", "message-1.1"),
        ("s-2", "o-2", "message-2.1"),
    ]
    assert {line["run_token"] for line in seen} == {entry.run_token for entry in world.entries()}
    assert {(line["pipeline"], line["stage"]) for line in seen} == {("shop-orders", "dev")}
    assert all(line["correlation_id"] for line in seen)


def test_what_did_not_simply_land_is_logged_by_its_weight() -> None:
    def handler(order: Any, run: Run) -> None:
        raise {"a": Recoverable, "b": Permanent, "c": ValueError}[order["order_id"]]("x")

    world = World(handler)
    world.send({"order_id": "a"}, {"order_id": "b"}, {"order_id": "c"}, "broken")
    world.deliver()
    levels = {line["message"]: line["level"] for line in world.logged() if line.get("error_type") != "ValueError"}
    assert levels == {
        "record failed": "WARNING",
        "record dead_lettered": "ERROR",
        "record quarantined": "WARNING",
    }
    assert [line["level"] for line in world.logged() if line.get("error_type") == "ValueError"] == ["ERROR"]


def test_records_that_land_are_not_logged_one_by_one() -> None:
    world = World()
    world.send(*({"order_id": f"o-{number}"} for number in range(10)))
    world.deliver()
    assert world.logged() == []


@pytest.mark.parametrize(
    ("environment", "sampled"),
    [
        ({}, False),
        ({TRACE_HEADER: SAMPLED}, True),
        ({TRACE_HEADER: SAMPLED.replace("Sampled=1", "Sampled=0")}, False),
        ({TRACE_HEADER: SAMPLED, TRACE_SWITCH: "true"}, False),
        ({TRACE_HEADER: SAMPLED, TRACE_SWITCH: "false"}, True),
    ],
)
def test_only_sampled_invocations_are_traced(environment: dict[str, str], sampled: bool) -> None:
    assert Tracing("service", Redactor(), environment).sampled is sampled


def test_an_invocation_that_is_not_sampled_imports_no_tracer() -> None:
    before = set(sys.modules)
    with Tracing("service", Redactor(), {}).segment("## handler", {"tenant": "t"}):
        pass
    assert {name for name in set(sys.modules) - before if "xray" in name} == set()


SAMPLED_RECORD = """
from aws_xray_sdk.core import xray_recorder
from functions.runtime.redactor import Redactor
from functions.runtime.telemetry import Tracing

with Tracing("service", Redactor()).segment("## land_order", {"tenant": "t-1"}):
    current = xray_recorder.current_subsegment()
print(current.name, current.annotations)
"""


def test_a_sampled_record_is_a_subsegment_with_annotations() -> None:
    """In a process of its own, because the tracer patches botocore for good."""
    in_lambda = {"LAMBDA_TASK_ROOT": "/var/task", TRACE_HEADER: SAMPLED, "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:1"}
    command = [sys.executable, "-c", SAMPLED_RECORD]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **in_lambda}, check=False)
    assert done.stdout.strip() == "## land_order {'tenant': 't-1'}", done.stderr
