"""A partner's list is loaded row by row, bad rows are told one by one, and a list that is none is set aside."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.ledger import Status
from functions.contract.message import FAILURE
from functions.runtime.stores.memory import MemoryBucket, MemoryTable
from functions.runtime.stores.values import from_attributes

if TYPE_CHECKING:
    from types import ModuleType

    from constructs_lib.drills.memory.states.execution import Execution
    from constructs_lib.drills.workflows import WorkflowWorld
    from constructs_lib.local.trial import Trial


PIPELINE = "partner-files"
EVENTS = Path(__file__).parent / "events"
ARRIVED = {"bucket": "in", "key": "incoming/north/2026-11.csv", "event": "created", "version_id": "v1"}


class Arrived:
    """The source's bucket with one file in it."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def open(self, _arrived: Any) -> io.BytesIO:
        return io.BytesIO(self.content)

    def read(self, _arrived: Any) -> bytes:
        return self.content


@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> ModuleType:
    monkeypatch.syspath_prepend(str(request.path.parent))
    return import_module("partner_files")


def stores(content: bytes) -> Any:
    found = {
        "source": Arrived(content),
        "prices": MemoryTable(("list", "sku")),
        "catalogue": MemoryTable("partner"),
        "unusable": MemoryBucket(prefix="unusable/"),
    }
    return SimpleNamespace(stores=SimpleNamespace(**found))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"article;cost\nkettle;1\n", "the header is not sku,price"),
        (b"sku,price\n", "0 rows, and 1 to 10000 can be loaded"),
        (b"\xff\xfe", "no CSV in UTF-8"),
        (b'sku,price\n"kettle,1\n', "no CSV in UTF-8"),
    ],
)
def test_a_list_that_cannot_be_loaded_says_why_and_is_kept_beside_the_reason(
    handlers: ModuleType, content: bytes, reason: str
) -> None:
    run = stores(content)
    told = handlers.prevalidate.function(ARRIVED, run)
    assert (told["good"], told["reason"]) == (False, reason)
    handlers.set_aside.function({"arrived": ARRIVED, "reason": reason}, run)
    key = "unusable/north/2026-11@v1.csv"
    assert run.stores.unusable.objects == {key: content, f"{key}.reason": reason.encode()}


def test_the_rows_of_a_batch_are_loaded_but_for_those_without_a_price(handlers: ModuleType) -> None:
    run = stores((EVENTS / "prices.csv").read_bytes())
    told = handlers.prevalidate.function(ARRIVED, run)
    assert told == {"partner": "north", "list": "north/2026-11@v1", "good": True, "reason": "", "rows": 5}
    rows = [{"sku": "kettle", "price": "19.90"}, {"sku": "tray", "price": "call us"}, {"sku": "cup", "price": "4"}]
    with pytest.raises(handlers.RowsUnusable, match="no price: tray"):
        handlers.load_rows.function({"list": told["list"], "rows": rows}, run)
    found = {item["sku"]: item["price"] for item in run.stores.prices.items}
    assert found == {"kettle": Decimal("19.90"), "cup": 4}
    counted = handlers.reconcile.function(told, run)
    assert counted == {"list": "north/2026-11@v1", "rows": 5, "loaded": 2, "missing": 3}


def test_the_catalogue_names_the_newest_list_of_partners_that_it_knows(handlers: ModuleType) -> None:
    run = stores(b"")
    told = {"partner": "north", "list": "north/2026-11@v1"}
    with pytest.raises(handlers.PartnerUnknown):
        handlers.index_list.function(told, run)
    run.stores.catalogue.put({"partner": "north"})
    handlers.index_list.function(told, run)
    assert run.stores.catalogue.items == [{"partner": "north", "newest": "north/2026-11@v1"}]


class Partners:
    """Whoever delivers lists, and what became of them."""

    def __init__(self, trial: Trial) -> None:
        plan = trial.plans[PIPELINE]
        self.s3: Any = trial.client("s3")
        self.tables: Any = trial.client("dynamodb")
        self.queue: Any = trial.client("sqs")
        self.runs = trial.runs(PIPELINE)
        self.evidence = trial.evidence(PIPELINE)
        self.incoming, self.unusable = (
            trial.resolve(plan.resource(id).name) for id in ("source-bucket", "unusable-bucket")
        )

    def deliver(self, key: str, event: str) -> str:
        """Put a file into the bucket and return the token of its run."""
        before = set(self._tokens())
        self.s3.put_object(Bucket=self.incoming, Key=key, Body=(EVENTS / event).read_bytes())
        self.evidence.wait_until("the run began", lambda: len(self._tokens()) > len(before))
        (token,) = set(self._tokens()) - before
        return token

    def _tokens(self) -> list[str]:
        return [entry.run_token for entry in self.evidence.every_entry() if entry.status is Status.STARTED]

    def prices(self) -> dict[str, Any]:
        items = self.tables.scan(TableName=f"{PIPELINE}-dev-prices", ConsistentRead=True)["Items"]
        return {item["sku"]: item["price"] for item in map(from_attributes, items)}

    def letters(self) -> list[tuple[Any, str]]:
        """Return bodies and reasons of the dead letters."""
        found = self.queue.receive_message(
            QueueUrl=self.evidence.queue_url("dlq"),
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageAttributeNames=["All"],
        )
        return [
            (json.loads(one["Body"]), json.loads(one["MessageAttributes"][FAILURE]["StringValue"])["reason"])
            for one in found.get("Messages", [])
        ]


@pytest.fixture(scope="module")
def partners(example: Trial) -> Partners:
    return Partners(example)


def test_a_list_is_loaded_but_for_a_bad_row_which_is_told_with_its_number(partners: Partners) -> None:
    token = partners.deliver("incoming/north/2026-11.csv", "prices.csv")
    assert partners.runs.wait_until_ended(token) is Status.SUCCEEDED
    assert partners.prices() == {
        "kettle": Decimal("19.90"),
        "teapot": Decimal("24.50"),
        "cup": 4,
        "spoon": Decimal("1.20"),
    }
    output = partners.runs.execution(token).output
    assert (output["rows"], output["loaded"], output["missing"]) == (5, 4, 1)
    steps = partners.runs.steps(token)
    assert ("load_rows[2]", Status.FAILED) in steps
    assert ("load_rows[1]", Status.SUCCEEDED) in steps
    assert ("load[2]", Status.DEAD_LETTERED) in steps
    assert ("index_list", Status.WARNED) in steps
    assert [(body, reason) for body, reason in partners.letters()] == [
        ([{"sku": "tray", "price": "call us"}], "item-failed")
    ]


def test_a_list_that_is_none_is_set_aside_with_the_reason_and_fails_the_run(partners: Partners) -> None:
    token = partners.deliver("incoming/south/2026-11.csv", "semicolons.csv")
    assert partners.runs.wait_until_ended(token) is Status.DEAD_LETTERED
    (letter,) = partners.evidence.dead_letters(token)
    assert (letter.error_type, letter.error_message) == ("FileUnusable", "the header is not sku,price")
    keys = [one["Key"] for one in partners.s3.list_objects_v2(Bucket=partners.unusable)["Contents"]]
    assert sorted(key.partition("@")[0] for key in keys) == ["unusable/south/2026-11"] * 2
    assert not {step for step, _ in partners.runs.steps(token)} & {"load_rows[0]", "index_list", "reconcile"}


def load(world: WorkflowWorld, prices: list[str]) -> Execution:
    """Run a list of so many rows in memory."""
    content = "\n".join(["sku,price", *(f"sku-{n:04},{price}" for n, price in enumerate(prices)), ""]).encode()
    bucket = definition(world)["ItemReader"]["Arguments"]["Bucket"]
    world.world.stores["source"] = Arrived(content)
    world.world.s3.arrived[f"{bucket}/{ARRIVED['key']}"] = content
    execution = world.start(ARRIVED, fields={"object": ARRIVED})
    world.run()
    return execution


def definition(world: WorkflowWorld) -> dict[str, Any]:
    """Return the map of the state machine as it is deployed to AWS."""
    machine = world.plan.state_machine
    assert machine is not None
    found: dict[str, Any] = json.loads(machine.definition)["States"]["load"]
    return found


def test_a_thousand_rows_are_loaded_in_batches_of_fifty_and_the_results_are_written(in_memory: WorkflowWorld) -> None:
    execution = load(in_memory, ["?" if n in {7, 8, 520} else str(n) for n in range(1000)])
    expected = {"list": "north/2026-11@v1", "rows": 1000, "loaded": 997, "missing": 3}
    assert (execution.status, execution.output) == ("SUCCEEDED", expected)
    batches = {entry.step for entry in in_memory.entries() if (entry.step or "").startswith("load_rows")}
    assert batches == {f"load_rows[{n}]" for n in range(0, 1000, 50)}
    assert [len(json.loads(letter.body)) for letter in in_memory.letters()] == [50, 50]
    written = sorted(key.rpartition("/")[2] for key in in_memory.world.s3.written)
    assert written == ["FAILED_0.json", "SUCCEEDED_0.json", "manifest.json"]
    assert Status.WARNED in {entry.status for entry in in_memory.entries() if entry.step == "index_list"}


def test_more_than_a_fifth_of_bad_rows_fail_the_run(in_memory: WorkflowWorld) -> None:
    execution = load(in_memory, ["?" if n < 60 else "1" for n in range(200)])
    assert (execution.status, execution.error) == ("FAILED", "States.ExceedToleratedFailureThreshold")
    assert "reconcile" not in in_memory.states.entered()


def test_the_definition_on_aws_reads_the_file_in_batches_and_writes_what_became_of_them(
    in_memory: WorkflowWorld,
) -> None:
    found = definition(in_memory)
    config = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "MaxItems": 10_001}
    assert found["ItemReader"]["ReaderConfig"] == config
    assert found["ItemBatcher"]["MaxItemsPerBatch"] == 50
    assert (found["MaxConcurrency"], found["ToleratedFailurePercentage"]) == (25, 20)
    assert found["ResultWriter"]["Arguments"]["Bucket"].startswith("partner-files-dev-reports-")
