"""Every drill is complete: a promise of one sentence, something that it tries, and a row in the docs."""

from __future__ import annotations

from pathlib import Path

import pytest

import constructs_lib
from constructs_lib.drills.registry import all_drills, drill, drill_names
from constructs_lib.errors import UserError

PAGE = Path(constructs_lib.__file__).parents[1] / "docs" / "drills.md"
ASKED_FOR = {
    "clock-skew",
    "crash-after-effect",
    "crash-at-every-call",
    "dependency-down",
    "duplicate",
    "expired-lease",
    "group-crash-after-effect",
    "group-duplicate",
    "group-poison",
    "filtered",
    "malformed",
    "malformed-envelope",
    "order-kept",
    "shard-moves-on",
    "out-of-order",
    "oversized-payload",
    "partial-outage",
    "poison",
    "read-again",
    "throttled-dynamodb",
    "timeout-mid-batch",
    "unprocessed-items",
}


def test_every_kind_of_trouble_has_a_drill() -> None:
    assert set(drill_names()) == ASKED_FOR


@pytest.mark.parametrize("name", drill_names())
def test_a_drill_has_a_promise_of_one_sentence_and_a_row_in_the_docs(name: str) -> None:
    found = drill(name)
    assert found.promise.endswith(".")
    assert found.promise.count(". ") == 0
    assert f"| `{name}`" in PAGE.read_text(encoding="utf-8")


def test_no_two_drills_share_records() -> None:
    numbers = [one.number for one in all_drills()]
    assert len(set(numbers)) == len(numbers)


def test_a_drill_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(UserError, match="drill-unknown") as caught:
        drill("flood")
    assert "out-of-order" in caught.value.faults[0].allowed
