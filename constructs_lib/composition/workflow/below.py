"""Workflows of other pipelines: how they are started, what the ledger has of it, and what their failure is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.composition.workflow.machine import DUPLICATE, LONGEST_MESSAGE, text
from constructs_lib.composition.workflow.sending import alias_arn, machine_name, written
from constructs_lib.model.asl import SERVICE, State, jsonata
from functions.contract.ledger import Status
from functions.contract.message import CORRELATION_ID
from functions.contract.workflow import LETTER, RECORD, RUN, below_run_id

if TYPE_CHECKING:
    from constructs_lib.composition.workflow.machine import Machine

TASK_FAILED = "States.TaskFailed"
"""How Step Functions calls the failure of an execution that it waits for; the execution itself is in the cause."""
FOUND = r'$match($states.errorOutput.Cause, /"{}" ?: ?"((\\.|[^\\"])*)"/, 1).groups[0]'
"""A field of the execution in the cause, which is no JSON any more where it was too long; keys come by the alphabet."""
NAMED = (
    f"($e := {FOUND.format('Error')}; $s := {FOUND.format('Status')}; $exists($e) ? $e : "
    "$s = 'TIMED_OUT' ? 'States.Timeout' : $s = 'ABORTED' ? 'States.Aborted' : $states.errorOutput.Error)"
)
SAID = f"($c := {FOUND.format('Cause')}; $exists($c) ? $substring($parse('\"' & $c & '\"'), 0, {LONGEST_MESSAGE}) : '')"

OF_OUR_RECORD = ("contract_id", "contract_version", "schema_hash", "previous_hash", "queued_at")
"""Fields of our run that the other pipeline's has not."""


def told(machine: Machine, pipeline: str, value: Any, id: str, step: str) -> State:
    """Return the call that tells the other pipeline's ledger of its run, whose parent is this one."""
    fields = {
        "run_id": f"{id} & {text(below_run_id(''))}",
        "step": step,
        "attempt": "1",
        "duration_ms": "0",
        "payload_hash": _hash(value),
        **dict.fromkeys(OF_OUR_RECORD, "null"),
    }
    return machine.entry(Status.STARTED, fields, pipeline=pipeline, token=id)


def started(machine: Machine, pipeline: str, value: Any, id: str) -> State:
    """Return the call that runs the workflow of another pipeline and waits for its end.

    Every try and every redrive of ours is an execution of its own, under a name that no redrive of the other pipeline's
    has; the run token is the same, so that what has been done there is not done again.
    """
    facts = {
        "token": jsonata(id),
        "run_id": jsonata(f"{id} & {text(below_run_id(''))}"),
        "tenant": jsonata("$run.tenant"),
        "correlation_id": jsonata("$run.correlation_id"),
        "payload_hash": jsonata(_hash(value)),
        "parent_run_id": jsonata("$run.run_id"),
        "head": jsonata("null"),
        "accepted_at": jsonata("$run.accepted_at"),
        "queued_at": jsonata("null"),
        "redrive": jsonata("$run.redrive"),
    }
    correlation = {"DataType": "String", "StringValue": jsonata("$run.correlation_id")}
    letter = {
        "body": jsonata(written(value)),
        "attributes": {CORRELATION_ID: correlation},
        "group": jsonata("$run.tenant"),
    }
    tried = "'-p' & $substring($hash($states.context.Execution.Name, 'SHA-256'), 0, 16)"
    tried += " & '-' & $string($states.context.State.RetryCount)"
    return {
        "Type": "Task",
        "Resource": f"{SERVICE}states:startExecution.sync:2",
        "Arguments": {
            "StateMachineArn": alias_arn(machine_name(pipeline, machine.context.stage)),
            "Name": jsonata(f"{id} & {tried}"),
            "Input": {RUN: facts, RECORD: {"body": value}, LETTER: letter},
        },
    }


def known_before(following: str) -> State:
    """Return the catcher for an entry that stands there from an earlier try."""
    return {"ErrorEquals": [DUPLICATE], "Output": {}, "Next": following}


def failure(step: str) -> State:
    """Return what is known of the other workflow's failure, in a catcher."""
    return {"step": step, "error": jsonata(NAMED), "cause": jsonata(SAID)}


def is_below() -> str:
    """Return the expression of whether the run at hand was started so: its failure is the step's that started it."""
    return f"$run.run_id = $run.token & {text(below_run_id(''))}"


def _hash(value: Any) -> str:
    return f"$hash({written(value)}, 'SHA-256')"
