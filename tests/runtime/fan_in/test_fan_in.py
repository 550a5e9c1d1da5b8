"""Fan-in: a group is consolidated once, with what came in time, and what did not is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from functions.contract.ledger import Status
from functions.contract.message import REPLAY, Replay
from functions.runtime import Permanent, Recoverable, Run
from tests.runtime.fakes import STATE, World
from tests.runtime.fan_in.groups import GROUPS, HOUR, REGIONS, Groups, consolidate


def test_a_complete_group_is_consolidated_at_once_and_only_once() -> None:
    groups = Groups()
    started = groups.runner.clock.now()
    groups.send(*REGIONS)
    groups.collect()
    groups.consolidator.deliver(1)
    assert groups.runner.clock.now() - started < 1
    assert groups.consolidated() == [{"day": "monday", "total": 40, "regions": REGIONS, "missing": []}]
    groups.settle()
    assert len(groups.entries(consolidations=True)) == 1
    assert len(groups.consolidated()) == 1


def test_parts_that_come_one_by_one_are_consolidated_with_the_last() -> None:
    groups = Groups()
    for count, region in enumerate(REGIONS, start=1):
        groups.send(region)
        groups.collect()
        signals = [m.attributes["group_signal"]["StringValue"] for m in groups.runner.sqs.queue(GROUPS)]
        assert signals == ["timeout"] + ["complete"] * (count == len(REGIONS))
    groups.settle()
    assert [one["total"] for one in groups.consolidated()] == [40]


def test_a_fixed_count_is_enough() -> None:
    groups = Groups(expected="`2`")
    groups.send("north", "elsewhere")
    groups.collect()
    groups.consolidator.deliver(1)
    assert [one["regions"] for one in groups.consolidated()] == [["elsewhere", "north"]]


def test_groups_and_tenants_are_kept_apart() -> None:
    groups = Groups()
    groups.send(*REGIONS)
    groups.send(*REGIONS, day="tuesday", sales=1)
    groups.settle()
    assert sorted((one["day"], one["total"]) for one in groups.consolidated()) == [("monday", 40), ("tuesday", 4)]


def test_at_the_timeout_what_is_there_is_consolidated_and_what_is_missing_is_named() -> None:
    groups = Groups()
    started = groups.runner.clock.now()
    groups.send("north", "west")
    groups.settle()
    assert HOUR <= groups.runner.clock.now() - started < HOUR + 60
    assert groups.consolidated() == [
        {"day": "monday", "total": 20, "regions": ["north", "west"], "missing": ["east", "south"]}
    ]
    (entry,) = groups.entries(consolidations=True)
    assert (entry.error_type, entry.error_message) == ("group-incomplete", "2 parts, 2 missing: east, south")


def test_a_count_says_how_many_are_missing() -> None:
    groups = Groups(expected="`3`")
    groups.send("north")
    groups.settle()
    (entry,) = groups.entries(consolidations=True)
    assert entry.error_message == "1 parts, 2 missing"


def test_an_incomplete_group_can_be_given_up_with_its_list() -> None:
    groups = Groups(on_timeout="dead_letter")
    groups.send("north")
    groups.settle()
    assert groups.consolidated() == []
    (letter,) = groups.runner.dead_letters()
    assert "3 missing: east, south, west" in letter.attributes["failure"]["StringValue"]
    (entry,) = groups.entries(consolidations=True)
    assert (entry.status, entry.error_type) == (Status.DEAD_LETTERED, "GroupIncomplete")


def test_the_replay_of_a_group_that_was_given_up_takes_the_late_parts_along() -> None:
    groups = Groups(on_timeout="dead_letter")
    groups.send("north")
    groups.settle()
    groups.send("east", "south", "west")
    groups.collect()
    assert groups.reasons() == [None, *["part-late"] * 3]
    replay(groups)
    groups.settle()
    assert [one["regions"] for one in groups.consolidated()] == [REGIONS]


def test_a_retry_of_the_handler_is_given_the_same_parts() -> None:
    given: list[list[str]] = []

    def once_more(parts: Any, run: Run) -> None:
        given.append([part.name for part in parts])
        if run.attempt == 1:
            raise Recoverable("later")
        consolidate(parts, run)

    groups = Groups(consolidating=once_more)
    groups.send("north", "west")
    groups.collect()
    groups.runner.clock.advance(HOUR)
    groups.consolidator.deliver(1)
    groups.send("east")
    groups.settle()
    assert given == [["north", "west"]] * 2
    assert [one["missing"] for one in groups.consolidated()] == [["east", "south"]]
    assert groups.reasons()[-1] == "part-late"


def test_a_poisoned_group_goes_to_the_dead_letter_queue_and_leaves_the_others_alone() -> None:
    def refuse_monday(parts: Any, run: Run) -> None:
        if parts.key == ("monday",):
            raise Permanent("never")
        consolidate(parts, run)

    groups = Groups(consolidating=refuse_monday)
    groups.send(*REGIONS)
    groups.send(*REGIONS, day="tuesday")
    groups.settle()
    assert [one["day"] for one in groups.consolidated()] == ["tuesday"]
    assert len(groups.runner.dead_letters()) == 1
    statuses = sorted(entry.status.value for entry in groups.entries(consolidations=True))
    assert statuses == ["dead_lettered", "succeeded"]


def test_a_group_beyond_its_cap_hands_over_no_more_than_the_cap() -> None:
    groups = Groups(expected="`2`", max_items=2)
    groups.send("one")
    groups.collect()
    groups.send("two", "three", "four")
    groups.collect()
    groups.consolidator.deliver(1)
    assert [len(one["regions"]) for one in groups.consolidated()] == [2]
    (entry,) = groups.entries(consolidations=True)
    assert entry.error_message == "2 parts; 2 came too late or beyond the cap of 2"


def test_confidential_names_are_not_in_the_ledger() -> None:
    groups = Groups()
    groups.consolidator.settings = replace(groups.consolidator.settings, data_class="restricted")
    groups.send("north")
    groups.settle()
    (entry,) = groups.entries(consolidations=True)
    assert entry.error_type == "group-incomplete"
    assert "east" not in (entry.error_message or "")


def test_a_batch_costs_three_calls_more_and_a_new_group_two_once() -> None:
    groups = Groups(expected="`20`")
    extra = []
    for batch in range(2):
        groups.send(*(f"r{batch}{number}" for number in range(10)))
        groups.runner.calls.names.clear()
        groups.runner.deliver(10)
        extra.append(list(groups.runner.calls.names))
    assert extra[0] == [
        *("BatchExecuteStatement", "PutObject", "BatchExecuteStatement", "BatchGetItem", "Query", "SendMessageBatch"),
        *("BatchExecuteStatement", "BatchExecuteStatement"),
    ]
    assert len(extra[1]) <= 3 + 3 + 2


def test_a_pipeline_without_fan_in_calls_what_it_called_before() -> None:
    world = World()
    world.send(*({"order_id": f"o-{number}"} for number in range(10)))
    world.deliver()
    assert world.calls.names == ["BatchExecuteStatement", "PutObject", "BatchExecuteStatement"]


def test_a_signal_of_a_group_that_nobody_knows_is_let_go() -> None:
    groups = Groups()
    groups.send("north")
    groups.collect()
    groups.runner.dynamodb.tables[STATE].clear()
    groups.settle()
    assert groups.entries(consolidations=True) == []


def replay(groups: Groups) -> None:
    """Send what is in the dead-letter queue back to the queue of groups, as an operator does."""
    sqs = groups.runner.sqs
    for letter in list(groups.runner.dead_letters()):
        sqs.delete(groups.runner.dlq, letter)
        sign = Replay(parent_run_id="failed.1", replayed_by="me", replayed_at="now").to_json()
        attributes = {**letter.attributes, REPLAY: {"DataType": "String", "StringValue": sign}}
        sqs.put(GROUPS, letter.body, attributes)
