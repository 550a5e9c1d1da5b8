"""A question to a person is kept whole, and its answer tells who decided, when and what was said."""

from __future__ import annotations

from dataclasses import replace

from functions.contract.approval import APPROVED, Question
from functions.contract.state import approval_key

QUESTION = Question(
    run_token="t" * 32,
    run_id="m.1",
    step="release[3]",
    tenant="default",
    correlation_id="c",
    payload_hash="p",
    message="release 1.2?",
    callback="token",
    execution="arn:aws:states:eu-west-1:111122223333:execution:shop-release-dev:t",
    asked_at="2026-01-01T00:00:00.000Z",
    ends_at="2026-01-02T00:00:00.000Z",
    kept_until=1_800_000_000,
)


def test_a_question_is_read_back_as_it_was_kept() -> None:
    decided = replace(QUESTION, decision=APPROVED, decided_by="arn:a", decided_at="now", comment="fine")
    assert Question.from_json(decided.to_json()) == decided
    assert decided.answer() == {"approved_by": "arn:a", "approved_at": "now", "comment": "fine"}


def test_questions_of_one_pipeline_stand_together_and_each_step_has_its_own() -> None:
    first, second = approval_key("shop", "t", "release[3]"), approval_key("shop", "t", "release[4]")
    assert first[0] == second[0] == "shop#approval"
    assert first[1] != second[1]
