"""A person is asked once for each gate, and a decision that stands is not asked for again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.drills.memory.faults import Fault, at
from constructs_lib.drills.memory.objects import MemoryS3
from functions.ask_approval.gate import StepFunctionsGate
from functions.ask_approval.handler import AskApproval, deploy
from functions.ask_approval.logic import KEPT_SECONDS, Asking, PlatformBusy
from functions.contract.approval import APPROVED, REJECTED, Question
from functions.contract.ledger import Status
from functions.contract.state import approval_key
from functions.contract.workflow import PLATFORM_BUSY, StepFacts
from functions.runtime.errors import SettingsError
from functions.runtime.events import EventBridgeSink
from functions.runtime.ledger import PartiqlLedgerStore
from functions.runtime.objects import S3ObjectStore
from functions.runtime.schedule.versioned_item import VersionedItem
from functions.runtime.steps.references import Values
from tests.runtime.fakes import LEDGER
from tests.runtime.steps.platform_parts import Parts
from tests.runtime.steps.stepped import FACTS


@dataclass
class States:
    """Step Functions, as far as a gate is answered."""

    told: list[dict[str, Any]] = field(default_factory=list)
    code: str = ""

    def send_task_success(self, **told: Any) -> None:
        self._take(told)

    def send_task_failure(self, **told: Any) -> None:
        self._take(told)

    def _take(self, told: dict[str, Any]) -> None:
        if self.code:
            raise ClientError({"Error": {"Code": self.code}}, "SendTask")
        self.told.append(told)


@dataclass
class Context:
    aws_request_id: str = "request-1"


class Desk(Parts):
    """The asking function of one pipeline."""

    def __init__(self, data_class: str = "internal") -> None:
        super().__init__(data_class)
        self.states = States()
        self.s3 = MemoryS3(self.calls, "raw-bucket")
        self.values = Values(S3ObjectStore(lambda: self.s3), "raw-bucket", "shop-orders")
        asking = Asking(
            writer=self.writer,
            items=self.state,
            ledger=PartiqlLedgerStore(self.client, LEDGER),
            events=EventBridgeSink(lambda: self.bus, "platform-events"),
            gate=StepFunctionsGate(lambda: self.states),
            values=self.values,
            now=self.clock.now,
        )
        self.function = AskApproval(asking)

    def ask(self, callback: str = "token-1", message: Any = "release 1.2?", redrive: int = 0) -> None:
        step = StepFacts("release", (3,), callback=callback, execution=f"arn:execution:{redrive}")
        run = replace(FACTS, redrive=redrive)
        given = {"message": message, "timeout_seconds": 60}
        self.function({"run": asdict(run), "step": asdict(step), "record": {}, "input": given}, Context())

    def item(self) -> VersionedItem:
        return VersionedItem(self.state, approval_key("shop-orders", FACTS.token, "release[3]"))

    def question(self) -> Question:
        value, _ = self.item().read()
        assert value
        return Question(**value)

    def decide(self, decision: str) -> None:
        value, revision = self.item().read()
        assert value
        decided = {**value, "decision": decision, "decided_by": "arn:ada", "decided_at": "then", "comment": "fine"}
        assert self.item().write(decided, revision)


def test_a_question_is_kept_told_and_on_record() -> None:
    desk = Desk()
    desk.ask()
    question = desk.question()
    assert (question.callback, question.message, question.decision) == ("token-1", "release 1.2?", "")
    assert question.kept_until == int(desk.clock.now()) + 60 + KEPT_SECONDS
    (event,) = desk.bus.entries
    assert json.loads(event["Detail"])["message"] == "release 1.2?"
    (entry,) = desk.ledger()
    assert (entry.status, entry.step, entry.parent_run_id) == (Status.OPERATED, "release[3]", FACTS.run_id)
    assert not desk.states.told


def test_of_masked_data_the_bus_is_not_told_the_message() -> None:
    desk = Desk("restricted")
    desk.ask(message={"patient": "Ada"})
    assert desk.question().message == '{"patient":"Ada"}'
    assert "Ada" not in json.dumps(desk.bus.entries)
    assert "Ada" not in "".join(entry.text for entry in desk.ledger())


def test_a_message_whose_large_part_is_an_object_is_told_as_it_was_meant() -> None:
    desk = Desk()
    changes = ["fewer parcels are lost " * 40]
    shrunk = desk.values.shrunk({"release": "1.2", "changes": changes}, FACTS.token, 600)
    assert list(shrunk["changes"][0]) == ["$ref"]
    desk.ask(message=shrunk)
    (event,) = desk.bus.entries
    told = json.loads(json.loads(event["Detail"])["message"])
    assert told == json.loads(desk.question().message) == {"release": "1.2", "changes": changes}


def test_a_message_whose_large_part_is_gone_is_asked_as_it_stands() -> None:
    desk = Desk()
    shrunk = desk.values.shrunk({"changes": "x" * 600}, FACTS.token, 300)
    desk.s3.objects.clear()
    desk.ask(message=shrunk)
    assert json.loads(desk.question().message) == shrunk


def test_asking_again_replaces_the_task_token_and_adds_no_entry() -> None:
    desk = Desk()
    desk.ask("token-1")
    desk.ask("token-2")
    assert desk.question().callback == "token-2"
    assert len(desk.ledger()) == 1


@pytest.mark.parametrize("redrive", [0, 1])
def test_an_approval_that_stands_opens_the_gate_at_once(redrive: int) -> None:
    desk = Desk()
    desk.ask("token-1")
    desk.decide(APPROVED)
    desk.ask("token-2", redrive=redrive)
    (told,) = desk.states.told
    assert told["taskToken"] == "token-2"
    assert json.loads(told["output"]) == {"approved_by": "arn:ada", "approved_at": "then", "comment": "fine"}


def test_a_rejection_closes_the_gate_of_its_own_execution_alone() -> None:
    desk = Desk()
    desk.ask("token-1")
    desk.decide(REJECTED)
    desk.ask("token-2")
    (told,) = desk.states.told
    assert (told["taskToken"], told["error"]) == ("token-2", "ApprovalRejected")
    desk.ask("token-3", redrive=1)
    assert len(desk.states.told) == 1
    assert (desk.question().decision, desk.question().callback) == ("", "token-3")


def test_a_gate_that_waits_no_more_takes_no_answer_and_that_is_no_error() -> None:
    desk = Desk()
    desk.ask()
    desk.decide(APPROVED)
    desk.states.code = "TaskTimedOut"
    desk.ask("token-2")
    desk.states.code = "AccessDeniedException"
    with pytest.raises(PlatformBusy):
        desk.ask("token-3")


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.LOST_ANSWER])
@pytest.mark.parametrize("index", range(4))
def test_a_fault_at_any_call_asks_again_under_a_name_that_is_always_retried(fault: Fault, index: int) -> None:
    desk = Desk()
    desk.calls.plan = at(index, fault)
    with pytest.raises(PlatformBusy) as raised:
        desk.ask()
    assert type(raised.value).__name__ == PLATFORM_BUSY
    desk.ask("token-2")
    assert desk.question().callback == "token-2"
    assert len(desk.ledger()) == 1
    assert desk.bus.entries


def test_without_its_environment_the_function_does_not_start() -> None:
    with pytest.raises(SettingsError, match="PIPELINE_STATE_TABLE is missing"):
        deploy()
