"""Routes that only read are drilled and simulated by requests; the drills of effects leave them out."""

from __future__ import annotations

from pathlib import Path

import pytest

import constructs_lib
from constructs_lib.drills.registry import all_drills, drill
from constructs_lib.drills.simulation.actors import Declared
from constructs_lib.drills.simulation.summary import simulate
from constructs_lib.drills.subject import Subject

EXAMPLES = Path(constructs_lib.__file__).parents[1] / "examples"
READS = {"order_read_api": "order_read_api", "item_api": "item_read"}


def subject(folder: str) -> Subject:
    return Subject.named(str(EXAMPLES / folder / f"{READS[folder]}.yaml"))


@pytest.mark.parametrize("folder", READS)
def test_a_read_stands_its_drill_and_has_no_other(folder: str) -> None:
    read = subject(folder)
    assert [one.name for one in all_drills() if not one.inapplicable(read)] == ["read-again"]
    outcome = drill("read-again").run(read, 1)
    assert outcome.found is None
    assert outcome.crashes > 0


def test_the_requests_of_a_read_differ_and_fit_their_contract() -> None:
    samples = subject("item_api").samples
    asked = [samples.record(number).path["item_id"] for number in range(5)]
    assert len(set(asked)) == 5
    assert samples.record(0).text == ""


def test_a_pipeline_with_effects_is_not_drilled_as_a_read() -> None:
    written = Subject.named(str(EXAMPLES / "item_api" / "item_write.yaml"))
    assert drill("read-again").inapplicable(written) == "it has effects"


@pytest.mark.parametrize("folder", READS)
def test_no_seed_of_a_read_leaves_anything_unexplained(folder: str) -> None:
    summary = simulate(Declared(subject(folder)), 0, 15)
    assert [f"{one.seed}: {one.verdict} {one.problem}" for one in summary.bad] == []
    assert summary.crashes > 5
