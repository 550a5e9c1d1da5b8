"""A nightly pull: windows follow each other, pages retry alone, missed nights are caught up, overlaps are refused."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local.stub_api import StubAnswer, StubApi, StubRequest

if TYPE_CHECKING:
    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.trial import Trial

NAME = "crm-pull"
PAGE = 2
DAYS = (16, 17, 18)
CONTACTS = [{"id": f"c-{day}-{n}", "changed": f"2026-11-{day}T12:0{n}:00+00:00"} for day in DAYS for n in range(5)]


@dataclass
class Crm:
    """Contacts by the time of their change, two a page; the first request for some pages is refused."""

    refused: dict[str, StubAnswer] = field(
        default_factory=lambda: {
            "2": StubAnswer(429, {"error": "too many"}, {"Retry-After": "1"}),
            "4": StubAnswer(503, {"error": "try later"}),
        }
    )
    windows: list[tuple[str, str]] = field(default_factory=list)
    asked = threading.Event()
    may_answer = threading.Event()

    def answer(self, request: StubRequest) -> StubAnswer:
        self.asked.set()
        self.may_answer.wait(20)
        if request.headers.get("authorization") != "Bearer let-me-in":
            return StubAnswer(401)
        page = request.query.get("page", "0")
        if page in self.refused:
            return self.refused.pop(page)
        since, until = request.query["updated_since"], request.query["until"]
        if page == "0":
            self.windows.append((since, until))
        first, last = datetime.fromisoformat(since), datetime.fromisoformat(until)
        changed = [one for one in CONTACTS if first <= datetime.fromisoformat(one["changed"]) < last]
        start = int(page)
        more = str(start + PAGE) if start + PAGE < len(changed) else None
        return StubAnswer(200, {"contacts": changed[start : start + PAGE], "next": more})


@pytest.fixture(scope="module")
def crm(example: Trial) -> Iterator[Crm]:
    told = Crm()
    told.may_answer.set()
    with StubApi(told.answer) as api:
        api.introduce(example.session.aws, "crm-api", token="let-me-in")
        yield told


@pytest.fixture(scope="module")
def evidence(example: Trial) -> Evidence:
    return example.evidence(NAME)


def said(evidence: Evidence, token: str) -> list[str]:
    return [f"{entry.status.value} {entry.error_type or ''}".strip() for entry in evidence.entries(token)]


def run(example: Trial, evidence: Evidence, at: str, pages: int) -> None:
    """Send a tick and wait until the last page of its run has landed, and the run has given its turn back."""
    example.tick(NAME, at)
    last = example.tick_token(NAME, at, pages)
    evidence.wait_until(f"page {pages} of {at} landed", lambda: "succeeded" in said(evidence, last))
    evidence.wait_until_quiet()


def landed(example: Trial, evidence: Evidence, at: str) -> list[Any]:
    tokens = [example.tick_token(NAME, at, page) for page in range(1, 5)]
    return [json.loads(record.text)["id"] for token in tokens for record in evidence.landed(token)]


def test_a_window_is_pulled_page_by_page_and_a_page_that_fails_retries_alone(
    example: Trial, evidence: Evidence, crm: Crm
) -> None:
    run(example, evidence, "2026-11-17T01:30:00Z", pages=3)
    assert landed(example, evidence, "2026-11-17T01:30:00Z") == [f"c-16-{n}" for n in range(5)]
    pages = [said(evidence, example.tick_token(NAME, "2026-11-17T01:30:00Z", page)) for page in (1, 2, 3)]
    assert pages == [["succeeded"], ["failed Throttled", "succeeded"], ["failed HTTPError", "succeeded"]]


def test_a_night_that_was_missed_is_caught_up_before_the_next_and_windows_leave_no_gap(
    example: Trial, evidence: Evidence, crm: Crm
) -> None:
    run(example, evidence, "2026-11-19T01:30:00Z", pages=3)
    assert landed(example, evidence, "2026-11-18T01:30:00Z") == [f"c-17-{n}" for n in range(5)]
    assert landed(example, evidence, "2026-11-19T01:30:00Z") == [f"c-18-{n}" for n in range(5)]
    assert crm.windows == [
        ("2026-11-15T23:55:00+00:00", "2026-11-17T01:30:00+00:00"),
        ("2026-11-17T01:25:00+00:00", "2026-11-18T01:30:00+00:00"),
        ("2026-11-18T01:25:00+00:00", "2026-11-19T01:30:00+00:00"),
    ]


def test_a_tick_during_a_run_is_refused_with_evidence(example: Trial, evidence: Evidence, crm: Crm) -> None:
    crm.asked.clear()
    crm.may_answer.clear()
    first = example.tick(NAME, "2026-11-20T01:30:00Z")
    assert crm.asked.wait(20)
    second = example.tick(NAME, "2026-11-21T01:30:00Z")
    evidence.wait_until("the second tick was decided", lambda: said(evidence, second) != [])
    crm.may_answer.set()
    evidence.wait_until("the first run is over", lambda: said(evidence, first) != [])
    assert (said(evidence, first), said(evidence, second)) == (["succeeded"], ["skipped overlap"])


def test_a_tick_that_comes_twice_pulls_nothing_again(example: Trial, evidence: Evidence, crm: Crm) -> None:
    before = len(crm.windows)
    again = example.tick(NAME, "2026-11-17T01:30:00Z")
    evidence.wait_until("it is known", lambda: "duplicate" in said(evidence, again))
    assert len(crm.windows) == before
