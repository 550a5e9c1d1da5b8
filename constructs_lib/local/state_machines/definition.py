"""One definition in Amazon States Language, rewritten for the emulator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from constructs_lib.local.state_machines.distributed import as_json_path, is_distributed
from constructs_lib.local.state_machines.parallel import as_map

if TYPE_CHECKING:
    from constructs_lib.local.state_machines.expressions import Json

_CALLBACK, _PUBLISH = ".waitForTaskToken", ":sns:publish"
_SHORTEST = 0.5
"""Seconds that a callback has at least, however much time is scaled: it must reach the machine."""


def for_emulator(definition: Json, callback_scale: float = 1.0) -> tuple[Json, tuple[str, ...]]:
    """Return the definition as the emulator understands it, and what was changed; one in JSONPath stays as it is.

    ``callback_scale`` is multiplied with the time that states wait for a callback.
    """
    if definition.get("QueryLanguage") != "JSONata":
        return definition, ()
    rewriter = _Rewriter(callback_scale)
    states = rewriter.states(definition["States"])
    return {**definition, "States": states}, tuple(rewriter.changes)


class _Rewriter:
    """Rewrites states and keeps what it did."""

    def __init__(self, callback_scale: float) -> None:
        self.changes: list[str] = []
        self._callback_scale = callback_scale

    def states(self, states: Json) -> Json:
        return {new: state for name, old in states.items() for new, state in self._state(name, self._inside(old))}

    def _inside(self, state: Json) -> Json:
        if "Branches" in state:
            return {**state, "Branches": [self._machine(branch) for branch in state["Branches"]]}
        if "ItemProcessor" in state:
            return {**state, "ItemProcessor": self._machine(state["ItemProcessor"])}
        return state

    def _machine(self, machine: Json) -> Json:
        return {**machine, "States": self.states(machine["States"])}

    def _state(self, name: str, state: Json) -> Iterator[tuple[str, Json]]:
        if state["Type"] == "Parallel":
            self._changed(name, "an inline map over its branches: the emulator's Parallel has no Output and no Assign")
            yield name, as_map(name, state)
        elif is_distributed(state):
            self._changed(name, "JSONata of a distributed map evaluated before, in each item and after it")
            if "ItemBatcher" in state:
                self._changed(name, "batches of one item: the emulator forms none")
            if "ResultWriter" in state:
                self._changed(name, "results are not written: the emulator has no ResultWriter")
            yield from as_json_path(name, state)
        elif state["Type"] == "Succeed" and "Output" in state:
            self._changed(name, "a Pass that ends: the emulator's Succeed has no Output")
            yield name, {"Type": "Pass", "Output": state["Output"], "End": True}
        else:
            yield name, self._task(name, state) if state["Type"] == "Task" else state

    def _task(self, name: str, state: Json) -> Json:
        arguments = state.get("Arguments", {})
        if state["Resource"].endswith(_PUBLISH) and "MessageAttributes" in arguments:
            self._changed(name, "attributes of the message as parameters of a query: the emulator reads no others")
            state = {**state, "Arguments": _as_query(arguments)}
        if state["Resource"].endswith(_CALLBACK) and "TimeoutSeconds" in state and self._callback_scale != 1:
            seconds = max(_SHORTEST, state["TimeoutSeconds"] * self._callback_scale)
            self._changed(name, f"waits {seconds:g} s for its callback instead of {state['TimeoutSeconds']} s")
            state = {**state, "TimeoutSeconds": seconds}
        return state

    def _changed(self, name: str, what: str) -> None:
        self.changes.append(f"state {name}: {what}")


def _as_query(arguments: Json) -> Json:
    flat = {key: value for key, value in arguments.items() if key != "MessageAttributes"}
    for number, (name, attribute) in enumerate(arguments["MessageAttributes"].items(), 1):
        entry = f"MessageAttributes.entry.{number}"
        flat |= {f"{entry}.Name": name} | {f"{entry}.Value.{field}": value for field, value in attribute.items()}
    return flat
