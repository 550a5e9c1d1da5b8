"""What a state machine, the functions of its steps and the one that starts it agree on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from functions.contract.environment import JsonShape
from functions.contract.identity import content_hash, text_hash

RUN = "run"
"""In the input of an execution and in what a step is given: ``RunFacts`` as an object."""
RECORD = "record"
"""In both: the record's fields, ``body`` and what came with it; large values are references."""
STEP = "step"
"""In what a step is given: ``StepFacts`` as an object."""
INPUT = "input"
"""In what a step is given: what its handler gets."""
LETTER = "letter"
"""In the input of an execution: ``Letter`` as an object, what the dead-letter queue gets when the run fails."""
OUTPUT = "workflow"
"""Name of the internal output by which a record is handed over to its workflow."""
MAX_LETTER_BYTES = 131_072
"""Bytes of a letter in an execution's input; the body of a larger one is an object, and the letter says which."""
MESSAGE, TIMEOUT_SECONDS = "message", "timeout_seconds"
"""In the ``input`` of the function that asks a person: what is to be approved, and how long the gate waits."""
REFERENCE = "$ref"
"""The one key of an object that stands for a value in S3: ``Reference`` as an object."""
VALUES_PREFIX = "values"
"""Where large values lie in the bucket of the Raw Stage: ``values/<pipeline>/<run token>/<sha256>.json``."""
REDRIVE_DAYS = 90
"""Days after its end for which a run can be redriven: as long as Step Functions keeps the execution (its quotas)."""
VALUES_DAYS = 460
"""Days for which a large value is kept: the 365 of the longest execution (Step Functions quotas), the 90 of a redrive,
and a margin; so it outlives whatever kept result of a step refers to it."""
MAX_STATE_BYTES = 262_144
"""Bytes of the input or output of one state (Step Functions quotas, 256 KiB)."""
MAX_RESULT_BYTES = 16_384
"""Bytes of one step's result that stay in the state; what is larger travels by reference."""
REFERENCE_BYTES = 512
"""Bytes that a reference takes at most, and so the least that a result is given."""
SHARED_RESULTS_BYTES = 200_000
"""Bytes that the results of all items, or branches, of one step share."""
MAX_EXECUTION_NAME = 80
"""Characters of an execution's name (StartExecution, Step Functions API reference)."""
FURTHER = 1_000_000
"""Distance between the visits of a loop inside a loop: no execution has as many (25,000 events, Step Functions quotas;
five minutes of an express workflow)."""
NEVER_RETRIED = ("Permanent", "Invalid", "Refused")
"""Errors of the runtime's own that no retry cures; a subclass that no declaration names is raised as ``Permanent``."""
STEP_IN_FLIGHT = "StepInFlight"
"""Another try of the same step may still be at work: its lease ends with its function's timeout at the latest."""
PLATFORM_BUSY = "PlatformBusy"
"""The runtime could not claim, keep or record, so nothing is known to have been done."""
ALWAYS_RETRIED = (
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    STEP_IN_FLIGHT,
    PLATFORM_BUSY,
)
"""Errors that are no fault of the step, so its own budget is not asked; the lease outlasts a worker that died."""
LONGEST_LEASE_SECONDS = 900
"""Retries of ``ALWAYS_RETRIED`` must together wait for longer: the longest run of a function (Lambda quotas)."""
APPROVAL_REJECTED, APPROVAL_EXPIRED = "ApprovalRejected", "ApprovalExpired"
ITEMS_TOO_MANY = "TooManyItems"
UNDO_FAILED = "UndoFailed"

FOR_GOOD = ".Permanent"
"""Ends the name of an error that its workflow names and that no retry cures: ``States.ALL`` does not try it again."""


@dataclass(frozen=True)
class RunFacts(JsonShape):
    """Whose run it is: the same in every step and branch, and in the workflows below."""

    token: str
    """Run token of the record: what claims, results and values of the run are filed under."""
    run_id: str
    """Run id of the attempt that started the workflow: the parent of every step's run."""
    tenant: str
    correlation_id: str
    payload_hash: str
    parent_run_id: str | None = None
    """What the run continues: a replay, or the step of another workflow."""
    head: str | None = None
    """Hash of the ledger's ``started`` entry; None while it is not known."""
    accepted_at: int | None = None
    queued_at: int | None = None
    redrive: int = 0
    """How often the run was redriven before."""

    @property
    def is_below(self) -> bool:
        """Whether a step of another workflow has started it: its failure is that step's, and it has no letter."""
        return self.run_id == below_run_id(self.token)


@dataclass(frozen=True)
class Letter(JsonShape):
    """The record as it can be sent again: what its message was, without the platform's word on earlier failures."""

    body: str
    """The record's text; where that is large, what stands for it beside the attribute ``large_body``."""
    attributes: dict[str, dict[str, str]]
    """Message attributes as SQS takes them, but for those of bytes."""
    group: str
    """Group of a FIFO queue: the message's own, or ``no-group``."""


@dataclass(frozen=True)
class StepFacts(JsonShape):
    """Which step of the run it is."""

    name: str
    items: tuple[int | str, ...] = ()
    """Numbers of the items, from the outermost map inwards."""
    visit: int = 0
    """How often this run has gone through the step before, for a step of a loop: each time is an effect of its own."""
    attempt: int = 0
    """How often Step Functions has tried the step before."""
    execution: str = ""
    """ARN of the execution."""
    callback: str = ""
    """Task token of a step that waits for a callback."""

    @property
    def execution_name(self) -> str:
        """Name of the execution, for an express one with what tells it from others of the name; empty if unknown."""
        return ":".join(self.execution.split(":")[7:])

    @property
    def path(self) -> str:
        """The step, its items and a later visit in one word: ``resize[3]``, ``poll@2``."""
        return self.name + "".join(f"[{item}]" for item in self.items) + (f"@{self.visit}" if self.visit else "")


@dataclass(frozen=True)
class StepSettings(JsonShape):
    """What the function of one step knows of it."""

    name: str
    errors: tuple[str, ...] = ()
    """Errors that the workflow tells apart: an exception is raised under the first of these in its own ancestry."""
    checkpoint: bool = True
    """Whether the result of a finished step is given again; never of one that waits for a callback or polls."""
    result_bytes: int = MAX_RESULT_BYTES
    """Bytes of the result that may stay in the state."""
    undoes: str = ""
    """The step that this function takes back: what completes it in the ledger is ``undone``; empty elsewhere."""
    done_by: str = ""
    """The function whose success this one takes back; empty where a service does the step, or steps inside it do."""
    undo: str = ""
    """The function that takes the step back; empty where none does."""
    undone_with: dict[str, int] = field(default_factory=dict)
    """Functions that take back a step around this one, and this one with it, each with the number of maps around."""

    @property
    def taken_back(self) -> bool:
        """Whether what the step does may be taken back, or is what takes another back."""
        return bool(self.undo or self.undone_with)


@dataclass(frozen=True)
class WorkflowSettings(JsonShape):
    """What the function that starts executions knows."""

    state_machine: str
    """ARN of the alias that new executions start with."""
    express: bool = False
    timeout_seconds: int = 0


@dataclass(frozen=True)
class Reference(JsonShape):
    """A value in S3: whoever reads it checks the hash."""

    key: str
    sha256: str
    bytes: int

    def to_value(self) -> dict[str, Any]:
        """Return what stands in the state for the value."""
        return {REFERENCE: {"key": self.key, "sha256": self.sha256, "bytes": self.bytes}}


def step_token(
    run_token: str, name: str, items: tuple[int | str, ...] = (), visit: int = 0, generation: int = 0
) -> str:
    """Return the identity of a step's effect in one run: 32 hex digits, the same at every try and every redrive.

    ``generation`` is how often the step was taken back before: what is done again after that is another effect.
    """
    later = [visit, generation] if generation else [visit] if visit else []
    return content_hash(["step", run_token, name, list(items), *later])[:32]


def execution_name(run_token: str, redrive: int = 0) -> str:
    """Return the name of a run's execution: starting it twice starts it once."""
    return f"{run_token}-{redrive}" if redrive else run_token


def replay_name(run_token: str, message_id: str) -> str:
    """Return the name of the execution that a replayed letter starts: however often that message is received, once."""
    return f"{run_token}-r{text_hash(message_id)[:16]}"


def end_run_id(name: str) -> str:
    """Return the run id of the entry that ends an execution of this name, and of its letter.

    The entry's run token is that of the run, its parent the run that started the workflow. So its sort key is
    ``succeeded``, once per run token, or ``dead_lettered#<name>``, once per execution, whoever writes it; of a run
    that a step of another workflow has started, ``failed#<name>``.
    """
    return name


def below_run_id(token: str) -> str:
    """Return the run id with which a step of another workflow starts a run: no message is behind it."""
    return f"{token}.1"


def warned_run_id(name: str, path: str) -> str:
    """Return the run id of the entry that a step, which is not critical, has failed in an execution of this name."""
    return f"{name}/{path}"


def share_of(parts: int) -> int:
    """Return the bytes that the result of one of so many items or branches may have and stay in the state."""
    return min(MAX_RESULT_BYTES, max(REFERENCE_BYTES, SHARED_RESULTS_BYTES // parts))


def value_key(pipeline: str, run_token: str, sha256: str) -> str:
    """Return where a large value of a run lies."""
    return f"{VALUES_PREFIX}/{pipeline}/{run_token}/{sha256}.json"
