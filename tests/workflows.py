"""Workflows that tests declare, compile and run in memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.composition import plan_pipeline
from constructs_lib.drills.memory.states.errors import StateError
from constructs_lib.drills.memory.states.machines import MemoryStates
from tests.declarations import declare
from tests.machines import Buckets

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.drills.memory.states.calls import TaskCall
    from constructs_lib.drills.memory.states.execution import Execution
    from constructs_lib.model.plan import PipelinePlan

HANDLERS = "".join(
    f"\n\ndef {name}(value: object, run: object) -> object:\n    return value\n" for name in ("do", "undo")
)
RUN = {
    "token": "0" * 32,
    "run_id": "message.1",
    "tenant": "shop",
    "correlation_id": "c-1",
    "payload_hash": "f" * 64,
    "parent_run_id": None,
    "head": None,
    "accepted_at": None,
    "queued_at": None,
    "redrive": 0,
}


def task(name: str, **changes: Any) -> dict[str, Any]:
    """Return a step that calls a function."""
    return {"type": "task", "name": name, "handler": "handlers.acts:do", "timeout": "30s", **changes}


def undo(**changes: Any) -> dict[str, Any]:
    """Return what takes a step back."""
    return {"handler": "handlers.acts:undo", "timeout": "30s", **changes}


def declare_workflow(
    folder: Path, *steps: dict[str, Any], type: str = "standard", **changes: Any
) -> PipelineDeclaration:
    """Return a pipeline whose workflow has these steps."""
    (folder / "handlers").mkdir(exist_ok=True)
    (folder / "handlers" / "acts.py").write_text(f'"""Steps."""\n{HANDLERS}')
    timeout = "5m" if type == "express" else "1h"
    workflow = {"type": type, "timeout": timeout, "steps": list(steps)}
    given = {"source": {"type": "queue"}, "tenant": {"id": "shop"}, "idempotency": {"key": ["body.order_id"]}}
    return declare(folder, runner=None, workflow=workflow, **{**given, **changes})


def definition_of(plan: PipelinePlan) -> dict[str, Any]:
    """Return the definition of a plan's state machine."""
    assert plan.state_machine is not None
    found: dict[str, Any] = json.loads(plan.state_machine.definition)
    return found


class Stage:
    """A workflow in memory: functions by their ids, and what its state machine itself has written."""

    def __init__(self, declaration: PipelineDeclaration, **functions: Callable[[Any], Any]) -> None:
        """``functions`` take what a step's function is given; others give their input back."""
        self.functions = functions
        self.calls: list[tuple[str, Any]] = []
        self.letters: list[dict[str, Any]] = []
        self.entries: list[dict[str, Any]] = []
        self.states = MemoryStates(self._call, Buckets())
        self.machine = self.states.create("machine", definition_of(plan_pipeline(declaration)))

    def run(self, body: Any = None) -> Execution:
        """Run the workflow for one record."""
        letter = {"body": json.dumps(body), "attributes": {}, "group": "no-group"}
        execution = self.states.start(self.machine, {"run": RUN, "record": {"body": body}, "letter": letter})
        self.states.run()
        return execution

    @property
    def called(self) -> list[str]:
        """The functions in the order in which they were called."""
        return [name for name, _ in self.calls]

    @property
    def told(self) -> list[str]:
        """The sort keys of the ledger's entries, without what follows their status."""
        return [entry["sk"].partition("#")[0] for entry in self.entries]

    def _call(self, call: TaskCall) -> Any:
        if call.action.startswith("lambda:invoke"):
            name = call.arguments["FunctionName"].removeprefix("${Version.").removesuffix("}")
            payload = call.arguments["Payload"]
            self.calls.append((name, payload))
            return {"Payload": self.functions.get(name, lambda given: given["input"])(payload)}
        if call.action.endswith("executeStatement"):
            values = [next(iter(value.values())) for value in call.arguments["Parameters"]]
            names = [part.partition("'")[0] for part in call.arguments["Statement"].split("'")[1::2]]
            item = dict(zip(names, values, strict=True))
            self.entries.append({**json.loads(item["entry"]), **item})
            return {}
        self.letters.append(call.arguments)
        return {"MessageId": "sent"}


def failing(error: str, cause: str = "told") -> Callable[[Any], Any]:
    """Return a function that always fails so."""

    def function(_given: Any) -> Any:
        raise StateError(error, cause)

    return function
