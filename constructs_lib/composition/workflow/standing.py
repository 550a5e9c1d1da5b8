"""Where one step stands in its scope: its names, where it goes when it is done, and where its failures go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.composition.workflow.catching import CAUSE, ERROR
from constructs_lib.composition.workflow.computing import careful, caught, computes
from constructs_lib.composition.workflow.machine import text
from constructs_lib.composition.workflow.retrying import ALL, names
from constructs_lib.composition.workflow.variables import bound, literal, state_name
from constructs_lib.composition.workflow.visits import combined, counter
from constructs_lib.model.asl import State, jsonata
from constructs_lib.model.workflow_state import ActingState
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.composition.workflow.scope import Scope
    from constructs_lib.model.workflow_state import WorkflowState


class Standing:
    """One step in its scope."""

    def __init__(self, scope: Scope, step: WorkflowState) -> None:
        """Stand where ``step`` stands in ``scope``."""
        self.scope = scope
        self.step = step
        self.names = scope.names_at(step)
        """Variables of the declaration that are expressions here."""
        own = f"${counter(step.name)}" if step.name in scope.looped else ""
        self.visit = combined(scope.visit, own)
        """Expression of how often a run has gone through the step before; empty where it runs once."""

    def value(self, template: Any) -> Any:
        """Return a template in the variables of the place."""
        return bound(template, self.names)

    def add(self, word: str, state: State) -> None:
        """Add a state of the step; in a loop its own state counts the visit first."""
        if not word and self.step.name in self.scope.looped:
            visit, word = counter(self.step.name), "visit"
            counted = {"Type": "Pass", "Assign": {visit: jsonata(f"${visit} + 1")}, "Output": {}}
            self.scope.states[self.step.name] = {**counted, "Next": self.named(word)}
        self.scope.states[self.named(word)] = state

    def named(self, word: str) -> str:
        """Return the name of a state of the step."""
        return state_name(self.step.name, word)

    def onward(self, result: Any = None) -> State:
        """Return where a state goes when the step is done."""
        return self.scope.onward(self.step, result)

    def done(self, result: Any) -> State:
        """Return the same for a step that has acted: what undoes it is noted first."""
        step = self.acting()
        if step.undo is None:
            return self.scope.onward(step, result)
        own, done = jsonata(f"${step.name}"), self.scope.variable("Done")
        given = own if step.undo.input is None else self.value(step.undo.input)
        visit = jsonata(self.visit) if self.visit else 0
        entry = {"step": step.name, "items": self.scope.numbers(), "visit": visit, "input": given}
        noted = {done: jsonata(f"$append(${done}, [$states.input])")}
        undoable = {"Type": "Pass", "Output": entry, "Next": self.named("done")}
        if computes(step.undo.input):
            lost = literal({**entry, "input": None, "lost": True})
            undoable = self.safely("undoable", undoable, {done: jsonata(f"$append(${done}, [{lost}])")})
        self.add("undoable", undoable)
        self.add("done", {"Type": "Pass", "Assign": noted, **self.scope.onward(step, own)})
        return {"Next": self.named("undoable"), "Output": {}}

    def safely(self, word: str, state: State, also: State | None = None) -> State:
        """Return a ``Pass`` whose failure goes where the scope's failures go; ``also`` are variables that it sets."""
        found = {"step": self.step.name, "error": jsonata(ERROR), "cause": jsonata(CAUSE)}
        told = {self.scope.error: found, **(also or {})}
        leads = {"ErrorEquals": [ALL], "Assign": told, "Output": {}, "Next": self.scope.own("failed")}
        return caught(state, state_name(self.step.name, word, "never"), [leads])

    def computed(self, state: State, *templates: Any) -> State:
        """Return a ``Pass`` that is safe where something hangs on it and one of the templates has an expression."""
        return self.safely("computed", state) if self.careful and computes(templates) else state

    @property
    def careful(self) -> bool:
        """Whether an expression that fails must not end the execution by itself."""
        return careful(self.scope)

    def acting(self) -> ActingState:
        """Return the step, which may fail."""
        if not isinstance(self.step, ActingState):
            raise TypeError(f"{self.step.type} does not act")
        return self.step

    def catchers(self) -> Iterator[State]:
        """Yield where failures go: as declared, past a step that is not critical, and to the end of the scope."""
        step, error = self.acting(), self.scope.error
        found = {"step": step.name, "error": jsonata(ERROR), "cause": jsonata(CAUSE)}
        for catch in step.catch:
            errors = names(catch.errors)
            yield {"ErrorEquals": errors, "Assign": {error: found}, "Output": {}, "Next": catch.next}
            if errors == [ALL]:
                return
        if not step.critical:
            yield self._warning()
        elif self.scope.kind != "branch" or self.scope.guarded:
            yield {"ErrorEquals": [ALL], "Assign": {error: found}, "Output": {}, "Next": self.scope.own("failed")}

    def _warning(self) -> State:
        """Return the way past a step that is not critical, which the ledger tells of."""
        warnings = self.scope.warnings
        self.add("warned", self._warned())
        told = jsonata(f"$append(${warnings}, [{{'step': {text(self.step.name)}, 'error': {ERROR}}}])")
        return {
            "ErrorEquals": [ALL],
            "Assign": {warnings: told, self.step.name: jsonata("null")},
            "Output": {"error": jsonata(ERROR), "cause": jsonata(CAUSE)},
            "Next": self.named("warned"),
        }

    def _warned(self) -> State:
        if self.scope.machine.express:
            return {"Type": "Pass", **self.onward()}
        told = {
            "run_id": self.scope.attempt(self.step.name, self.visit),
            "step": self.scope.path(self.step.name, self.visit),
            "error_type": "$states.input.error",
            "error_message": "$states.input.cause",
        }
        onward = self.onward()
        entry = self.scope.machine.entry(Status.WARNED, told)
        return {**entry, **onward, "Catch": [{"ErrorEquals": [ALL], **onward}]}
