"""Undoing: what was done is taken back from the end, one step after the other, and the first error stays the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.composition.workflow.computing import computes
from constructs_lib.composition.workflow.machine import LONGEST_MESSAGE, text
from constructs_lib.composition.workflow.retrying import ALL, for_good, retriers
from constructs_lib.composition.workflow.variables import state_name
from constructs_lib.model.asl import SERVICE, State, jsonata, seconds
from constructs_lib.model.state_machine import function_version
from functions.contract.workflow import UNDO_FAILED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.composition.workflow.scope import Scope
    from constructs_lib.model.workflow_state import ActingState

LAST = "$Done[-1]"
REST = "$count($Done) > 1 ? [$Done[[0..$count($Done) - 2]]] : []"


def unwind(scope: Scope, steps: Sequence[ActingState], after: str) -> None:
    """Add the states from ``failed`` on to ``after``."""
    failed, unwound = scope.own("failed"), scope.own("unwound")
    ways = [
        {"Condition": jsonata(f"{LAST}.step = {text(step.name)}"), "Next": state_name(step.name, "undo")}
        for step in steps
    ]
    empty = {"Condition": jsonata("$count($Done) = 0"), "Next": unwound}
    lost = _lost(scope, steps, failed)
    scope.states[failed] = {"Type": "Choice", "Choices": [empty, *lost, *ways], "Default": unwound, "Output": {}}
    for step in steps:
        _undo(scope, step, failed)
    some_left = scope.own("undo_failed")
    left = {"Condition": jsonata("$count($UndoFailed) > 0"), "Next": some_left}
    scope.states[unwound] = {"Type": "Choice", "Choices": [left], "Default": after, "Output": {}}
    cause = "$substring($join($UndoFailed, ', ') & ' not undone after ' & $error.error & ': ' & $error.cause, 0, "
    renamed = {"step": jsonata("$error.step"), "error": UNDO_FAILED, "cause": jsonata(f"{cause}{LONGEST_MESSAGE})")}
    scope.states[some_left] = {"Type": "Pass", "Assign": {"error": renamed}, "Output": {}, "Next": after}


def _lost(scope: Scope, steps: Sequence[ActingState], back: str) -> list[State]:
    """Add the way past a step for which it could not be computed what its undoing is given."""
    if not any(step.undo and computes(step.undo.input) for step in steps):
        return []
    noted = {"Done": jsonata(REST), "UndoFailed": jsonata(f"$append($UndoFailed, [{LAST}.step])")}
    scope.states[scope.own("lost")] = {"Type": "Pass", "Assign": noted, "Output": {}, "Next": back}
    return [{"Condition": jsonata(f"{LAST}.lost = true"), "Next": scope.own("lost")}]


def _undo(scope: Scope, step: ActingState, back: str) -> None:
    if step.undo is None:
        return
    name = f"{step.name}_undo"
    facts = {
        "name": name,
        "items": jsonata(f"{LAST}.items"),
        "visit": jsonata(f"{LAST}.visit"),
        "attempt": jsonata("$states.context.State.RetryCount"),
        "execution": jsonata("$states.context.Execution.Id"),
    }
    payload = {
        "step": facts,
        "run": jsonata("$run"),
        "record": jsonata("$record"),
        "input": jsonata(f"{LAST}.input"),
    }
    shorter = {"Done": jsonata(REST)}
    noted = {**shorter, "UndoFailed": jsonata(f"$append($UndoFailed, [{text(step.name)}])")}
    limit: State = {"TimeoutSeconds": seconds(step.undo.timeout)} if step.undo.timeout else {}
    scope.states[state_name(step.name, "undo")] = {
        "Type": "Task",
        "Resource": f"{SERVICE}lambda:invoke",
        "Arguments": {"FunctionName": function_version(name), "Payload": payload},
        **limit,
        "Retry": retriers(step.undo.retry, never=for_good(scope.machine.errors)),
        "Catch": [{"ErrorEquals": [ALL], "Assign": noted, "Output": {}, "Next": back}],
        "Assign": shorter,
        "Output": {},
        "Next": back,
    }
