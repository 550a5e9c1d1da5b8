"""The simulation: no seed loses, repeats or leaves anything unexplained; a seed replays; a broken runtime is found."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

import constructs_lib
from constructs_lib.cli import main
from constructs_lib.drills.simulation.actors import BuiltIn, Declared
from constructs_lib.drills.simulation.judge import judge
from constructs_lib.drills.simulation.script import Kind
from constructs_lib.drills.simulation.seed import play
from constructs_lib.drills.simulation.summary import simulate
from constructs_lib.drills.simulation.weather import Weather
from constructs_lib.drills.subject import Subject
from functions.contract.ledger import Status
from tests.runtime.fakes import BUFFER, LEDGER, World

if TYPE_CHECKING:
    from constructs_lib.drills.planned import Planned
    from functions.runtime import Run

ROOT = Path(constructs_lib.__file__).parents[1]
SEEDS = 300


def test_no_seed_loses_repeats_or_leaves_anything_unexplained() -> None:
    summary = simulate(BuiltIn(), 0, SEEDS)
    assert [f"{one.seed}: {one.verdict} {one.problem}" for one in summary.bad] == []
    assert summary.crashes > SEEDS
    assert summary.faults > 3 * SEEDS


@pytest.mark.parametrize("name", ["partner-orders", "stock-levels"])
def test_the_examples_stand_it_too(name: str) -> None:
    summary = simulate(Declared(Subject.named(str(ROOT / "pipelines" / f"{name}.yaml"))), 0, 40)
    assert [f"{one.seed}: {one.verdict} {one.problem}" for one in summary.bad] == []
    assert summary.crashes > 40


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


def landed() -> World:
    world = World()
    world.send({"order_id": "o-1"}, {"order_id": "o-2"})
    world.deliver()
    return world


def tampered(world: World, **changes: Any) -> None:
    key, item = next(iter(world.dynamodb.tables[LEDGER].items()))
    entry = {**json.loads(item["entry"]["S"]), **changes}
    world.dynamodb.tables[LEDGER][key] = {**item, "entry": {"S": json.dumps(entry)}}


def test_the_judge_finds_nothing_in_a_good_world() -> None:
    world = landed()
    tokens = {entry.run_token: Kind.GOOD for entry in world.entries()}
    assert judge(world, ["message-1", "message-2"], tokens).good


def test_the_judge_finds_a_message_that_is_nowhere() -> None:
    world = landed()
    assert judge(world, ["message-1", "message-9"], {}).unexplained == ("message-9",)


def test_the_judge_finds_a_record_that_has_not_landed_and_poison_that_has() -> None:
    world = landed()
    token = world.entries(Status.SUCCEEDED)[0].run_token
    assert judge(world, [], {"none": Kind.GOOD, token: Kind.POISON}).lost == ("none", token)


def test_the_judge_finds_lines_that_two_runs_name() -> None:
    world = landed()
    tampered(world, location=world.entries()[1].location)
    assert len(judge(world, [], {}).twice) == 1


def test_the_judge_finds_an_entry_that_follows_none() -> None:
    world = landed()
    tampered(world, previous_hash="0" * 64)
    assert len(judge(world, [], {}).torn) == 1


def test_the_judge_finds_a_message_that_still_waits_only_where_it_is() -> None:
    world = World()
    (message,) = world.send({"order_id": "o-1"})
    assert judge(world, [message.id], {}).unexplained == ()
    world.sqs.delete(BUFFER, message)
    assert judge(world, [message.id], {}).unexplained == (message.id,)


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
    assert line.startswith("simulated: 3 seeds, ")
    assert "0 lost, 0 twice, 0 unexplained" in line
