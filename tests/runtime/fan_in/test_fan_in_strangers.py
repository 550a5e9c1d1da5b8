"""What a sender may choose freely: none of it takes a group, or the records beside it, along."""

from __future__ import annotations

import json

import pytest

from functions.contract.identity import run_token
from functions.contract.ledger import Status
from functions.runtime.groups.part import MAX_EXPECTED
from tests.runtime.fan_in.groups import REGIONS, Groups, report


def test_a_record_whose_key_is_the_token_of_a_group_does_not_pass_for_its_consolidation() -> None:
    groups = Groups()
    groups.runner.send({**report("east", "monday", 1), "id": run_token("shop-orders", ("fan-in", "default", "monday"))})
    groups.send(*REGIONS[1:])
    groups.settle()
    (consolidation,) = groups.entries(consolidations=True)
    assert consolidation.status is Status.SUCCEEDED
    (landed,) = groups.runner.lines(consolidation)
    assert json.loads(landed)["regions"] == REGIONS


@pytest.mark.parametrize("place", ["region", "regions"])
def test_a_name_that_is_no_unicode_goes_to_quarantine_and_its_neighbours_land(place: str) -> None:
    names = {"region": "\ud800", "regions": ["\ud800", *REGIONS]}
    groups = Groups()
    groups.runner.send({**report("east", "monday", 1), "id": "odd", place: names[place]}, report("west", "monday", 1))
    groups.runner.deliver()
    assert [entry.error_type for entry in groups.runner.entries(Status.QUARANTINED)] in (
        ["part-missing"],
        ["part-unexpected"],
    )
    assert len(groups.runner.entries(Status.SUCCEEDED)) == 1


def test_names_that_no_item_could_hold_go_to_quarantine_at_once() -> None:
    names = [f"{index:0>190}" for index in range(1000)]
    assert len(json.dumps(names)) < MAX_EXPECTED
    wide = [name.replace("0", "\U0001f600") for name in names]
    groups = Groups(max_items=1000)
    for names_sent in (names, wide):
        groups.runner.send({**report(names_sent[0], "monday", 1), "id": names_sent[1], "regions": names_sent})
    groups.runner.deliver()
    assert [entry.error_type for entry in groups.runner.entries(Status.QUARANTINED)] == ["group-size"]
    assert len(groups.runner.entries(Status.SUCCEEDED)) == 1
