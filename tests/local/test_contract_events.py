"""The contract on the emulated AWS: drift is told on the bus, and a changed contract lets quarantined records land."""

from __future__ import annotations

import io
import json
import shutil
import urllib.request
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from constructs_lib.cli import build_app
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration import load_pipeline
from constructs_lib.errors import UserError
from constructs_lib.local.emulator import aws_environment
from functions.contract.bundle import CONTRACT_FILE
from functions.contract.environment import Variable
from functions.contract.event_bus import SOURCE
from functions.contract.events import ContractDrift, DetailType
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.local.stories.scene import Scene
    from constructs_lib.model.plan import ContractPlan

PIPELINES = Path(__file__).parents[2] / "pipelines"
NOTHING = [{"sku": "tea-250", "quantity": 0, "unit_price": 4.5}]
"""Lines that the contract refuses: at least one of each article."""


@pytest.fixture(scope="module")
def told(scene: Scene) -> Iterator[str]:
    """A queue that a rule on the platform's bus sends drift to; its URL."""
    sqs, events = scene.session.aws.client("sqs"), scene.session.aws.client("events")
    url = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = json.dumps({"source": [SOURCE], "detail-type": [DetailType.CONTRACT_DRIFT.value]})
    bus = scene.plan.platform.event_bus
    events.put_rule(Name="drift", EventBusName=bus, EventPattern=pattern)
    events.put_targets(Rule="drift", EventBusName=bus, Targets=[{"Id": "told", "Arn": arn}])
    yield url
    events.remove_targets(Rule="drift", EventBusName=bus, Ids=["told"])
    events.delete_rule(Name="drift", EventBusName=bus)


def received(scene: Scene, url: str) -> list[dict[str, Any]]:
    answer = scene.session.aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=5)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def landed(scene: Scene, *orders: dict[str, Any]) -> bool:
    return all(scene.statuses(order)[-1:] == ["succeeded"] for order in orders)


def calls_to_the_bus(scene: Scene) -> int:
    return sum(call.operation == "PutEvents" for call in scene.session.proxy.calls)


def test_drift_arrives_once_at_whoever_listens_and_the_records_land(scene: Scene, told: str) -> None:
    orders = [scene.order(f"drifted-{number}", loyalty_card=number) for number in range(3)]
    with scene.session.held_back(scene.plan):
        for order in orders:
            scene.deliver(order)
    scene.evidence.wait_until("they land", lambda: landed(scene, *orders))
    scene.wait_until_quiet()
    (event,) = received(scene, told)
    detail = ContractDrift.from_json(json.dumps(event["detail"]))
    entries = [scene.evidence.entries(scene.token(order))[0] for order in orders]
    (fields,) = {entry.drift for entry in entries}
    assert detail.fields == fields
    assert fields[0].startswith("#")
    assert "loyalty" not in json.dumps(event)
    assert (detail.records, detail.pipeline, detail.tenant) == (3, "shop-orders", "dublin-1")
    assert detail.run_token in {entry.run_token for entry in entries}
    assert (detail.contract_version, detail.schema_hash) == (entries[0].contract_version, entries[0].schema_hash)
    assert calls_to_the_bus(scene) == 1


def test_records_without_drift_cost_no_call_to_the_bus(scene: Scene) -> None:
    before, order = calls_to_the_bus(scene), scene.order("known")
    scene.deliver(order)
    scene.evidence.wait_until("it lands", lambda: landed(scene, order))
    assert calls_to_the_bus(scene) == before


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The declaration with a contract that takes lines of nothing, too."""
    folder = tmp_path_factory.mktemp("changed") / "pipelines"
    shutil.copytree(PIPELINES, folder, ignore=shutil.ignore_patterns("__pycache__"))
    schema = folder / "schemas" / "order.v1.json"
    text = schema.read_text()
    assert '"minimum": 1' in text
    schema.write_text(text.replace('"minimum": 1', '"minimum": 0'))
    return folder / "shop-orders.yaml"


def deploy(scene: Scene, declaration: Path) -> None:
    """Bring the declaration's contract into the deployed runner: bundle, environment, version and alias."""
    contract = plan_pipeline(load_pipeline(declaration), stage="dev", platform=scene.plan.platform).contract
    assert contract is not None
    functions = scene.session.aws.client("lambda")
    name = scene.plan.function(scene.plan.runner).name
    code = scene.session.aws.client("lambda").get_function(FunctionName=name)["Code"]["Location"]
    bundle = with_contract(fetch(scene, code), Path(str(contract.schema_file)).read_bytes())
    functions.update_function_code(FunctionName=name, ZipFile=bundle)
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    variables[Variable.CONTRACT] = settings_of(contract, variables[Variable.CONTRACT])
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.update_alias(FunctionName=name, Name="live", FunctionVersion=version)


def fetch(scene: Scene, location: str) -> bytes:
    with urllib.request.urlopen(location) as answer:
        body: bytes = answer.read()
    return body


def with_contract(bundle: bytes, schema: bytes) -> bytes:
    copied = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as old, zipfile.ZipFile(copied, "w") as new:
        for item in old.infolist():
            new.writestr(item, schema if item.filename == CONTRACT_FILE else old.read(item))
    return copied.getvalue()


def settings_of(contract: ContractPlan, deployed: str) -> str:
    return json.dumps({**json.loads(deployed), "schema_hash": contract.schema_hash})


def test_a_record_in_quarantine_lands_once_when_the_contract_has_changed(
    scene: Scene, changed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in aws_environment(scene.session.proxy.url).items():
        monkeypatch.setenv(name, value)
    order = scene.order("nothing", lines=NOTHING)
    scene.deliver(order)
    token = scene.token(order)
    scene.evidence.wait_until("it is kept", lambda: scene.statuses(order) == ["quarantined"])
    runner, app = CliRunner(), build_app(("replay", "check"))

    def replay(declaration: Path, *more: str) -> Result:
        return runner.invoke(app, ["replay", str(declaration), "--quarantine", "--run-token", token, *more])

    unchanged = replay(PIPELINES / "shop-orders.yaml")
    assert "left: it breaks properties/lines/items" in unchanged.stdout
    assert unchanged.stdout.splitlines()[-1] == "0 replayed, 1 left in quarantine"
    early = replay(changed)
    assert isinstance(early.exception, UserError)
    assert [fault.code for fault in early.exception.faults] == ["contract-not-deployed"]
    assert "1 would be replayed" in replay(changed, "--dry-run").stdout
    assert scene.statuses(order) == ["quarantined"]

    deploy(scene, changed)
    assert replay(changed).stdout.splitlines()[-1] == "1 replayed, 0 left in quarantine"
    scene.evidence.wait_until("it lands", lambda: landed(scene, order))
    assert replay(changed).stdout.splitlines()[-1] == "0 replayed, 1 left in quarantine"
    assert replay(changed, "--again").stdout.splitlines()[-1] == "1 replayed, 0 left in quarantine"
    scene.evidence.wait_until("the second is told", lambda: scene.statuses(order)[-1:] == ["duplicate"])
    kept, replayed, done, _, _ = scene.evidence.entries(token)
    assert [entry.status for entry in (kept, replayed, done)] == [
        Status.QUARANTINED,
        Status.REPLAYED,
        Status.SUCCEEDED,
    ]
    assert (replayed.previous_hash, done.previous_hash) == (kept.hash, replayed.hash)
    assert {replayed.parent_run_id, done.parent_run_id} == {kept.run_id}
    assert done.schema_hash != kept.schema_hash
    assert [json.loads(record.text) for record in scene.evidence.landed(token)] == [order]
