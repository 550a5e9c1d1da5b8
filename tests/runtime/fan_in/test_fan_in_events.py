"""What the platform's bus is told of groups."""

from __future__ import annotations

from dataclasses import replace

from constructs_lib.drills.memory.faults import always
from tests.runtime.fan_in.groups import REGIONS, Groups, consolidation


def test_a_group_out_of_time_and_a_late_part_are_events() -> None:
    groups = Groups()
    groups.send("north", "west")
    groups.settle()
    groups.send("east")
    groups.settle()
    (incomplete,) = groups.consolidator.bus.details("FanInIncomplete")
    assert (incomplete["parts"], incomplete["missing_count"], incomplete["missing"]) == (2, 2, ["east", "south"])
    assert (incomplete["run_token"], incomplete["on_timeout"]) == (consolidation("monday"), "consolidate")
    (late,) = groups.runner.bus.details("FanInLate")
    assert (late["part"], late["group"]) == ("east", incomplete["group"])


def test_a_complete_group_in_time_is_no_event_and_a_group_given_up_is_one() -> None:
    groups = Groups(on_timeout="dead_letter")
    groups.send(*REGIONS)
    groups.send("north", day="tuesday")
    groups.settle()
    assert groups.runner.bus.entries == []
    (incomplete,) = groups.consolidator.bus.details("FanInIncomplete")
    assert (incomplete["run_token"], incomplete["on_timeout"]) == (consolidation("tuesday"), "dead_letter")


def test_confidential_names_are_in_no_event() -> None:
    groups = Groups()
    for world in (groups.runner, groups.consolidator):
        world.settings = replace(world.settings, data_class="restricted")
    groups.send("north")
    groups.settle()
    groups.send("east")
    groups.settle()
    told = str([*groups.runner.bus.entries, *groups.consolidator.bus.entries])
    assert ("FanInLate" in told, "FanInIncomplete" in told) == (True, True)
    assert not [region for region in REGIONS if region in told]


def test_an_event_that_is_lost_fails_no_part() -> None:
    groups = Groups()
    groups.send("north")
    groups.settle()
    groups.runner.calls.plan = always("PutEvents")
    groups.send("east")
    groups.settle()
    assert groups.reasons() == [None, "part-late"]
