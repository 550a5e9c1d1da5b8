"""How a scope begins and ends: its variables, its evidence, and what is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.composition.workflow.below import is_below
from constructs_lib.composition.workflow.machine import DUPLICATE, EXECUTION, GROUP, text
from constructs_lib.composition.workflow.scope import undoes
from constructs_lib.composition.workflow.unwinding import unwind
from constructs_lib.composition.workflow.visits import counter
from constructs_lib.model.asl import State, jsonata
from functions.contract.ledger import Status
from functions.contract.message import CORRELATION_ID, EXHAUSTED, PERMANENT
from functions.contract.workflow import LETTER, NEVER_RETRIED, RECORD, RUN

if TYPE_CHECKING:
    from constructs_lib.composition.workflow.scope import Scope

REASON = f"($error.error in [{', '.join(map(text, NEVER_RETRIED))}] ? {text(PERMANENT)} : {text(EXHAUSTED)})"
"""Why a run is given up: no retry cures what is named so; of an error with a name of its own that is not told."""
ITEM_FAILED = "item-failed"


def assembled(scope: Scope, given: State | None = None, first: str = "") -> State:
    """Return a scope as a state machine; ``given`` are variables that it begins with, ``first`` comes after that."""
    variables = {**_own_variables(scope), **(given or {})}
    if variables:
        scope.states[scope.own("begin")] = {
            "Type": "Pass",
            "Assign": variables,
            "Output": {},
            "Next": first or scope.steps[0].name,
        }
    for step in scope.steps:
        step.compile(scope.places(scope, step))
    {"run": _end_run, "child": _end_child, "branch": _end_branch}[scope.kind](scope)
    start = scope.own("begin") if variables else scope.steps[0].name
    return {"StartAt": start, "States": _reached(scope.states, start)}


def _reached(states: State, start: str) -> State:
    """Return the states that an execution can come to: Step Functions refuses a definition with others."""
    found: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            state = states[name]
            ways = [state, *state.get("Choices", ()), *state.get("Catch", ())]
            ahead += [way[field] for way in ways for field in ("Next", "Default") if field in way]
    return {name: state for name, state in states.items() if name in found}


def run_variables(*, express: bool) -> State:
    """Return the variables that a workflow begins with; an express one has no letter to write."""
    taken = {RUN: RUN, RECORD: RECORD, **({} if express else {"Letter": LETTER})}
    return {name: jsonata(f"$states.input.{field}") for name, field in taken.items()}


def _own_variables(scope: Scope) -> State:
    variables: State = {scope.error: None} if scope.caught() else {}
    variables |= {counter(name): -1 for name in sorted(scope.looped)}
    if scope.wrapped or scope.kind != "branch":
        variables[scope.warnings] = []
    if scope.guarded or scope.wrapped or (scope.kind != "branch" and any(undoes(scope.steps))):
        variables[scope.variable("Done")] = []
    if scope.kind != "branch" and any(undoes(scope.steps)):
        variables["UndoFailed"] = []
    return variables


def _end_branch(scope: Scope) -> None:
    if not scope.wrapped:
        return
    told: dict[str, Any] = {
        "warnings": jsonata(f"${scope.variable('Warnings')}"),
        "done": jsonata(f"${scope.variable('Done')}"),
    }
    well = {"ok": True, "result": jsonata("$states.input"), "error": jsonata("null"), **told}
    scope.states[scope.own("end")] = {"Type": "Pass", "Output": well, "End": True}
    if scope.guarded:
        error = jsonata(f"${scope.error}")
        badly = {"ok": False, "result": jsonata("null"), "error": error, **told}
        scope.states[scope.own("failed")] = {"Type": "Pass", "Output": badly, "End": True}


def _end_run(scope: Scope) -> None:
    machine = scope.machine
    end = jsonata("$states.input")
    if machine.express:
        scope.states[scope.own("end")] = {"Type": "Succeed", "Output": end}
        _end_badly(scope, scope.own("raise"))
        return
    told = {"run_id": "$states.context.Execution.Name"}
    conflict = {"ErrorEquals": [DUPLICATE], "Output": end, "Next": scope.own("succeeded")}
    entry = machine.entry(Status.SUCCEEDED, told)
    scope.states[scope.own("end")] = {**entry, "Output": end, "Catch": [conflict], "Next": scope.own("succeeded")}
    scope.states[scope.own("succeeded")] = {"Type": "Succeed", "Output": end}
    _end_badly(scope, scope.own("whose"))
    _give_back(scope)
    letter = machine.letter("$Letter.body", "$Letter.attributes", "$Letter.group", _failure(REASON))
    _give_up(scope, letter, None)


def _end_child(scope: Scope) -> None:
    machine = scope.machine
    scope.states[scope.own("end")] = {"Type": "Succeed", "Output": jsonata("$states.input")}
    _end_badly(scope, scope.own("letter"))
    correlation = f"{{{text(CORRELATION_ID)}: {{'DataType': 'String', 'StringValue': $run.correlation_id}}}}"
    letter = machine.letter("$string($Given)", correlation, GROUP, _failure(text(ITEM_FAILED)))
    _give_up(scope, letter, scope.path(scope.owner, scope.visit))


def _end_badly(scope: Scope, after: str) -> None:
    """Add where failures lead: to undoing what was done, and then ``after``."""
    failed, steps = scope.own("failed"), tuple(undoes(scope.steps))
    if steps:
        unwind(scope, steps, after)
    else:
        scope.states[failed] = {"Type": "Pass", "Output": {}, "Next": after}
    scope.states[scope.own("raise")] = {
        "Type": "Fail",
        "Error": jsonata("$error.error"),
        "Cause": jsonata("$error.cause"),
    }


def _failure(reason: str) -> dict[str, str]:
    return {"reason": reason, "error_type": "$error.error", "error_message": "$error.cause"}


def _give_back(scope: Scope) -> None:
    """Add the end of a run that a step of another workflow has started: that one has the letter, if it fails so."""
    below = {"Condition": jsonata(is_below()), "Output": {}, "Next": scope.own("given_back")}
    scope.states[scope.own("whose")] = {
        "Type": "Choice",
        "Choices": [below],
        "Default": scope.own("letter"),
        "Output": {},
    }
    scope.states[scope.own("given_back")] = _told_of_failure(scope, Status.FAILED, {})


def _give_up(scope: Scope, letter: State, step: str | None) -> None:
    scope.states[scope.own("letter")] = {**letter, "Output": {}, "Next": scope.own("dead_lettered")}
    of_step = {"step": step} if step else {}
    scope.states[scope.own("dead_lettered")] = _told_of_failure(scope, Status.DEAD_LETTERED, of_step)


def _told_of_failure(scope: Scope, status: Status, told: dict[str, str]) -> State:
    failed = {"run_id": EXECUTION, "error_type": "$error.error", "error_message": "$error.cause", **told}
    end = {"Output": {}, "Next": scope.own("raise")}
    return {**scope.machine.entry(status, failed), "Catch": [{"ErrorEquals": [DUPLICATE], **end}], **end}
