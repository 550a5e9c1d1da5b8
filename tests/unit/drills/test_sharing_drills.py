"""The function that shares records out stands every drill and every simulated world: no record stays half told."""

from __future__ import annotations

from pathlib import Path

import pytest

import constructs_lib
from constructs_lib.drills.memory.part_texts import essence
from constructs_lib.drills.parts import missing_parts
from constructs_lib.drills.registry import all_drills
from constructs_lib.drills.simulation.actors import Declared
from constructs_lib.drills.simulation.seed import play
from constructs_lib.drills.subject import Subject

ROOT = Path(constructs_lib.__file__).parents[1]
FILES = (
    "examples/video_fan_out/video_fan_out.yaml",
    "tests/local/bus/bus-orders.yaml",
    "tests/local/bus/bus-rows.yaml",
)


def _subject(file: str) -> Subject:
    return Subject.named(str(ROOT / file))


@pytest.mark.parametrize("file", FILES)
def test_sharing_out_passes_every_drill_that_is_about_its_source(file: str) -> None:
    subject = _subject(file)
    applicable = [drill for drill in all_drills() if not drill.inapplicable(subject)]
    assert len(applicable) >= 14
    assert [str(found) for drill in applicable if (found := drill.run(subject, 1).found)] == []


@pytest.mark.parametrize("file", FILES)
def test_in_no_world_is_a_record_shared_out_in_part_or_counted_twice(file: str) -> None:
    actor = Declared(_subject(file))
    played = [play(actor, seed) for seed in range(25)]
    assert [one.seed for one in played if not one.good] == []
    assert sum(one.crashes for one in played) > 0


@pytest.mark.parametrize("file", FILES[:2])
def test_what_never_reached_topic_or_bus_is_missed(file: str) -> None:
    subject = _subject(file)
    world = subject.planned.world()
    world.put(subject.samples.record(0).sent())
    world.until_quiet()
    (entry,) = world.completed()
    assert list(missing_parts(world)) == []
    world.clients.sns.published.clear()
    world.bus.entries.clear()
    assert list(missing_parts(world)) == [entry.run_token]


def test_another_try_may_tell_its_own_run_and_no_other_text() -> None:
    told, again, other = (
        f'{{"share": {{"token": "t", "run_id": "{run}", "tenant": "a", "correlation_id": "{run}"}}, '
        f'"record": {{}}, "text": "{text}"}}'
        for run, text in (("m.1", "1"), ("m.2", "1"), ("m.1", "2"))
    )
    assert essence(told) == essence(again) != essence(other)
