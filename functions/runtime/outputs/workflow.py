"""The internal output by which a record is handed over to its workflow: one execution for each run token."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from functions.contract.workflow import (
    LETTER,
    MAX_RESULT_BYTES,
    NEVER_RETRIED,
    RECORD,
    RUN,
    RunFacts,
    WorkflowSettings,
    execution_name,
    replay_name,
)
from functions.runtime.aws_clients import AWAITED_WORKFLOW
from functions.runtime.aws_failures import AWS_FAILURES, THROTTLES, error_code
from functions.runtime.errors import ContractBreak, Throttled
from functions.runtime.failure import Failure, Verdict, classify
from functions.runtime.outputs.kind import Landed, Postponed
from functions.runtime.outputs.sending import refused
from functions.runtime.steps.letters import letter_of
from functions.runtime.steps.references import Values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from functions.runtime.contract_check import ContractCheck
    from functions.runtime.flush import Flush
    from functions.runtime.record import Record
    from functions.runtime.services import Services

EXISTS = "ExecutionAlreadyExists"
FULL = frozenset({*THROTTLES, "ExecutionLimitExceeded"})
"""Step Functions takes no more executions now."""
PAUSE = 5.0
"""Seconds until a record is handed over again that was not taken: the bucket of starts refills within them."""
REPLAYED = 1
"""What a run that a replayed letter starts counts as ``redrive``."""


class WorkflowDraft:
    """The fields of one record, once they are put."""

    def __init__(self, token: str) -> None:
        """``token`` is the record's run token."""
        self.token = token
        self.fields: Mapping[str, Any] | None = None

    def put(self, fields: Mapping[str, Any]) -> None:
        """Keep the record by its fields."""
        self.fields = fields

    def close(self) -> None:
        """Nothing more is put: the run has ended."""


class WorkflowOutput:
    """The state machine of one pipeline."""

    def __init__(self, settings: WorkflowSettings, services: Services, response: ContractCheck | None = None) -> None:
        """An express workflow is awaited, and what it has returned is the answer; a standard one is started.

        ``response`` checks the answer before anybody is given it.
        """
        self._settings = settings
        self._services = services
        self._response = response

    def draft(self, text: str, argument: Any, token: str) -> WorkflowDraft:  # noqa: ARG002
        """Return an empty draft."""
        return WorkflowDraft(token)

    def land(self, drafts: Sequence[tuple[str, WorkflowDraft]], flush: Flush) -> list[Landed | Postponed | Failure]:
        """Start an execution for each record; once Step Functions takes no more, the rest goes back untried."""
        results: list[Landed | Postponed | Failure] = []
        for tenant, draft in drafts:
            full = bool(results) and isinstance(results[-1], Postponed)
            results.append(results[-1] if full else self._hand_over(tenant, draft, flush))
        return results

    def _hand_over(self, tenant: str, draft: WorkflowDraft, flush: Flush) -> Landed | Postponed | Failure:
        if draft.fields is None:
            return Landed(None)
        record = flush.records[draft.token]
        replayed = record.parent_run_id is not None
        name = replay_name(draft.token, record.message_id) if replayed else execution_name(draft.token)
        try:
            given = self._input(tenant, draft, record, flush)
            return self._await(name, given, flush) if self._settings.express else self._start(name, given)
        except AWS_FAILURES as error:
            code = error_code(error)
            return Postponed(code, PAUSE) if code in FULL else refused("workflow", code)

    def _input(self, tenant: str, draft: WorkflowDraft, record: Record, flush: Flush) -> str:
        facts = RunFacts(
            token=draft.token,
            run_id=record.run_id,
            tenant=tenant,
            correlation_id=self._services.redactor.without_secrets(record.correlation_id),
            payload_hash=record.payload_hash,
            parent_run_id=record.parent_run_id,
            head=record.replay_hash,
            accepted_at=record.accepted_at,
            queued_at=record.queued_at,
            redrive=REPLAYED if record.parent_run_id is not None else 0,
        )
        fields = self._values(flush).shrunk(draft.fields, draft.token, MAX_RESULT_BYTES)
        given: dict[str, Any] = {RUN: asdict(facts), RECORD: fields}
        if not self._settings.express:
            given[LETTER] = asdict(letter_of(record, draft.token, flush.settings, self._services.objects))
        return json.dumps(given, separators=(",", ":"), ensure_ascii=False)

    def _start(self, name: str, given: str) -> Landed:
        machine = self._settings.state_machine
        try:
            started = self._services.client("stepfunctions").start_execution(
                stateMachineArn=machine, name=name, input=given
            )
        except AWS_FAILURES as error:
            if error_code(error) != EXISTS:
                raise
            return Landed(f"{machine}#{name}")
        return Landed(str(started["executionArn"]))

    def _await(self, name: str, given: str, flush: Flush) -> Landed | Postponed | Failure:
        if flush.left() < self._settings.timeout_seconds:
            return Postponed("deadline")
        ended = self._services.client(AWAITED_WORKFLOW).start_sync_execution(
            stateMachineArn=self._settings.state_machine, name=name, input=given
        )
        if ended["status"] == "SUCCEEDED":
            return self._answered(ended, flush)
        timed_out = "States.Timeout" if ended["status"] == "TIMED_OUT" else "States.Runtime"
        return failed(str(ended.get("error") or timed_out), str(ended.get("cause") or ""))

    def _answered(self, ended: Mapping[str, Any], flush: Flush) -> Landed | Failure:
        try:
            answer = self._values(flush).resolved(json.loads(ended.get("output") or "null"))
        except ContractBreak as fault:
            return Failure(Verdict.GIVE_UP, fault.code, str(fault), cause=fault)
        try:
            if self._response is not None:
                self._response.check(answer)
        except ContractBreak as fault:
            return classify(fault, flush.settings.retry.errors, self._services.now)
        return Landed(str(ended["executionArn"]), answer, answers=True)

    def _values(self, flush: Flush) -> Values:
        return Values(self._services.objects, flush.settings.raw_bucket, flush.settings.pipeline)


def failed(error: str, cause: str) -> Failure:
    """Return what the error of a workflow means for its record: what can never succeed is given up at once."""
    if error in NEVER_RETRIED:
        return Failure(Verdict.GIVE_UP, error, cause)
    return Failure(Verdict.SLOW_DOWN if error == Throttled.__name__ else Verdict.RETRY, error, cause)
