"""The benchmark of the synthesis compares like with like: both sides build the same resources."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.synth import by_hand, declared
from benchmarks.synth.given import write_given
from benchmarks.synth.kernel import CallCounter
from constructs_lib.patterns import Bundler, BundleTarget

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_cdk import App

Resources = list[dict[str, Any]]
STACKS = ("platform-dev", "orders-001-dev", "orders-002-dev")
NAMES = (
    "FunctionName",
    "QueueName",
    "AlarmName",
    "DashboardName",
    "LogGroupName",
    "TableName",
    "BucketName",
    "TopicName",
    "Name",
)
NAMED = {
    "AWS::Lambda::Function", "AWS::SQS::Queue", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard",
    "AWS::Logs::LogGroup", "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SNS::Topic",
    "AWS::Events::EventBus",
}  # fmt: skip


def install_nothing(requirements: Path, into: Path, target: BundleTarget) -> None:
    """The content of the layer decides nothing here."""


@dataclass(frozen=True)
class Built:
    """What one side has built: its resources by stack, and the calls into CDK's kernel that it took."""

    resources: dict[str, Resources]
    kernel_calls: int


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    """Both sides of the comparison, for two pipelines."""
    folder = tmp_path_factory.mktemp("given")
    bundler = Bundler(cache=tmp_path_factory.mktemp("bundles"), install=install_nothing)
    write_given(folder, 2, bundler)
    return {
        "declared": _built(tmp_path_factory.mktemp("out"), lambda app: declared.add_stacks(app, folder, bundler)),
        "by-hand": _built(tmp_path_factory.mktemp("out"), lambda app: by_hand.add_stacks(app, folder)),
    }


def _built(output: Path, add_stacks: Callable[[App], None]) -> Built:
    from aws_cdk import App

    counter = CallCounter()
    counter.start()
    app = App(outdir=str(output))
    add_stacks(app)
    counter.stop()
    app.synth()
    return Built(_resources(output), counter.calls)


def _resources(assembly: Path) -> dict[str, Resources]:
    read = {stack: json.loads((assembly / f"{stack}.template.json").read_text()) for stack in STACKS}
    return {stack: list(template["Resources"].values()) for stack, template in read.items()}


def test_ours_needs_less_than_half_of_the_calls_into_the_kernel(built: dict[str, Built]) -> None:
    assert 0 < 2 * built["declared"].kernel_calls < built["by-hand"].kernel_calls


@pytest.mark.parametrize("stack", STACKS)
def test_both_sides_have_the_same_resource_types_and_counts(built: dict[str, Built], stack: str) -> None:
    ours, peer = (Counter(r["Type"] for r in built[side].resources[stack]) for side in ("declared", "by-hand"))

    assert ours == peer
    assert sum(ours.values()) == (32 if stack == "platform-dev" else 28)


@pytest.mark.parametrize("stack", STACKS)
def test_both_sides_give_every_named_resource_the_same_name(built: dict[str, Built], stack: str) -> None:
    ours, peer = (_names(built[side].resources[stack]) for side in ("declared", "by-hand"))

    assert ours == peer
    assert len(ours) >= 4


@pytest.mark.parametrize("stack", STACKS)
def test_both_sides_allow_the_same_actions_in_as_many_statements(built: dict[str, Built], stack: str) -> None:
    ours, peer = (_actions(built[side].resources[stack]) for side in ("declared", "by-hand"))

    assert ours == peer
    assert ours


@pytest.mark.parametrize("stack", STACKS)
def test_both_sides_alarm_on_the_same_metrics_at_the_same_thresholds(built: dict[str, Built], stack: str) -> None:
    ours, peer = (_alarms(built[side].resources[stack]) for side in ("declared", "by-hand"))

    assert ours == peer
    assert len(ours) == 6


@pytest.mark.parametrize("stack", STACKS[1:])
def test_both_sides_draw_as_many_widgets_and_hand_over_the_same_variables(built: dict[str, Built], stack: str) -> None:
    ours, peer = (built[side].resources[stack] for side in ("declared", "by-hand"))

    assert _widgets(ours) == _widgets(peer) > 1
    assert _variables(ours) == _variables(peer)
    assert _tags(ours) == _tags(peer)


def _names(resources: Resources) -> set[tuple[str, str]]:
    found = set()
    for resource in resources:
        if resource["Type"] in NAMED:
            names = [resource["Properties"].get(name) for name in NAMES]
            found |= {(resource["Type"], json.dumps(name)) for name in names if name is not None}
    return found


def _actions(resources: Resources) -> Counter[str]:
    """Return the statements of every policy, each as its effect and its actions."""
    found: Counter[str] = Counter()
    for resource in resources:
        properties = resource.get("Properties", {})
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        documents += [properties["PolicyDocument"]] if "PolicyDocument" in properties else []
        for statement in (statement for document in documents for statement in document["Statement"]):
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            found[f"{statement['Effect']} {sorted(actions)}"] += 1
    return found


def _alarms(resources: Resources) -> set[tuple[Any, ...]]:
    compared = ("AlarmName", "Namespace", "MetricName", "Statistic", "Period", "EvaluationPeriods", "Threshold")
    alarms = [r["Properties"] for r in resources if r["Type"] == "AWS::CloudWatch::Alarm"]
    return {tuple(alarm[name] for name in compared) for alarm in alarms}


def _widgets(resources: Resources) -> int:
    (body,) = [json.dumps(r["Properties"]["DashboardBody"]) for r in resources if r["Type"].endswith("::Dashboard")]
    return body.count('\\"type\\":\\"metric\\"') + body.count('\\"type\\":\\"text\\"')


def _variables(resources: Resources) -> dict[str, set[str]]:
    functions = [r["Properties"] for r in resources if r["Type"] == "AWS::Lambda::Function"]
    return {function["FunctionName"]: set(function["Environment"]["Variables"]) for function in functions}


def _tags(resources: Resources) -> list[Any]:
    (queue,) = [
        r["Properties"]
        for r in resources
        if r["Type"] == "AWS::SQS::Queue" and r["Properties"]["QueueName"].endswith("-buffer")
    ]
    tags: list[Any] = queue["Tags"]
    return tags
