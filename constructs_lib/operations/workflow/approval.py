"""Gates that wait for a person: listed, approved, rejected; who decided, when and why is kept with the run.

In this order: the decision is put into the item under the condition that nobody has decided; the entry of the ledger is
written; Step Functions is told. Deciding the same once more repeats the last two, so a crash in between harms nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from constructs_lib.errors import UserError
from constructs_lib.operations.sending import OPERATOR_VERSION
from constructs_lib.operations.window import stamp
from functions.contract.approval import APPROVED, MAX_COMMENT_BYTES, REJECTED, Question
from functions.contract.identity import canonical_json
from functions.contract.ledger import LedgerEntry, Status
from functions.contract.state import approval_key
from functions.contract.workflow import APPROVAL_REJECTED

if TYPE_CHECKING:
    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.operations.schedule.evidence import OperatorNotes
    from constructs_lib.operations.schedule.state_items import StateItems

WAITING, EXPIRED = "waiting", "expired"
_OVER = ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken")
"""What Step Functions says of a gate that waits no more."""


@dataclass(frozen=True)
class ApprovalDesk:
    """The gates of one pipeline; ``states`` is a client of Step Functions."""

    states: Any
    items: StateItems
    notes: OperatorNotes

    def questions(self) -> tuple[Question, ...]:
        """Return every question that is kept, oldest first: one query."""
        place, _ = approval_key(self.notes.plan.pipeline, "", "")
        found = (Question(**value) for value in self.items.values_of(place))
        return tuple(sorted(found, key=lambda question: (question.asked_at, question.run_token, question.step)))

    def decide(self, run_token: str, step: str | None, decision: str, comment: str, now: datetime) -> Question:
        """Approve or reject the one question of a run that is open, or the one at a step; return it as it is now.

        Raises:
            UserError: ``comment-too-long``, ``approval-unknown``, ``approval-ambiguous``, ``approval-decided`` or
                ``approval-over``.
        """
        if len(comment.encode(errors="replace")) > MAX_COMMENT_BYTES:
            found = f"{len(comment.encode(errors='replace')):,} bytes"
            raise UserError.of("comment-too-long", "--comment", found, f"{MAX_COMMENT_BYTES:,} bytes", "say less")
        path = step or self._only_step(run_token)
        question = self._decided(run_token, path, decision, comment, now)
        self.notes.ledger.add(_entry(self.notes.plan, question, self.notes.retention))
        self._tell(question)
        return question

    def _only_step(self, run_token: str) -> str:
        steps = [one.step for one in self.questions() if one.run_token == run_token]
        waiting = [one.step for one in self.questions() if one.run_token == run_token and not one.decision]
        candidates = waiting or steps
        if len(candidates) == 1:
            return candidates[0]
        if not candidates:
            raise _unknown(run_token)
        found = f"{len(candidates)} gates: {', '.join(candidates)}"
        raise UserError.of("approval-ambiguous", run_token, found, "one gate", "name one of them with --step")

    def _decided(self, run_token: str, step: str, decision: str, comment: str, now: datetime) -> Question:
        """Put the decision into the item; another person may be faster, and what was decided first stands."""
        key = approval_key(self.notes.plan.pipeline, run_token, step)
        while True:
            value, revision = self.items.read(key)
            if value is None:
                raise _unknown(f"{run_token} {step}")
            question = Question(**value)
            if question.decision == decision:
                return question
            if question.decision:
                found = f"{question.decision} by {question.decided_by} at {question.decided_at}"
                fix = "a decision stands; redrive the run to be asked again after a rejection"
                raise UserError.of("approval-decided", f"{run_token} {step}", found, "a gate that is open", fix)
            if question.ends_at <= stamp(now):
                raise _over(question)
            decided = replace(
                question, decision=decision, decided_by=self.notes.operator, decided_at=stamp(now), comment=comment
            )
            if self.items.replace(key, vars(decided), revision, expires_at=question.kept_until):
                return decided

    def _tell(self, question: Question) -> None:
        """Tell Step Functions; a gate that was told before, or waits no more, takes nothing."""
        try:
            if question.decision == APPROVED:
                self.states.send_task_success(taskToken=question.callback, output=canonical_json(question.answer()))
            else:
                cause = canonical_json({"rejected_by": question.decided_by, "comment": question.comment})
                self.states.send_task_failure(taskToken=question.callback, error=APPROVAL_REJECTED, cause=cause)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _OVER:
                raise


def state_of(question: Question, now: datetime) -> str:
    """Return what has become of a question: waiting, expired, approved or rejected."""
    if question.decision:
        return question.decision
    return EXPIRED if question.ends_at <= stamp(now) else WAITING


def told_of(question: Question, now: datetime) -> dict[str, Any]:
    """Return what a person is shown of a question; its shape is stable, and the task token is no part of it."""
    hidden = ("callback", "kept_until", "payload_hash")
    told = {name: value for name, value in vars(question).items() if name not in hidden}
    return {**told, "state": state_of(question, now)}


def _entry(plan: PipelinePlan, question: Question, retention: int) -> LedgerEntry:
    """Return the entry of a decision: the same, however often it is written."""
    verb = {APPROVED: "approves", REJECTED: "rejects"}[question.decision]
    said = f": {question.comment}" if question.comment else ""
    return LedgerEntry(
        pipeline=plan.pipeline,
        stage=plan.stage,
        tenant=question.tenant,
        run_token=question.run_token,
        run_id=f"{question.run_id}.approval.{question.step}.{question.redrive}",
        parent_run_id=question.run_id,
        status=Status.OPERATED,
        attempt=0,
        recorded_at=question.decided_at,
        duration_ms=0,
        function=question.decided_by,
        function_version=OPERATOR_VERSION,
        request_id=question.execution,
        correlation_id=question.correlation_id,
        manifest_hash=plan.manifest_hash,
        contract_id=None,
        contract_version=None,
        schema_hash=None,
        payload_hash=question.payload_hash,
        step=question.step,
        error_message=f"{verb} {question.step}{said}",
        expires_at=int(datetime.fromisoformat(question.decided_at).timestamp()) + retention,
    )


def _unknown(place: str) -> UserError:
    fix = "pipelines approval list shows the gates that wait"
    return UserError.of("approval-unknown", place, "nobody was asked", "a gate of a run, and its step", fix)


def _over(question: Question) -> UserError:
    fix = "pipelines run redrive asks again, once the run has ended"
    place = f"{question.run_token} {question.step}"
    return UserError.of("approval-over", place, f"it waited until {question.ends_at}", "a gate that still waits", fix)
