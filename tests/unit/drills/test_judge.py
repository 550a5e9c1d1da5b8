"""The judge of a simulation can fail: each way of breaking a world on purpose is seen, and named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.simulation.baton import Task
from constructs_lib.drills.simulation.judge import judge
from constructs_lib.drills.simulation.letters import Letters
from constructs_lib.drills.simulation.script import HOPELESS, Kind
from functions.contract.ledger import LedgerEntry, Status
from functions.runtime import Permanent, Recoverable
from functions.runtime.partiql import from_attributes, to_attribute
from tests.runtime.fakes import BUFFER, DLQ, LEDGER, World

if TYPE_CHECKING:
    from constructs_lib.drills.simulation.judge import Verdict
    from functions.runtime import Run


def landed(count: int = 2) -> World:
    world = World()
    world.send(*({"order_id": f"o-{number}"} for number in range(1, count + 1)))
    world.deliver()
    return world


def never(order: Any, run: Run) -> None:
    raise Permanent("never")


def given_up() -> World:
    world = World(never)
    world.send({"order_id": "o-1"})
    world.deliver()
    return world


def rewrite(world: World, number: int, **changes: Any) -> None:
    """Change an entry in the table before it is archived: what a runtime at fault would have written."""
    key, item = list(world.dynamodb.tables[LEDGER].items())[number]
    entry = {**json.loads(item["entry"]["S"]), **changes}
    world.dynamodb.tables[LEDGER][key] = {
        **item,
        "entry": {"S": json.dumps(entry, sort_keys=True, separators=(",", ":"))},
    }


def found(verdict: Verdict) -> dict[str, tuple[str, ...]]:
    return {name: what for name, what in vars(verdict).items() if what}


def test_a_good_world_has_no_finding() -> None:
    world = landed()
    assert judge(world, {entry.run_token: Kind.GOOD for entry in world.entries()}).good
    assert judge(given_up(), {}).good


def test_a_message_that_was_dropped_is_unexplained() -> None:
    world = landed()
    (message,) = world.send({"order_id": "o-3"})
    assert judge(world, {}).good
    world.sqs.delete(BUFFER, message)
    assert found(judge(world, {})) == {"unexplained": (f"message-lost {message.id}",)}


def test_a_letter_that_is_gone_is_unexplained() -> None:
    world = given_up()
    world.sqs.delete(DLQ, world.dead_letters()[0])
    assert found(judge(world, {})) == {"unexplained": ("letter-lost message-1",)}


def test_an_object_that_is_gone_is_unexplained_and_no_effect() -> None:
    world = landed(1)
    (entry,) = world.entries()
    world.s3.objects.clear()
    verdict = found(judge(world, {}))
    assert verdict == {"unexplained": (f"landed-object-missing {entry.run_id}",), "twice": (entry.run_token,)}


def test_an_entry_that_was_never_written_is_unexplained() -> None:
    world = landed()
    world.dynamodb.tables[LEDGER].popitem()
    assert found(judge(world, {})) == {"unexplained": ("message-lost message-2",)}


def test_an_entry_that_others_follow_and_that_is_gone_is_a_broken_link() -> None:
    world = World()
    for _ in range(2):
        world.send({"order_id": "o-1"})
        world.deliver()
    first, second = world.entries()
    world.dynamodb.remove(LEDGER, first.pk, first.sk)
    verdict = judge(world, {})
    assert verdict.tampered == (f"link-broken {second.pk} {second.sk}",)


def test_an_entry_that_is_no_entry_is_named() -> None:
    world = landed(1)
    rewrite(world, 0, expires_at="never")
    (entry,) = world.dynamodb.items(LEDGER)
    verdict = judge(world, {})
    assert any(one.startswith("item-malformed") and entry["sk"]["S"] in one for one in verdict.tampered)


@pytest.mark.parametrize(("skew", "named"), [(0.0, True), (3600.0, False)])
def test_an_entry_dated_before_the_one_that_it_follows_is_named_unless_clocks_differ(
    skew: float, *, named: bool
) -> None:
    world = World()
    for _ in range(2):
        world.send({"order_id": "o-1"})
        world.deliver()
    first, _ = world.entries()
    (key, item), *_ = [pair for pair in world.dynamodb.tables[LEDGER].items() if pair[0][1] != "succeeded"]
    old = LedgerEntry.from_item(from_attributes(item))
    assert old.previous_hash == first.hash
    rewrite(world, 1, recorded_at="2023-01-01T00:00:00.000Z")
    tampered = judge(world, {}, skew=skew).tampered
    assert tampered == ((f"link-backwards {key[0]} {key[1]}",) if named else ())


def test_lines_that_two_runs_name_landed_twice() -> None:
    world = landed()
    rewrite(world, 0, location=world.entries()[1].location)
    assert judge(world, {}).twice == ((world.entries()[1].location or ""),)


def test_a_second_completion_of_a_run_token_is_named() -> None:
    world = landed(1)
    (entry,) = world.entries()
    item = {name: to_attribute(value) for name, value in entry.to_item().items()}
    world.dynamodb.tables[LEDGER]["another", "key"] = item
    assert entry.run_token in judge(world, {}).twice


def test_a_record_that_has_not_landed_and_poison_that_has_are_named() -> None:
    world = landed()
    token = world.entries(Status.SUCCEEDED)[0].run_token
    assert judge(world, {"none": Kind.GOOD, token: Kind.POISON}).lost == ("none", token)


def test_a_message_tried_more_often_than_its_budget_is_named() -> None:
    def hopeless(order: Any, run: Run) -> None:
        raise Recoverable(HOPELESS)

    world = World(hopeless)
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert judge(world, {}, budget=5).good
    assert found(judge(world, {}, budget=3)) == {"overspent": ("message-1",)}


def test_a_second_letter_is_named_unless_its_first_worker_was_disturbed() -> None:
    world = World(never)
    letters, workers = Letters(DLQ, 2), [Task(lambda: None), Task(lambda: None)]
    world.send({"order_id": "o-1"})
    world.deliver()
    (message,) = world.dead_letters()
    for worker in workers:
        letters.watch(DLQ, message, worker)
    letters.disturbed(workers[1])
    assert found(judge(world, {}, letters=letters)) == {"letters": ("message-1",)}
    letters.disturbed(workers[0])
    assert judge(world, {}, letters=letters).letters == ()


def test_a_letter_of_the_last_delivery_is_the_nets_own() -> None:
    world, letters = World(never), Letters(DLQ, 1)
    world.send({"order_id": "o-1"})
    world.deliver()
    for _ in range(2):
        letters.watch(DLQ, world.dead_letters()[0], Task(lambda: None))
    assert judge(world, {}, letters=letters).good


def test_a_request_that_was_answered_in_two_ways_is_named() -> None:
    world = World(mode="sync")
    world.answers = {"asked once": ["one"], "asked again": ["one", "one"]}
    assert judge(world, {}).good
    world.answers["asked again"].append("another")
    assert found(judge(world, {})) == {"unexplained": ("answers-differ asked again",)}
