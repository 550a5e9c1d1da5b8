"""The function that starts workflows, beside a Step Functions in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.faults import client_error
from functions.contract.ledger import Status
from functions.contract.workflow import WorkflowSettings
from functions.start_workflow.handler import start_workflow
from tests.runtime.fakes import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.drills.memory.faults import Calls
    from functions.runtime.services import Services

MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:shop-orders-dev-workflow:live"


@dataclass
class MemoryStates:
    """Executions by name; ``ends`` is how express ones end, ``codes`` are refusals that come first."""

    calls: Calls
    ends: Callable[[dict[str, Any]], dict[str, Any]] = lambda given: {"status": "SUCCEEDED", "output": "null"}
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> dict[str, Any]:  # noqa: N803
        assert stateMachineArn == MACHINE
        with self.calls.call("StartExecution"):
            if self.codes:
                raise client_error(self.codes.pop(0))
            if name in self.executions:
                raise client_error("ExecutionAlreadyExists")
            self.executions[name] = json.loads(input)
            return {"executionArn": f"arn:execution:{name}"}

    def start_sync_execution(self, *, stateMachineArn: str, name: str, input: str) -> dict[str, Any]:  # noqa: N803
        assert stateMachineArn == MACHINE
        with self.calls.call("StartSyncExecution"):
            self.executions[name] = json.loads(input)
            return {"executionArn": f"arn:express:{name}", **self.ends(json.loads(input))}


class Starting(World):
    """One pipeline with a workflow."""

    def __init__(self, *, express: bool = False, **changes: Any) -> None:
        workflow = WorkflowSettings(MACHINE, express=express, timeout_seconds=10)
        completion = Status.SUCCEEDED if express else Status.STARTED
        super().__init__(start_workflow.function, workflow=workflow, completion=completion, outputs=(), **changes)
        self.states = MemoryStates(self.calls)

    def services(self) -> Services:
        return replace(super().services(), client=self._client)

    def _client(self, service: str) -> Any:
        return self.states if service.endswith("stepfunctions") else self.clients.client(service)
