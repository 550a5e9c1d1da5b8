"""A route that is answered by its handler, once for each question, under the function's own role."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local.callers import post, user
from functions.contract.identity import run_token

if TYPE_CHECKING:
    from botocore.credentials import Credentials

    from constructs_lib.local.session import LocalSession
    from constructs_lib.model.plan import PipelinePlan

QUESTION = {"quote_id": "q-1", "lines": [{"quantity": 200, "unit_cents": 50}, {"quantity": 2, "unit_cents": 999}]}


@pytest.fixture(scope="module")
def quotes(plans: tuple[PipelinePlan, ...]) -> PipelinePlan:
    return next(plan for plan in plans if plan.pipeline == "price-quotes")


@pytest.fixture(scope="module")
def partner(session: LocalSession) -> Credentials:
    return user(session, "asking-partner", allowed=True)


def statuses(session: LocalSession, plan: PipelinePlan, quote_id: str) -> list[str]:
    entries = session.evidence(plan).entries(run_token(plan.pipeline, (quote_id,)))
    return sorted(entry.status.value for entry in entries)


def test_a_question_is_answered_and_the_same_one_with_the_same_answer(
    session: LocalSession, quotes: PipelinePlan, partner: Credentials
) -> None:
    first, second = (post(session, quotes, QUESTION, partner) for _ in range(2))
    assert (first.status_code, first.json()) == (200, {"quote_id": "q-1", "total_cents": 11_498})
    assert (second.status_code, second.json()) == (200, first.json())
    assert ("idempotent-replayed" in first.headers, second.headers["idempotent-replayed"]) == (False, "true")
    assert statuses(session, quotes, "q-1") == ["duplicate", "succeeded"]
    token = run_token(quotes.pipeline, ("q-1",))
    assert [json.loads(record.text) for record in session.evidence(quotes).landed(token)] == [QUESTION]


def test_the_same_question_asked_at_once_has_one_effect(
    session: LocalSession, quotes: PipelinePlan, partner: Credentials
) -> None:
    question = {**QUESTION, "quote_id": "q-2"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: post(session, quotes, question, partner), range(4)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    good = [answer.json()["total_cents"] for answer in answers if answer.status_code == 200]
    assert good
    assert set(good) == {11_498}
    assert statuses(session, quotes, "q-2").count("succeeded") == 1


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"quote_id": "q-3", "lines": []}, "contract-broken"),
        ({**QUESTION, "lines": [{"quantity": 1, "unit_cents": 1}]}, "payload-differs"),
    ],
)
def test_what_is_wrong_with_a_question_is_told(
    session: LocalSession, quotes: PipelinePlan, partner: Credentials, question: dict[str, Any], code: str
) -> None:
    post(session, quotes, QUESTION, partner)
    answer = post(session, quotes, question, partner)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)


def test_nobody_without_the_right_is_answered(session: LocalSession, quotes: PipelinePlan) -> None:
    assert post(session, quotes, QUESTION, None).status_code == 403
