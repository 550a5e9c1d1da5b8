"""A report that is kept in step: a cursor that is no time, pages, and totals that a rerun does not change."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from functions.runtime.stores.values import from_attributes

if TYPE_CHECKING:
    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.trial import Trial

NAME = "report-sync"
FIRST, SECOND, THIRD, AGAIN = (f"2026-11-21T{hour:02}:00:00Z" for hour in (9, 10, 11, 12))


def sell(example: Trial, *sales: tuple[int, str, int]) -> None:
    for number, day, cents in sales:
        item = {"shop": {"S": "main"}, "number": {"N": str(number)}, "day": {"S": day}, "cents": {"N": str(cents)}}
        example.client("dynamodb").put_item(TableName="report-sync-dev-sales", Item=item)


def report(example: Trial) -> dict[str, tuple[int, int]]:
    """Return the number of sales and the cents of each day."""
    items = map(from_attributes, example.client("dynamodb").scan(TableName="report-sync-dev-report")["Items"])
    return {item["day"]: (item["sales"], item["cents"]) for item in items}


def pages(example: Trial, evidence: Evidence, at: str) -> list[Any]:
    """Return what each page of a run has landed."""
    tokens = [example.tick_token(NAME, at, page) for page in range(1, 5)]
    return [json.loads(record.text) for token in tokens for record in evidence.landed(token)]


def run(example: Trial, at: str, *, pages: int) -> Evidence:
    """Send a tick and wait until its last page has landed and the cursor has moved."""
    evidence = example.evidence(NAME)
    example.tick(NAME, at)
    last = example.tick_token(NAME, at, pages)
    evidence.wait_until(f"page {pages} landed", lambda: bool(evidence.entries(last)))
    evidence.wait_until("the run is over", lambda: example.operator(NAME).checkpoint().show().in_progress is None)
    return evidence


@pytest.fixture(scope="module")
def evidence(example: Trial) -> Evidence:
    sell(example, *((number, "2026-11-20", 100) for number in range(1, 7)), (7, "2026-11-21", 250))
    return run(example, FIRST, pages=2)


def test_the_first_run_takes_over_all_sales_page_by_page(example: Trial, evidence: Evidence) -> None:
    assert [page["read"] for page in pages(example, evidence, FIRST)] == [[1, 2, 3, 4], [5, 6, 7]]
    assert report(example) == {"2026-11-20": (6, 600), "2026-11-21": (1, 250)}
    assert example.operator(NAME).checkpoint().show().value == "7"


def test_the_next_run_takes_over_what_is_new_and_one_without_news_nothing(example: Trial, evidence: Evidence) -> None:
    sell(example, (8, "2026-11-21", 50))
    run(example, SECOND, pages=1)
    run(example, THIRD, pages=1)
    assert pages(example, evidence, SECOND) == [{"behind": 7, "read": [8], "added": [8]}]
    assert pages(example, evidence, THIRD) == [{"behind": 8, "read": [], "added": []}]
    assert report(example)["2026-11-21"] == (2, 300)


def test_a_tick_that_comes_twice_reads_nothing(example: Trial, evidence: Evidence) -> None:
    token = example.tick(NAME, FIRST)
    evidence.wait_until("it is known", lambda: len(evidence.entries(token)) == 2)
    assert [entry.status.value for entry in evidence.entries(token)] == ["succeeded", "duplicate"]
    assert len(pages(example, evidence, FIRST)) == 2


def test_with_the_cursor_set_back_everything_is_read_again_and_no_total_changes(
    example: Trial, evidence: Evidence
) -> None:
    before = report(example)
    example.operator(NAME).checkpoint().put("0", datetime.now(UTC))
    run(example, AGAIN, pages=3)
    assert [page["read"] for page in pages(example, evidence, AGAIN)] == [[1, 2, 3, 4], [5, 6, 7, 8], []]
    assert [page["added"] for page in pages(example, evidence, AGAIN)] == [[], [], []]
    assert report(example) == before
    (told,) = (entry for entry in evidence.every_entry() if entry.status.value == "operated")
    assert told.error_message == "sets the cursor sale_number from '8' to '0'"
    assert told.function.startswith("arn:aws:iam:")
