"""State machines that a test writes by hand, with services that do what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.errors import StateError
from constructs_lib.drills.memory.states.machines import MemoryStates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from constructs_lib.drills.memory.states.calls import TaskCall
    from constructs_lib.drills.memory.states.execution import Execution

INVOKE = "arn:aws:states:::lambda:invoke"


class Buckets:
    """Objects by bucket and key."""

    def __init__(self, **objects: str) -> None:
        """``objects`` of the bucket ``data``, by key."""
        self.kept = {("data", key): text.encode() for key, text in objects.items()}

    def read(self, bucket: str, key: str) -> bytes:
        """Return an object."""
        return self.kept[bucket, key]

    def names(self, bucket: str, prefix: str) -> Iterable[tuple[str, int]]:
        """Return keys and sizes."""
        return [
            (key, len(body)) for (b, key), body in sorted(self.kept.items()) if b == bucket and key.startswith(prefix)
        ]

    def write(self, bucket: str, key: str, body: bytes) -> None:
        """Write an object."""
        self.kept[bucket, key] = body


class Bench:
    """Step Functions with one function for each name; what a function returns or raises is the task's end."""

    def __init__(self, buckets: Buckets | None = None, **functions: Callable[[Any], Any]) -> None:
        """``functions`` take the arguments of the task."""
        self.functions = functions
        self.calls: list[tuple[float, str, Any]] = []
        self.buckets = buckets or Buckets()
        self.states = MemoryStates(self._call, self.buckets)
        self.began = self.states.now

    def _call(self, call: TaskCall) -> Any:
        self.calls.append((self.states.now - self.began, call.arguments["FunctionName"], call.arguments.get("Payload")))
        return {"Payload": self.functions[call.arguments["FunctionName"]](call.arguments.get("Payload"))}

    def run(self, states: Mapping[str, Any], value: Any = None, **rest: Any) -> Execution:
        """Run a machine whose first state is the first that is given."""
        execution = self.states.start(self.states.create("machine", machine(states, **rest)), value)
        self.states.run()
        return execution


def machine(states: Mapping[str, Any], **rest: Any) -> dict[str, Any]:
    """Return a definition; a state without a successor ends it."""
    return {"QueryLanguage": "JSONata", **rest, **chain(states)}


def chain(states: Mapping[str, Any]) -> dict[str, Any]:
    """Return states that begin with the first."""
    ends = ("Succeed", "Fail", "Choice")
    whole = {
        name: state if "Next" in state or state["Type"] in ends else {**state, "End": True}
        for name, state in states.items()
    }
    return {"StartAt": next(iter(states)), "States": whole}


def invoke(function: str, payload: Any = None, **rest: Any) -> dict[str, Any]:
    """Return a task that calls a function and gives its result on."""
    return {
        "Type": "Task",
        "Resource": INVOKE,
        "Arguments": {"FunctionName": function, "Payload": payload},
        "Output": "{% $states.result.Payload %}",
        **rest,
    }


def failing(*errors: str | None) -> Callable[[Any], Any]:
    """Return a function that fails so at its first calls, and then returns ``done``."""
    left = list(errors)

    def function(_payload: Any) -> str:
        error = left.pop(0) if left else None
        if error is not None:
            raise StateError(error, "told")
        return "done"

    return function
