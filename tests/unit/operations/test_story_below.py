"""Runs of other pipelines stand in the tree of the run whose step has started them, however deep."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.operations.story.search import StorySearch
from constructs_lib.operations.story.tree import flat
from functions.contract.ledger import Status
from functions.contract.workflow import below_run_id, end_run_id
from tests.unit.operations.evidence_world import NOW, EvidenceWorld, entry

if TYPE_CHECKING:
    from functions.contract.ledger import LedgerEntry

START = NOW - timedelta(hours=1)
CHILD, GRANDCHILD = "c" * 32, "g" * 32


def told(pipeline: str, token: str, at: int, status: Status, run_id: str, parent: str, **changes: Any) -> LedgerEntry:
    made = entry(token, "m", 1, START + timedelta(seconds=at), status=status, run_id=run_id)
    return replace(made, pipeline=pipeline, parent_run_id=parent, **changes)


class Everything:
    """Entries of all pipelines, with the part of one at hand."""

    def __init__(self, entries: list[LedgerEntry], pipeline: str) -> None:
        self.entries, self.pipeline = entries, pipeline

    def of_run_token(self, run_token: str) -> tuple[LedgerEntry, ...]:
        return tuple(one for one in self.entries if (one.pipeline, one.run_token) == (self.pipeline, run_token))

    def of_parent_run(self, run_id: str) -> tuple[LedgerEntry, ...]:
        return tuple(one for one in self.entries if (one.pipeline, one.parent_run_id) == (self.pipeline, run_id))

    def started_elsewhere(self, run_id: str) -> tuple[LedgerEntry, ...]:
        found = (one for one in self.entries if one.parent_run_id == run_id and one.status is Status.STARTED)
        return tuple(one for one in found if one.pipeline != self.pipeline)

    def of_pipeline(self, pipeline: str) -> Everything:
        return Everything(self.entries, pipeline)


@pytest.fixture
def entries() -> list[LedgerEntry]:
    """An order whose step ``bill`` runs the invoices' workflow, whose step ``post`` runs the letters'."""
    invoice, post = below_run_id(CHILD), below_run_id(GRANDCHILD)
    return [
        replace(told("orders", "t", 0, Status.STARTED, "m.1", ""), parent_run_id=None),
        told("orders", "t-pack", 1, Status.SUCCEEDED, "t/pack.a", "m.1", step="pack"),
        told("invoices", CHILD, 2, Status.STARTED, invoice, "m.1", step="bill"),
        told("invoices", "c-print", 3, Status.SUCCEEDED, "c/print.a", invoice, step="print"),
        told("letters", GRANDCHILD, 4, Status.STARTED, post, invoice, step="post"),
        told("letters", "g-stamp", 5, Status.FAILED, "g/stamp.a", post, step="stamp"),
        told("letters", GRANDCHILD, 6, Status.FAILED, end_run_id(GRANDCHILD), post, error_type="NoStamps"),
        told("invoices", CHILD, 7, Status.FAILED, end_run_id(CHILD), invoice, error_type="NoStamps"),
    ]


def rows(entries: list[LedgerEntry], pipeline: str, token: str) -> list[tuple[int, str, str]]:
    ledger = Everything(entries, pipeline)
    search = StorySearch(ledger, EvidenceWorld().archive, "eu-west-1", NOW, None, ledger)
    return [(depth, node.name, node.status) for depth, node in flat(search.story(token).tree)]


def test_what_a_step_has_started_stands_below_it_with_how_it_ended(entries: list[LedgerEntry]) -> None:
    assert rows(entries, "orders", "t") == [
        (0, "pack", "succeeded"),
        (0, "bill", "failed"),
        (1, "print", "succeeded"),
        (1, "post", "failed"),
        (2, "stamp", "failed"),
    ]


def test_a_run_below_another_is_a_story_of_its_own_without_its_siblings(entries: list[LedgerEntry]) -> None:
    sibling = told("invoices", "d" * 32, 2, Status.STARTED, below_run_id("d" * 32), "m.1", step="remind")
    found = rows([*entries, sibling], "invoices", CHILD)
    assert found == [(0, "print", "succeeded"), (0, "post", "failed"), (1, "stamp", "failed")]
