"""The tree of a run: each step with its attempts below what is around it, on one time axis, from the ledger alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from constructs_lib.cli._demo_view import make_console
from constructs_lib.cli._run_view import run_table, run_tree
from constructs_lib.model.state_machine import StepPlan
from constructs_lib.operations.story.picture import picture
from constructs_lib.operations.story.search import StorySearch
from constructs_lib.operations.story.tree import Node, flat, scopes_of
from functions.contract.ledger import LedgerEntry, Status
from functions.contract.workflow import end_run_id, warned_run_id
from tests.unit.operations.evidence_world import NOW, EvidenceWorld, entry

if TYPE_CHECKING:
    from constructs_lib.operations.story.story import Story

START = NOW - timedelta(hours=1)
STEPS = (
    StepPlan(name="reserve", type="task"),
    StepPlan(name="each", type="map"),
    StepPlan(name="resize", type="task", scope=("each",)),
    StepPlan(name="mail", type="task"),
)


def step(path: str, at: float, status: Status = Status.SUCCEEDED, call: str = "c", **changes: Any) -> LedgerEntry:
    made = entry(f"token-{path}", f"t/{path}", 1, START + timedelta(seconds=at), status=status, duration_ms=1000)
    return replace(made, run_id=f"t/{path}.{call}", parent_run_id="m.1", step=path, **changes)


def of_run(at: float, status: Status, run_id: str, **changes: Any) -> LedgerEntry:
    made = entry("t", "m", 1, START + timedelta(seconds=at), status=status, run_id=run_id)
    return replace(made, parent_run_id=None if run_id == "m.1" else "m.1", **changes)


@pytest.fixture
def world() -> EvidenceWorld:
    """A run whose reservation is tried twice, with two items, a mail that fails, and a rejected gate."""
    made = EvidenceWorld()
    made.record(
        of_run(0, Status.STARTED, "m.1"),
        step("reserve", 2, Status.FAILED, "a", error_type="Busy", error_message="later"),
        step("reserve", 5, call="b"),
        step("resize[0]", 7),
        step("resize[1]", 9, Status.FAILED, error_type="TooLarge"),
        of_run(11, Status.WARNED, warned_run_id("t", "mail"), step="mail", error_type="NoAddress"),
        of_run(12, Status.OPERATED, "m.1.approval.gate.0", step="gate", error_message="rejects gate: no"),
        step("undo_reserve", 13, Status.UNDONE),
        of_run(14, Status.DEAD_LETTERED, end_run_id("t"), error_type="ApprovalRejected"),
    )
    return made


def story_of(world: EvidenceWorld) -> Story:
    return StorySearch(world.table, world.archive, "eu-west-1", NOW, scopes_of(STEPS)).story("t")


def rows(world: EvidenceWorld) -> list[tuple[int, str, str]]:
    return [(depth, node.name, node.status) for depth, node in flat(story_of(world).tree)]


def test_steps_stand_in_order_below_what_is_around_them(world: EvidenceWorld) -> None:
    assert rows(world) == [
        (0, "reserve", "succeeded"),
        (0, "each", "failed"),
        (1, "[0]", "succeeded"),
        (2, "resize", "succeeded"),
        (1, "[1]", "failed"),
        (2, "resize", "failed"),
        (0, "mail", "warned"),
        (0, "gate", "operated"),
        (0, "undo_reserve", "undone"),
    ]


def test_an_item_that_failed_as_a_whole_stands_among_the_items_of_its_map(world: EvidenceWorld) -> None:
    world.record(step("each[1]", 10, Status.DEAD_LETTERED, error_type="TooLarge"))
    found = rows(world)
    assert (1, "[1]", "dead_lettered") in found
    assert (2, "resize", "failed") in found
    assert [name for _, name, _ in found].count("each") == 1


def test_each_attempt_keeps_its_time_and_its_error(world: EvidenceWorld) -> None:
    reserve: Node = story_of(world).tree[0]
    assert [(one.status, one.error_type, one.duration_ms) for one in reserve.attempts] == [
        ("failed", "Busy", 1000),
        ("succeeded", "", 1000),
    ]
    assert reserve.ended - reserve.began == 4000


def test_steps_are_no_runs_that_continue_it_and_the_end_says_what_came_of_it(world: EvidenceWorld) -> None:
    story = story_of(world)
    assert (story.status, story.children) == ("dead_lettered", ())
    assert [one.what for one in story.steps if one.lane.value == "operator"] == ["rejects gate: no"]


def test_a_redriven_run_that_succeeds_has_succeeded(world: EvidenceWorld) -> None:
    world.record(of_run(20, Status.REDRIVEN, "t-1.redriven.x", function="arn:aws:iam::1:user/ada"))
    assert story_of(world).status == "redriven"
    world.record(of_run(25, Status.SUCCEEDED, "t-1"), step("reserve", 24, Status.DUPLICATE, "z"))
    assert story_of(world).status == "succeeded"
    assert rows(world)[0] == (0, "reserve", "succeeded")


def test_steps_of_a_run_that_a_replayed_letter_started_are_found_by_its_end(world: EvidenceWorld) -> None:
    ended, bill = of_run(30, Status.SUCCEEDED, "t-r1"), step("bill", 29)
    world.record(replace(ended, parent_run_id="n.1"), replace(bill, parent_run_id="n.1"))
    assert (0, "bill", "succeeded") in rows(world)


def test_workers_of_one_event_are_its_tree_too() -> None:
    world = EvidenceWorld()
    world.record(of_run(0, Status.STARTED, "m.1"), step("thumbnails", 3), step("captions", 2, Status.DEAD_LETTERED))
    assert rows(world) == [(0, "captions", "dead_lettered"), (0, "thumbnails", "succeeded")]


def test_the_json_is_plain_and_the_picture_has_a_bar_for_each_step(world: EvidenceWorld) -> None:
    story = story_of(world)
    assert [one["name"] for one in json.loads(json.dumps(story.to_json()))["tree"]] == [one.name for one in story.tree]
    root = ElementTree.fromstring(picture(story))
    space = "{http://www.w3.org/2000/svg}"
    names = [one.text for one in root.iter(f"{space}text")]
    assert {"reserve", "each", "[1]", "resize", "mail", "gate", "undo_reserve"} <= set(names)
    bars = [one for one in root.iter(f"{space}rect") if one.get("height") == "14"]
    assert len(bars) == len(rows(world))
    assert all(0 < float(one.get("width", 0)) < float(root.get("width", 0)) for one in bars)


def test_people_read_the_same(world: EvidenceWorld) -> None:
    console = make_console()
    with console.capture() as caught:
        console.print(run_table(story_of(world)))
        console.print(run_tree(story_of(world)))
    text = caught.get()
    assert "reserve  succeeded" in text
    assert "Busy later" in text
    assert "mail: warned" in text
