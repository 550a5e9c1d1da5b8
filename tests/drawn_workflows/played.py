"""A state machine run in memory with scripted functions, as far as it can be held against a prediction."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.errors import StateError
from constructs_lib.drills.memory.states.machines import MemoryStates
from tests.drawn_workflows.lists import BUCKET, OBJECTS
from tests.drawn_workflows.script import PENDING, SILENCE, Effect, Script, answer_after, path_of, seconds_of
from tests.machines import Buckets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.drills.memory.states.calls import TaskCall
    from constructs_lib.drills.memory.states.execution import Execution

TOKEN = "0" * 32
RUN = {
    "token": TOKEN,
    "run_id": "run-1",
    "tenant": "acme",
    "correlation_id": "c-1",
    "payload_hash": "h",
    "parent_run_id": None,
    "head": None,
    "accepted_at": None,
    "queued_at": None,
    "redrive": 0,
}
LETTER = {"body": "{}", "attributes": {}, "group": "no-group"}
DUPLICATE = "DynamoDb.DuplicateItemException"


@dataclass
class Played:
    """What happened: calls of functions, entries of the ledger, letters; ``others`` are definitions by ARN."""

    script: Script
    others: Mapping[str, str] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    """The error of each letter."""
    ids: dict[str, str] = field(default_factory=dict)
    """The event id of each step of each item that has sent."""
    keys: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Nothing has happened yet."""
        buckets = Buckets()
        buckets.kept = {(BUCKET, key): text.encode() for key, text in OBJECTS.items()}
        self.states = MemoryStates(self._call, buckets)
        self.states.machines |= {arn: json.loads(definition) for arn, definition in self.others.items()}
        self.began = self.states.now

    def run(self, definition: str, record: Any) -> Execution:
        """Run a definition to its end."""
        arn = self.states.create("machine", json.loads(definition))
        execution = self.states.start(arn, {"run": RUN, "record": record, "letter": LETTER}, TOKEN)
        self.states.run()
        return execution

    def statuses(self, status: str) -> list[str]:
        """Return the steps of which the ledger was told so, in order."""
        return [entry["step"] for entry in self.entries if entry["status"] == status and "step" in entry]

    def ends(self) -> list[tuple[str, str | None]]:
        """Return what the ledger says of the run as a whole: status, and error."""
        found = [entry for entry in self.entries if "step" not in entry and entry["token"] == TOKEN]
        return [(entry["status"], entry.get("error_type")) for entry in found]

    def _call(self, call: TaskCall) -> Any:
        if call.action == "lambda:invoke":
            return {"Payload": self._invoke(call.arguments["Payload"], call.token)}
        if call.action == "aws-sdk:dynamodb:executeStatement":
            return self._insert(call.arguments)
        if call.action == "sqs:sendMessage" and "failure" in call.arguments["MessageAttributes"]:
            failure = json.loads(call.arguments["MessageAttributes"]["failure"]["StringValue"])
            self.letters.append(failure["error_type"])
            return {"MessageId": f"letter-{len(self.letters)}"}
        return self._sent(call)

    def _invoke(self, payload: dict[str, Any], callback: str) -> Any:
        path = _prefix(payload["record"]["body"]) + path_of(payload["step"]["name"], payload["step"]["items"])
        given = payload["input"]
        asked = (
            payload["input"]["message"]
            if path.startswith("gate") and not path.split("[")[0].endswith("_undo")
            else given
        )
        error, number = self._effect(path, asked)
        if callback:
            self.states.scheduler.later(answer_after(path), lambda: self._answer(callback, error, number))
            return None
        if error == PENDING:
            return None
        _raise(error)
        return number

    def _answer(self, callback: str, error: str | None, number: int) -> None:
        if callback not in self.states.tasks or error == SILENCE:
            return
        if error is None:
            self.states.succeed_task(callback, number)
        else:
            self.states.fail_task(callback, error, "told")

    def _sent(self, call: TaskCall) -> Any:
        told = call.arguments.get("Entries", [{}])[0].get("Detail")
        value = told["data"] if told else json.loads(call.arguments.get("MessageBody") or call.arguments["Message"])
        path = path_of(value["path"]["step"], value["path"]["items"])
        error, number = self._effect(path, value)
        _raise(error)
        if told:
            return {"Entries": [{"EventId": f"sent-{number}"}], "FailedEntryCount": 0}
        return {"MessageId": f"sent-{number}"}

    def _effect(self, path: str, given: Any) -> tuple[str | None, int]:
        self.effects.append(Effect(self.states.now - self.began, path, given))
        self.states.clock.advance(seconds_of(path))
        return self.script.call(path)

    def _insert(self, arguments: dict[str, Any]) -> dict[str, Any]:
        pk, sk, entry, *_ = (next(iter(value.values())) for value in arguments["Parameters"])
        if (pk, sk) in self.keys:
            raise StateError(DUPLICATE)
        self.keys.add((pk, sk))
        self.entries.append({"status": sk.partition("#")[0], "token": pk.rpartition("#")[2], **json.loads(entry)})
        return {}


def _prefix(body: Any) -> str:
    """Return the step that has started the run of a record, in the paths of a workflow below."""
    return path_of(body["from"]["step"], body["from"]["items"]) + "/" if "from" in body else ""


def _raise(error: str | None) -> None:
    if error is not None:
        raise StateError(error, json.dumps({"errorMessage": "told", "errorType": error}))
