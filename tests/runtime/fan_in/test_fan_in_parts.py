"""Parts that come late, twice or wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from functions.contract.environment import IdempotencySettings
from functions.contract.ledger import Status
from functions.runtime import Permanent, Run
from tests.runtime.fakes import BUFFER, put
from tests.runtime.fan_in.groups import REGIONS, Groups, report


def test_a_late_part_lands_and_its_entry_says_so() -> None:
    groups = Groups()
    groups.send("north", "west")
    groups.settle()
    groups.send("east")
    groups.settle()
    assert groups.reasons() == [None, None, "part-late"]
    late = groups.entries(consolidations=False)[-1]
    assert late.status is Status.SUCCEEDED
    assert json.loads(groups.runner.lines(late)[0])["region"] == "east"
    assert len(groups.consolidated()) == 1


def test_the_same_record_twice_is_one_part() -> None:
    groups = Groups()
    groups.send("north", "north", "north")
    groups.send(*REGIONS[:1], *REGIONS[2:])
    groups.settle()
    assert [one["total"] for one in groups.consolidated()] == [40]


@pytest.mark.parametrize(("sales", "reason"), [(10, "part-repeated"), (11, "part-differs")])
def test_another_record_for_the_same_part_counts_once_and_is_reported(sales: int, reason: str) -> None:
    groups = Groups()
    identity = IdempotencySettings(key=("attributes.message",), ttl_seconds=86_400)
    groups.runner.settings = replace(groups.runner.settings, idempotency=identity)
    groups.days.add("monday")
    reports = [*map(report, REGIONS), report("north", sales=sales)]
    for number, sent in enumerate(reports):
        attributes = {"message": {"DataType": "String", "StringValue": str(number)}}
        groups.runner.sqs.put(BUFFER, json.dumps(sent), attributes)
    groups.settle()
    assert sorted(map(str, groups.reasons())) == [*["None"] * 4, reason]
    assert groups.runner.statuses() == ["succeeded"] * 6
    assert [one["total"] for one in groups.consolidated()] == [40]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"region": None}, "part-missing"),
        ({"region": "mars"}, "part-unexpected"),
        ({"day": ""}, "group-missing"),
        ({"regions": "all"}, "expected-missing"),
        ({"regions": 0}, "group-size"),
        ({"regions": 21}, "group-size"),
        ({"regions": [f"r{n}" for n in range(21)]}, "group-size"),
        ({"regions": [{}]}, "part-missing"),
    ],
)
def test_a_record_that_is_no_part_is_quarantined(change: dict[str, Any], code: str) -> None:
    groups = Groups()
    groups.runner.send({**report("north"), **change})
    groups.settle()
    (entry,) = groups.runner.entries()
    assert (entry.status, entry.error_type) == (Status.QUARANTINED, code)


def test_a_part_whose_handler_fails_for_good_is_missing() -> None:
    def refuse_north(body: dict[str, Any], run: Run) -> None:
        if body["region"] == "north":
            raise Permanent("never")
        put(body, run)

    groups = Groups(handler=refuse_north)
    groups.send(*REGIONS)
    groups.settle()
    assert [one["missing"] for one in groups.consolidated()] == [["north"]]
