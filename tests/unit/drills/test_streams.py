"""Pipelines that read streams pass every drill and every simulated world; the shard is handed over as Lambda does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.faults import Crash, Fault, at
from constructs_lib.drills.registry import all_drills
from constructs_lib.drills.simulation.actors import Declared
from constructs_lib.drills.simulation.seed import play
from constructs_lib.drills.subject import Subject
from tests.declarations import fields, write_project

if TYPE_CHECKING:
    from pathlib import Path

SOURCES: list[dict[str, Any]] = [{"type": "kinesis"}, {"type": "dynamodb", "partition_key": "id"}]


def subject(folder: Path, source: dict[str, Any]) -> Subject:
    declared = fields(source=source, tenant=None, idempotency=None)
    file = write_project(folder) / "shop-orders.json"
    file.write_text(json.dumps({"version": 1, **declared}))
    return Subject.named(str(file))


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: str(source["type"]))
def test_a_pipeline_of_a_stream_passes_every_drill_that_is_about_streams(
    tmp_path: Path, source: dict[str, Any]
) -> None:
    drilled = subject(tmp_path, source)
    applicable = [drill for drill in all_drills() if not drill.inapplicable(drilled)]
    assert len(applicable) >= 12
    assert [drill.name for drill in applicable if drill.run(drilled, 1).found] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: str(source["type"]))
def test_no_record_of_a_stream_is_lost_or_landed_twice_in_any_world(tmp_path: Path, source: dict[str, Any]) -> None:
    actor = Declared(subject(tmp_path, source))
    played = [play(actor, seed) for seed in range(25)]
    assert [one.seed for one in played if not one.good] == []
    assert sum(one.crashes for one in played) > 0


def test_a_batch_that_fails_as_a_whole_comes_again_in_halves(tmp_path: Path) -> None:
    world = subject(tmp_path, SOURCES[0]).planned.world()
    world.send(*({"order_id": f"o-{number}"} for number in range(8)))
    world.calls.plan = at(0, Fault.KILLED_BEFORE)
    with pytest.raises(Crash):
        world.deliver(8)
    assert len(world.hand_out(8)) == 4
