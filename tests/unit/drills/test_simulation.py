"""The simulation: no seed loses, repeats or leaves anything unexplained; a seed replays; a broken runtime is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

import constructs_lib
from constructs_lib.cli import main
from constructs_lib.drills.simulation.actors import BuiltIn, Declared
from constructs_lib.drills.simulation.seed import play
from constructs_lib.drills.simulation.summary import simulate
from constructs_lib.drills.simulation.weather import Weather
from constructs_lib.drills.subject import Subject

if TYPE_CHECKING:
    from constructs_lib.drills.planned import Planned
    from functions.runtime import Run

ROOT = Path(constructs_lib.__file__).parents[1]
SEEDS = 120


def test_no_seed_loses_repeats_or_leaves_anything_unexplained() -> None:
    summary = simulate(BuiltIn(), 0, SEEDS)
    assert [f"{one.seed}: {one.verdict} {one.problem}" for one in summary.bad] == []
    assert summary.crashes > SEEDS
    assert summary.faults > 3 * SEEDS


@pytest.mark.parametrize("name", ["partner-orders", "price-quotes", "regional-sales", "stock-levels"])
def test_the_examples_stand_it_too(name: str) -> None:
    summary = simulate(Declared(Subject.named(str(ROOT / "pipelines" / f"{name}.yaml"))), 0, 25)
    assert [f"{one.seed}: {one.verdict} {one.problem}" for one in summary.bad] == []
    assert summary.crashes > 25


@pytest.mark.parametrize("name", ["order_checkout", "video_transcode"])
def test_what_starts_workflows_stands_it_too(name: str) -> None:
    summary = simulate(Declared(Subject.named(str(ROOT / "examples" / name / f"{name}.yaml"))), 0, 12)
    assert [f"{one.seed}: {one.verdict} {one.problem}" for one in summary.bad] == []


@pytest.mark.parametrize("seed", range(8))
def test_a_seed_gives_the_same_calls_again(seed: int) -> None:
    first, again = play(BuiltIn(), seed), play(BuiltIn(), seed)
    assert first.log == again.log
    assert first == again


def test_two_seeds_are_two_worlds() -> None:
    assert play(BuiltIn(), 1).log != play(BuiltIn(), 2).log


class Swallowing(BuiltIn):
    """A pipeline whose handler is given up on errors and says nothing: it lands nothing at all for some records."""

    def planned(self, random: Random, /) -> Planned:
        return replace(super().planned(random), handler=raises_for_odd_ones)


def raises_for_odd_ones(record: dict[str, Any], run: Run) -> None:
    if int(record["id"].rpartition("-")[2]) % 2:
        raise RuntimeError("never")
    run.outputs.raw.put(record)


def test_records_that_never_land_are_lost() -> None:
    summary = simulate(Swallowing(), 0, 3)
    assert len(summary.bad) == 3
    assert all(one.verdict.lost for one in summary.bad)
    assert "--from-seed 0 --seeds 1" in next(iter(summary.findings()))


def test_calm_weather_does_no_harm() -> None:
    weather = Weather.of(Random(1))
    weather.storm = 0
    assert weather.fault() is None
    assert not weather.happens(1.0)


def test_the_command_ends_with_one_line_of_counts(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["simulate", "--seeds", "3", "--from-seed", "5"])
    assert not ended.value.code
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    assert line.startswith("simulated: 3 seeds, ")
    assert "crashes injected, 0 lost, 0 twice, 0 unexplained, 0 other findings, " in line
