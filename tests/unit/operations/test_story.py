"""The story of a record: everything in order, with the time between, as data, as a picture and by any of its names."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from constructs_lib.errors import UserError
from constructs_lib.operations.story.duration import duration_text
from constructs_lib.operations.story.log_link import log_link
from constructs_lib.operations.story.picture import picture
from constructs_lib.operations.story.search import StorySearch
from functions.contract.ledger import LedgerEntry, Status
from tests.unit.operations.evidence_world import NOW, EvidenceWorld, entry

if TYPE_CHECKING:
    from constructs_lib.operations.story.story import Story

START = NOW - timedelta(hours=1)
OPERATOR = "arn:aws:iam::111122223333:user/ada"


def ms(seconds: float) -> int:
    return round((START + timedelta(seconds=seconds)).timestamp() * 1000)


def at(seconds: float, status: Status, message: str, attempt: int, **changes: Any) -> LedgerEntry:
    made = entry("t", message, attempt, START + timedelta(seconds=seconds), status=status, accepted_at=ms(0))
    return replace(made, queued_at=ms(0.05 if message == "m" else 60), **changes)


@pytest.fixture
def world() -> EvidenceWorld:
    """Failed, given up, replayed by an operator, landed; and a run of another record that continues it."""
    made = EvidenceWorld()
    failed = at(2, Status.FAILED, "m", 1, duration_ms=1000, error_type="SlowDown", error_message="503 <&>")
    over = at(9, Status.DEAD_LETTERED, "m", 2, duration_ms=500, error_type="SlowDown")
    sent = at(59, Status.REPLAYED, "m", 0, parent_run_id="m.2", function=OPERATOR, run_id="m.2.replay.x")
    landed = at(61, Status.SUCCEEDED, "n", 1, parent_run_id="m.2", location="s3://raw/shop/records.ndjson#1")
    child = entry("other", "c", 1, START + timedelta(seconds=70), parent_run_id="n.1")
    made.record(failed, over, sent, landed, child)
    made.record(entry("elsewhere", "e", at=START))
    return made


def story_of(world: EvidenceWorld, name: str) -> Story:
    return StorySearch(world.table, world.archive, "eu-west-1", NOW).story(name)


def test_everything_is_told_in_order_with_the_waiting_in_between(world: EvidenceWorld) -> None:
    told = [(step.lane.value, step.what, step.run_id, step.waited_ms) for step in story_of(world, "t").steps]
    assert told == [
        ("gateway", "accepted", "m", None),
        ("queue", "queued", "m", 50),
        ("attempts", "attempt 1: failed", "m.1", 950),
        ("attempts", "attempt 2: dead lettered", "m.2", 6500),
        ("dead letters", "dead letter", "m.2", 0),
        ("replay", "replayed", "m.2.replay.x", 50_000),
        ("queue", "queued", "n", 1000),
        ("attempts", "attempt 1: succeeded", "n.1", 988),
        ("outputs", "landed", "n.1", 0),
    ]


def test_it_says_what_came_of_it_who_replayed_it_and_what_continues_it(world: EvidenceWorld) -> None:
    story = story_of(world, "t")
    assert (story.status, story.parents, story.duration_ms) == ("succeeded", ("m.2",), 61_000)
    assert [(child.run_id, child.run_token) for child in story.children] == [("c.1", "other")]
    replay = next(step for step in story.steps if step.what == "replayed")
    assert replay.detail == {"by": OPERATOR, "continues": "m.2"}


@pytest.mark.parametrize("name", ["m.1", "m.2", "n.1", "m.2.replay.x"])
def test_a_run_id_leads_to_the_same_story(world: EvidenceWorld, name: str) -> None:
    assert story_of(world, name) == story_of(world, "t")


@pytest.mark.parametrize("name", ["nope", "m.9"])
def test_a_name_that_nobody_knows_is_told(world: EvidenceWorld, name: str) -> None:
    with pytest.raises(UserError, match="run-unknown"):
        story_of(world, name)


def test_the_json_has_a_stable_shape(world: EvidenceWorld) -> None:
    told = json.loads(json.dumps(story_of(world, "t").to_json()))
    names = ["children", "duration_ms", "parents", "pipeline", "run_token", "status", "steps", "tenant", "tree"]
    assert sorted(told) == names
    step = ["at", "detail", "duration_ms", "failed", "lane", "logs", "run_id", "waited_ms", "what"]
    assert {tuple(sorted(one)) for one in told["steps"]} == {tuple(step)}


def test_each_attempt_leads_to_its_own_minutes_of_the_functions_log(world: EvidenceWorld) -> None:
    first = next(step for step in story_of(world, "t").steps if step.run_id == "m.1")
    address, _, page = first.logs.partition("#")
    assert address == "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"
    told = unquote(unquote(unquote(page.replace("$", "%"))))
    assert "log-group//aws/lambda/shop-orders-dev-land-order/log-events" in told
    assert f'filterPattern="t"&start={ms(1) - 60_000}&end={ms(2) + 60_000}' in told


@pytest.mark.parametrize(
    ("region", "host"),
    [("cn-north-1", "console.amazonaws.cn"), ("us-gov-west-1", "console.amazonaws-us-gov.com")],
)
def test_the_console_of_another_partition_is_elsewhere(region: str, host: str) -> None:
    assert log_link(region, "f", "t", 0, 1).startswith(f"https://{region}.{host}/")


def test_the_picture_stands_alone_and_shows_every_step_in_its_lane(world: EvidenceWorld) -> None:
    drawn = picture(story_of(world, "t"))
    root = ElementTree.fromstring(drawn)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    lanes = {"gateway", "queue", "attempts", "outputs", "dead letters", "replay"}
    assert lanes <= set(texts)
    assert sum(text is not None and text.startswith("+") for text in texts) == 8
    assert "503 &lt;&amp;&gt;" in drawn
    for outside in ("href", "url(", "@import", "<image", "<script"):
        assert outside not in drawn


@pytest.mark.parametrize(
    ("operator", "name"),
    [(OPERATOR, "ada"), ("arn:aws:iam::1:root", "root"), ("arn:aws:sts::1:assumed-role/ops/eve", "eve")],
)
def test_the_picture_names_the_operator_by_the_last_part_of_the_arn(operator: str, name: str) -> None:
    world = EvidenceWorld()
    world.record(at(1, Status.DEAD_LETTERED, "m", 1))
    world.record(at(2, Status.REPLAYED, "m.1.replay", 1, function=operator, parent_run_id="m.1"))
    texts = [one.text for one in ElementTree.fromstring(picture(story_of(world, "t"))).iter()]
    assert name in texts


def test_a_lane_in_which_nothing_happened_is_left_out() -> None:
    world = EvidenceWorld()
    world.record(entry("t", "m"))
    drawn = picture(story_of(world, "t"))
    assert "attempts" in drawn
    assert "dead letters" not in drawn


def test_a_text_with_control_characters_is_still_xml() -> None:
    world = EvidenceWorld()
    world.record(entry("t", "m", status=Status.FAILED, error_message="a\x00\x1b[31mb", error_type="E"))
    ElementTree.fromstring(picture(story_of(world, "t")))


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "0 ms"),
        (999, "999 ms"),
        (3_400, "3.4 s"),
        (61_000, "1 min 1 s"),
        (7_500_000, "2 h 5 min"),
        (90_000_000, "1 d 1 h"),
    ],
)
def test_a_duration_is_written_in_its_largest_units(milliseconds: int, text: str) -> None:
    assert duration_text(milliseconds) == text
