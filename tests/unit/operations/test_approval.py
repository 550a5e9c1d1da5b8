"""Gates: what waits is listed, a decision counts once, and who made it stands in the item, the ledger and the run."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.errors import UserError
from constructs_lib.operations.workflow.approval import ApprovalDesk, state_of, told_of
from functions.contract.approval import APPROVED, REJECTED, Question
from functions.contract.ledger import Status
from functions.contract.state import approval_key
from tests.unit.operations.schedule_account import NOW, OPERATOR, ScheduleAccount, schedule_account

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLAIN = {"source": {"type": "schedule", "rate": "15m"}, "idempotency": {}, "contract": None}
QUESTION = Question(
    run_token="t" * 32,
    run_id="m-1.1",
    step="release",
    tenant="dublin-1",
    correlation_id="c-1",
    payload_hash="p",
    message="release 1.2?",
    callback="task-token",
    execution="arn:execution",
    asked_at="2026-11-21T11:00:00.000Z",
    ends_at="2026-11-22T11:00:00.000Z",
    kept_until=1_800_000_000,
)


@dataclass
class Gates:
    """Step Functions, as far as a gate is answered; ``over`` is a gate that waits no more."""

    told: list[dict[str, Any]] = field(default_factory=list)
    over: bool = False

    def send_task_success(self, **answer: Any) -> None:
        self._take(answer)

    def send_task_failure(self, **answer: Any) -> None:
        self._take(answer)

    def _take(self, answer: dict[str, Any]) -> None:
        if self.over:
            raise ClientError({"Error": {"Code": "TaskTimedOut"}}, "SendTaskSuccess")
        self.told.append(answer)


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScheduleAccount]:
    """An account with one question in its state table."""
    with schedule_account(tmp_path, monkeypatch, PLAIN) as made:
        ask(made, QUESTION)
        yield made


def ask(account: ScheduleAccount, question: Question) -> None:
    key = approval_key(account.plan.pipeline, question.run_token, question.step)
    _, revision = account.items.read(key)
    assert account.items.replace(key, vars(question), revision, expires_at=question.kept_until)


def desk(account: ScheduleAccount, gates: Gates) -> ApprovalDesk:
    return ApprovalDesk(gates, account.items, account.notes)


def code_of(desk: ApprovalDesk, token: str, step: str | None, decision: str, comment: str = "", at: Any = NOW) -> str:
    with pytest.raises(UserError) as caught:
        desk.decide(token, step, decision, comment, at)
    return caught.value.faults[0].code


def test_an_approval_tells_the_run_who_gave_it_and_the_ledger_why(account: ScheduleAccount) -> None:
    gates = Gates()
    decided = desk(account, gates).decide(QUESTION.run_token, None, APPROVED, "tested", NOW)
    answer = {"approved_by": OPERATOR, "approved_at": decided.decided_at, "comment": "tested"}
    assert [(one["taskToken"], json.loads(one["output"])) for one in gates.told] == [("task-token", answer)]
    (entry,) = account.entries()
    assert (entry.status, entry.run_token, entry.step) == (Status.OPERATED, QUESTION.run_token, "release")
    assert (entry.function, entry.parent_run_id, entry.error_message) == (
        OPERATOR,
        "m-1.1",
        "approves release: tested",
    )


def test_a_rejection_fails_the_step_under_its_own_name(account: ScheduleAccount) -> None:
    gates = Gates()
    desk(account, gates).decide(QUESTION.run_token, "release", REJECTED, "too early", NOW)
    (told,) = gates.told
    assert (told["error"], json.loads(told["cause"])) == (
        "ApprovalRejected",
        {"rejected_by": OPERATOR, "comment": "too early"},
    )


def test_deciding_the_same_twice_keeps_the_first_and_tells_the_run_again(account: ScheduleAccount) -> None:
    gates = Gates()
    first = desk(account, gates).decide(QUESTION.run_token, None, APPROVED, "first", NOW)
    second = desk(account, gates).decide(QUESTION.run_token, None, APPROVED, "second", NOW + timedelta(hours=1))
    assert first == second
    assert gates.told[0] == gates.told[1]
    assert len({entry.hash for entry in account.entries()}) == 1


def test_what_was_decided_otherwise_or_too_late_or_never_asked_is_refused(account: ScheduleAccount) -> None:
    gates = Gates()
    asked = desk(account, gates)
    assert code_of(asked, "nope", None, APPROVED) == "approval-unknown"
    assert code_of(asked, QUESTION.run_token, "other", APPROVED) == "approval-unknown"
    assert code_of(asked, QUESTION.run_token, None, APPROVED, at=NOW + timedelta(days=2)) == "approval-over"
    assert code_of(asked, QUESTION.run_token, None, APPROVED, comment="x" * 2000) == "comment-too-long"
    asked.decide(QUESTION.run_token, None, APPROVED, "", NOW)
    assert code_of(asked, QUESTION.run_token, None, REJECTED) == "approval-decided"
    assert len(gates.told) == 1


def test_a_run_with_several_gates_wants_one_named(account: ScheduleAccount) -> None:
    ask(account, replace(QUESTION, step="publish", callback="other"))
    gates = Gates()
    asked = desk(account, gates)
    assert code_of(asked, QUESTION.run_token, None, APPROVED) == "approval-ambiguous"
    asked.decide(QUESTION.run_token, "publish", APPROVED, "", NOW)
    assert asked.decide(QUESTION.run_token, None, APPROVED, "", NOW).step == "release"
    assert [one["taskToken"] for one in gates.told] == ["other", "task-token"]


def test_a_gate_that_waits_no_more_keeps_the_decision_for_a_redrive(account: ScheduleAccount) -> None:
    asked = desk(account, Gates(over=True))
    assert asked.decide(QUESTION.run_token, None, APPROVED, "", NOW).decision == APPROVED
    assert [state_of(one, NOW) for one in asked.questions()] == [APPROVED]


def test_questions_are_listed_oldest_first_with_what_became_of_them(account: ScheduleAccount) -> None:
    ask(
        account,
        replace(QUESTION, step="early", asked_at="2026-11-20T00:00:00.000Z", ends_at="2026-11-21T00:00:00.000Z"),
    )
    asked = desk(account, Gates())
    assert [(one.step, state_of(one, NOW)) for one in asked.questions()] == [
        ("early", "expired"),
        ("release", "waiting"),
    ]
    told = told_of(asked.questions()[0], NOW)
    assert "task-token" not in json.dumps(told)
    assert (told["message"], told["state"]) == ("release 1.2?", "expired")
