"""What every scope of a state machine knows: the pipeline, its tables and queues, and how its evidence is written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from constructs_lib.declaration.placed_steps import every_step
from constructs_lib.model.asl import SERVICE, State, jsonata
from constructs_lib.model.workflow_state import ActingState
from functions.contract.ledger import (
    ENTRY_ATTRIBUTE,
    ONCE_PER_RUN_TOKEN,
    PARENT_ATTRIBUTE,
    PARTITION_KEY,
    SORT_KEY,
    TTL_ATTRIBUTE,
    Status,
)
from functions.contract.message import FAILURE

if TYPE_CHECKING:
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.intake import QueuePlan
    from constructs_lib.model.plan import ContractPlan
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.workflow_state import WorkflowState

NOW = "$states.context.State.EnteredTime"
"""The same at every try of a state."""
EXECUTION = "$states.context.Execution.Name"
DUPLICATE = "DynamoDb.DuplicateItemException"
"""The entry stands in the ledger already."""
LONGEST_MESSAGE = 1000
"""Characters of an error's cause in ledger and letter."""
GROUP = "($contains($run.tenant, /^[!-~]{1,128}$/) ? $run.tenant : $hash($run.tenant, 'SHA-256'))"
"""Group of a FIFO queue or topic: the tenant, by its hash where it cannot be one."""
KEPT_TRYING = {
    "ErrorEquals": ["States.ALL"],
    "IntervalSeconds": 1,
    "MaxAttempts": 8,
    "BackoffRate": 2,
    "MaxDelaySeconds": 60,
    "JitterStrategy": "FULL",
}


@dataclass(frozen=True)
class Machine:
    """The facts of one state machine."""

    declaration: PipelineDeclaration
    context: PlanContext
    contract: ContractPlan | None
    dead_letters: QueuePlan | None
    express: bool
    name: str
    steps: tuple[WorkflowState, ...]

    def entry(self, status: Status, told: dict[str, str], *, pipeline: str = "", token: str = "$run.token") -> State:
        """Return the call that adds an entry to the ledger; ``told`` are more of its fields, as expressions.

        Its run is the execution, whose parent is the attempt that started the workflow; ``pipeline`` and ``token`` are
        those of a run of another pipeline, where this one tells of it.
        """
        sort = text(status.value)
        if status not in ONCE_PER_RUN_TOKEN:
            sort = f"{text(status.value + '#')} & {told['run_id']}"
        item = {
            PARTITION_KEY: {"S": jsonata(f"{text((pipeline or self.declaration.pipeline) + '#')} & {token}")},
            SORT_KEY: {"S": jsonata(sort)},
            ENTRY_ATTRIBUTE: {"S": jsonata(_written({**self._fields(), **told}))},
            TTL_ATTRIBUTE: {"N": jsonata(f"$string($floor($toMillis({NOW}) / 1000) + {self._retention})")},
            PARENT_ATTRIBUTE: {"S": jsonata("$run.run_id")},
        }
        columns = ", ".join(f"'{name}': ?" for name in item)
        table = self.context.platform.ledger_table
        return {
            "Type": "Task",
            "Resource": f"{SERVICE}aws-sdk:dynamodb:executeStatement",
            "Arguments": {
                "Statement": f'INSERT INTO "{table}" VALUE {{{columns}}}',
                "Parameters": list(item.values()),
            },
            "Retry": [{"ErrorEquals": [DUPLICATE], "MaxAttempts": 0}, KEPT_TRYING],
        }

    def letter(self, body: str, attributes: str, group: str, failure: dict[str, str]) -> State:
        """Return the call that puts a record into the dead-letter queue; everything is given as expressions."""
        queue = self.dead_letters
        if queue is None:
            raise ValueError(f"{self.declaration.pipeline} has no dead-letter queue")
        failed = {
            "run_token": "$run.token",
            "run_id": EXECUTION,
            "tenant": "$run.tenant",
            "failed_at": NOW,
            **failure,
        }
        told = f"{{'DataType': 'String', 'StringValue': $string({_object(failed)})}}"
        fifo = {"MessageGroupId": jsonata(group), "MessageDeduplicationId": jsonata(EXECUTION)} if queue.fifo else {}
        return {
            "Type": "Task",
            "Resource": f"{SERVICE}sqs:sendMessage",
            "Arguments": {
                "QueueUrl": queue.url,
                "MessageBody": jsonata(body),
                "MessageAttributes": jsonata(f"$merge([{attributes}, {{{text(FAILURE)}: {told}}}])"),
                **fifo,
            },
            "Retry": [KEPT_TRYING],
        }

    @cached_property
    def errors(self) -> tuple[str, ...]:
        """Names of the errors that the workflow tells apart anywhere."""
        acting = (one.state for one in every_step(self.declaration.workflow) if isinstance(one.state, ActingState))
        told = ((*step.retry.errors, *(error for catch in step.catch for error in catch.errors)) for step in acting)
        return tuple(dict.fromkeys(error for errors in told for error in errors))

    @property
    def _retention(self) -> int:
        return int(self.declaration.ledger.retention.total_seconds())

    def _fields(self) -> dict[str, str]:
        contract = self.contract
        known = {
            "stage": self.context.stage,
            "function": self.name,
            "function_version": "live",
            "manifest_hash": self.context.manifest_hash,
            "contract_id": contract.id if contract else None,
            "contract_version": contract.version if contract else None,
            "schema_hash": contract.schema_hash if contract else None,
        }
        return {
            **{name: text(value) for name, value in known.items() if value is not None},
            "tenant": "$run.tenant",
            "run_id": EXECUTION,
            "attempt": "$run.redrive + 1",
            "recorded_at": NOW,
            "duration_ms": f"$toMillis({NOW}) - $toMillis($states.context.Execution.StartTime)",
            "request_id": "$states.context.Execution.Id",
            "correlation_id": "$run.correlation_id",
            "payload_hash": "$run.payload_hash",
            "previous_hash": "$run.head",
            "accepted_at": "$run.accepted_at",
            "queued_at": "$run.queued_at",
        }


def text(value: Any) -> str:
    """Return a known value as JSONata writes it: as JSON, with no ``%}`` in it that would end the expression."""
    return json.dumps(value).replace("%}", "\\u0025}")


def _object(fields: dict[str, str]) -> str:
    return "{" + ", ".join(f"{text(name)}: {value}" for name, value in fields.items()) + "}"


def _written(fields: dict[str, str]) -> str:
    """Return an entry's text as the ledger has it: canonical JSON, so by the order of names, without empty values."""
    named = dict(sorted(fields.items()))
    return f"$string($sift({_object(named)}, function($v) {{ $type($v) != 'null' }}))"
