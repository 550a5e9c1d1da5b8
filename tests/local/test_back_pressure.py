"""Back pressure on the embedded AWS: the deployed function lowers the mapping under its own role, and restores it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration import load_pipeline
from constructs_lib.local.faults import Action, Fault
from constructs_lib.local.project import PLATFORM, STAGE
from constructs_lib.local.session import LocalSession
from constructs_lib.model.names import platform_names
from functions.contract.ledger import Status
from functions.contract.state import BREAKER, dependency_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.project import Project
    from constructs_lib.model.plan import PipelinePlan

ROOT = Path(__file__).parents[2]
DECLARATION = """\
version: 1
pipeline: {name}
owner: orders-team@example.com
source: {{ type: queue }}
runner: {{ handler: "handlers.stock:land_level", code: {code}, size: medium, timeout: 10s, max_concurrency: 8 }}
queue: {{ batch_size: 1 }}
retry: {{ interval: 1s, max_delay: 2s }}
idempotency: {{ key: [body.sku] }}
outputs: [{{ type: raw }}]
back_pressure: {{ dependency: raw-store, failure_threshold: 3, recovery_timeout: 3s, action: {action} }}
"""


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("declared")
    for action in ("slow", "pause"):
        text = DECLARATION.format(name=f"levels-{action}", action=action, code=ROOT / "pipelines")
        (folder / f"levels-{action}.yaml").write_text(text)
    return folder


@pytest.fixture(scope="module")
def deployed(project: Project, declared: Path) -> Iterator[LocalSession]:
    with LocalSession(project.emulator_environment) as session:
        synthesised, ran = project.synth(session, declared)
        assert ran.exit_code == 0, ran.output
        session.deploy(session.adapt(synthesised), project.plans(declared))
        yield session


def plan_of(declared: Path, action: str) -> PipelinePlan:
    declaration = load_pipeline(declared / f"levels-{action}.yaml")
    return plan_pipeline(declaration, stage=STAGE, platform=platform_names(PLATFORM, STAGE))


def intake(session: LocalSession, plan: PipelinePlan) -> tuple[str, int]:
    name = plan.function(plan.runner).name
    (found,) = session.aws.client("lambda").list_event_source_mappings(FunctionName=f"{name}:live")[
        "EventSourceMappings"
    ]
    return found["State"], found["ScalingConfig"]["MaximumConcurrency"]


def forget_breaker(session: LocalSession, plan: PipelinePlan) -> None:
    key = {"pk": {"S": dependency_key("raw-store")}, "sk": {"S": BREAKER}}
    session.aws.client("dynamodb").delete_item(TableName=plan.platform.state_table, Key=key)


def send(session: LocalSession, evidence: Evidence, count: int) -> None:
    for number in range(count):
        body = json.dumps({"warehouse": "w", "sku": f"sku-{number}", "counted_at": "now", "pieces": 1})
        session.aws.client("sqs").send_message(QueueUrl=evidence.queue_url("buffer"), MessageBody=body)


def statuses(evidence: Evidence, *wanted: Status) -> list[Any]:
    return [entry for entry in evidence.every_entry() if entry.status in wanted]


@pytest.mark.parametrize(("action", "lowered"), [("slow", ("Enabled", 2)), ("pause", ("Disabled", 2))])
def test_intake_is_lowered_while_the_store_is_down_and_everything_lands_afterwards(
    deployed: LocalSession, declared: Path, action: str, lowered: tuple[str, int]
) -> None:
    plan = plan_of(declared, action)
    evidence = deployed.evidence(plan)
    forget_breaker(deployed, plan)
    assert intake(deployed, plan) == ("Enabled", 8)
    down = Fault(service="s3", action=Action.ANSWER, operation="PutObject", code="SlowDown")
    with deployed.proxy.faults.active(down):
        send(deployed, evidence, 12)
        evidence.wait_until("intake is lowered", lambda: intake(deployed, plan) == lowered, 40)
        evidence.wait_until("it is on record", lambda: len(statuses(evidence, Status.SLOWED)) == 1, 20)
    evidence.wait_until("all have landed", lambda: len(statuses(evidence, Status.SUCCEEDED)) == 12, 90)
    evidence.wait_until("intake is restored", lambda: intake(deployed, plan) == ("Enabled", 8), 60)
    evidence.wait_until("that is on record", lambda: len(statuses(evidence, Status.RESUMED)) == 1, 20)
    slowed, resumed = statuses(evidence, Status.SLOWED, Status.RESUMED)
    assert resumed.previous_hash == slowed.hash
    assert resumed.duration_ms >= 3000
    assert slowed.function == plan.function("control_intake").name
    assert statuses(evidence, Status.DEAD_LETTERED) == []
