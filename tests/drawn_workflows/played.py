"""A state machine run in memory with scripted functions, as far as it can be held against a prediction."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.errors import StateError
from constructs_lib.drills.memory.states.machines import MemoryStates
from tests.drawn_workflows.script import Effect, Script, path_of, seconds_of
from tests.machines import Buckets

if TYPE_CHECKING:
    from constructs_lib.drills.memory.states.calls import TaskCall
    from constructs_lib.drills.memory.states.execution import Execution

RUN = {
    "token": "0" * 32,
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
    """What happened: calls of functions, entries of the ledger, letters."""

    script: Script
    effects: list[Effect] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    letters: list[dict[str, Any]] = field(default_factory=list)
    keys: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Nothing has happened yet."""
        self.states = MemoryStates(self._call, Buckets())
        self.began = self.states.now

    def run(self, definition: str, record: Any) -> Execution:
        """Run a definition to its end."""
        arn = self.states.create("machine", json.loads(definition))
        execution = self.states.start(arn, {"run": RUN, "record": record, "letter": LETTER}, "0" * 32)
        self.states.run()
        return execution

    def statuses(self, status: str) -> list[str]:
        """Return the steps of which the ledger was told so, in order."""
        return [entry.get("step", "") for entry in self.entries if entry["status"] == status]

    def _call(self, call: TaskCall) -> Any:
        if call.action == "lambda:invoke":
            return {"Payload": self._invoke(call.arguments["Payload"])}
        if call.action == "aws-sdk:dynamodb:executeStatement":
            return self._insert(call.arguments)
        if call.action == "sqs:sendMessage":
            self.letters.append(call.arguments)
            return {"MessageId": f"letter-{len(self.letters)}"}
        raise AssertionError(f"a call that no step of these makes: {call.action}")

    def _invoke(self, payload: dict[str, Any]) -> int:
        path = path_of(payload["step"]["name"], payload["step"]["items"])
        self.effects.append(Effect(self.states.now - self.began, path, payload["input"]))
        self.states.clock.advance(seconds_of(path))
        error, number = self.script.call(path)
        if error is not None:
            raise StateError(error, json.dumps({"errorMessage": "told", "errorType": error}))
        return number

    def _insert(self, arguments: dict[str, Any]) -> dict[str, Any]:
        pk, sk, entry, *_ = (next(iter(value.values())) for value in arguments["Parameters"])
        if (pk, sk) in self.keys:
            raise StateError(DUPLICATE)
        self.keys.add((pk, sk))
        self.entries.append({"status": sk.partition("#")[0], **json.loads(entry)})
        return {}
