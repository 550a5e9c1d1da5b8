"""An execution that ended without a word of its own gets one entry, and a letter that is the same record again."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.faults import Crash, Fault, at, client_error
from constructs_lib.drills.world import new_logger_name
from functions.close_run.handler import CloseRun, deploy
from functions.close_run.logic import Closing, NotClosed
from functions.contract.ledger import Status
from functions.contract.message import FAILURE, MAX_MESSAGE_BYTES, Failure, message_bytes
from functions.contract.workflow import Letter, below_run_id, execution_name
from functions.runtime.back_pressure.state_items import PartiqlStateItems
from functions.runtime.errors import SettingsError
from functions.runtime.partiql import Answer, Outcome
from functions.runtime.redactor import Redactor
from functions.runtime.run_entry import stamp
from functions.runtime.telemetry import make_logger
from tests.runtime.fakes import LEDGER
from tests.runtime.steps.platform_parts import Parts
from tests.runtime.steps.stepped import FACTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.back_pressure.state_items import Key

TEXT = {"DataType": "String", "StringValue": "corr-1"}
LETTER = Letter('{"order_id": "o-1"}', {"correlation_id": TEXT}, "acme")
NAME = execution_name(FACTS.token, 1)


@dataclass
class Context:
    aws_request_id: str = "request-1"


@dataclass
class Letters:
    """The dead-letter queue."""

    parts: Parts
    url: str = "https://queue/dlq"
    sent: list[dict[str, Any]] = field(default_factory=list)

    def send(self, message: Mapping[str, Any]) -> None:
        with self.parts.calls.call("SendMessage"):
            self.sent.append(dict(message))

    def input_of(self, arn: str) -> str:
        if arn != "arn:execution":
            raise client_error("ExecutionDoesNotExist")
        return given()


def given(**changes: Any) -> str:
    return json.dumps({"run": asdict(FACTS), "record": {}, "letter": {**asdict(LETTER), **changes}})


class Room(Parts):
    """The closing function of one pipeline."""

    def __init__(self, data_class: str = "internal", url: str = "https://queue/dlq") -> None:
        super().__init__(data_class)
        self.letters, self.log = Letters(self, url), io.StringIO()
        closing = Closing(self.writer, self.entries, self.letters, self.letters, self.clock.now)
        self.function = CloseRun(closing, make_logger("shop", "dev", new_logger_name(), Redactor(), self.log))

    def close(self, status: str = "TIMED_OUT", **detail: Any) -> None:
        told = {"executionArn": "arn:execution", "name": NAME, "status": status, "input": given(), **detail}
        self.function({"detail": {"startDate": 1_000, "stopDate": 4_000, **told}}, Context())

    def wrote(self, status: Status) -> None:
        entry = self.writer.entry(FACTS, status, NAME, self.clock.now(), "request-0")
        item = entry.to_item()
        assert self.entries.insert((item.pop("pk"), item.pop("sk")), item).done


@pytest.mark.parametrize(
    ("status", "detail", "name"),
    [
        ("TIMED_OUT", {}, "States.Timeout"),
        ("ABORTED", {}, "States.Aborted"),
        ("ABORTED", {"error": "Stopped", "cause": "by hand"}, "Stopped"),
        ("FAILED", {"error": "States.DataLimitExceeded", "cause": "too large"}, "States.DataLimitExceeded"),
    ],
)
def test_it_gets_an_entry_and_a_letter_that_name_each_other(status: str, detail: dict[str, str], name: str) -> None:
    room = Room()
    room.close(status, **detail)
    (entry,) = room.ledger()
    assert (entry.status, entry.run_token, entry.run_id) == (Status.DEAD_LETTERED, FACTS.token, NAME)
    assert (entry.sk, entry.parent_run_id, entry.duration_ms) == (f"dead_lettered#{NAME}", FACTS.run_id, 3_000)
    assert (entry.error_type, entry.error_message) == (name, detail.get("cause"))
    (letter,) = room.letters.sent
    assert letter["MessageBody"] == LETTER.body
    assert letter["MessageAttributes"]["correlation_id"] == TEXT
    failure = Failure.from_json(letter["MessageAttributes"][FAILURE]["StringValue"])
    assert (failure.run_token, failure.run_id, failure.error_type) == (FACTS.token, NAME, name)
    assert failure.failed_at == stamp(room.clock.now())


@pytest.mark.parametrize(
    ("error", "reason", "name"),
    [
        ("Refused", "permanent", "Refused"),
        ("CardRefused.Permanent", "permanent", "CardRefused"),
        ("CardBusy", "retries-exhausted", "CardBusy"),
        (None, "retries-exhausted", "States.Runtime"),
    ],
)
def test_its_letter_says_whether_another_try_may_help(error: str | None, reason: str, name: str) -> None:
    room = Room()
    room.close("FAILED", error=error)
    (letter,) = room.letters.sent
    failure = Failure.from_json(letter["MessageAttributes"][FAILURE]["StringValue"])
    assert (failure.reason, failure.error_type) == (reason, name)


@pytest.mark.parametrize("status", [Status.DEAD_LETTERED, Status.SUCCEEDED])
def test_what_its_own_states_have_told_is_not_told_again(status: Status) -> None:
    room = Room()
    room.wrote(status)
    room.close("FAILED")
    assert not room.letters.sent
    assert len(room.ledger()) == 1


def test_an_event_that_comes_twice_leaves_one_entry_and_one_letter() -> None:
    room = Room()
    room.close()
    room.close()
    assert len(room.ledger()) == len(room.letters.sent) == 1


def test_a_run_that_a_step_of_another_workflow_has_started_fails_without_a_letter() -> None:
    room, run = Room(), replace(FACTS, run_id=below_run_id(FACTS.token))
    text = json.dumps({"run": asdict(run), "record": {}, "letter": asdict(LETTER)})
    room.close("ABORTED", input=text)
    room.close("ABORTED", input=text)
    (entry,) = room.ledger()
    assert (entry.sk, entry.parent_run_id, entry.error_type) == (f"failed#{NAME}", run.run_id, "States.Aborted")
    assert not room.letters.sent


def test_what_was_too_large_for_the_event_is_asked_for() -> None:
    room = Room()
    room.close(input=None)
    assert len(room.letters.sent) == 1


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("index", range(4))
def test_a_fault_at_any_call_loses_neither_entry_nor_letter(fault: Fault, index: int) -> None:
    room = Room()
    room.calls.plan = at(index, fault)
    with pytest.raises((Exception, Crash)):
        room.close()
    room.close()
    assert len(room.ledger()) == 1
    assert 1 <= len(room.letters.sent) <= 2


class FullLedger(PartiqlStateItems):
    """A ledger that takes nothing now."""

    def insert(self, key: Key, values: Mapping[str, Any]) -> Answer:
        return Answer(Outcome.FAILED, "ThrottlingError")


def test_an_entry_that_is_not_taken_is_no_end() -> None:
    room = Room()
    room.entries = FullLedger(room.client, LEDGER)
    closing = Closing(room.writer, room.entries, room.letters, room.letters, room.clock.now)
    with pytest.raises(NotClosed, match="ThrottlingError"):
        closing.close({"name": NAME, "status": "ABORTED", "input": given()}, "request-1")


def test_of_masked_data_the_cause_is_told_nowhere() -> None:
    room = Room("confidential")
    room.close("FAILED", error="CardError", cause="card 4111")
    told = json.dumps(room.letters.sent) + room.log.getvalue() + room.ledger()[0].text
    assert "card 4111" not in told
    assert "masked: " in told


def test_a_letter_of_a_fifo_queue_keeps_its_group() -> None:
    room = Room(url="https://queue/dlq.fifo")
    room.close()
    (letter,) = room.letters.sent
    assert (letter["MessageGroupId"], letter["MessageDeduplicationId"]) == ("acme", NAME)


def test_a_letter_that_is_full_says_less_of_the_failure() -> None:
    room = Room()
    body = "x" * (MAX_MESSAGE_BYTES - 1_000)
    room.close("FAILED", error="CardError", cause="c" * 900, input=given(body=body))
    (letter,) = room.letters.sent
    assert message_bytes(letter["MessageBody"].encode(), letter["MessageAttributes"]) <= MAX_MESSAGE_BYTES
    assert Failure.from_json(letter["MessageAttributes"][FAILURE]["StringValue"]).error_message == ""


def test_an_execution_that_is_no_run_is_an_error() -> None:
    room = Room()
    with pytest.raises(ValueError, match="no run of a pipeline"):
        room.close(input="{}")
    assert not room.letters.sent


def test_without_its_environment_the_function_does_not_start() -> None:
    with pytest.raises(SettingsError, match="PIPELINE_DLQ_URL is missing"):
        deploy()
