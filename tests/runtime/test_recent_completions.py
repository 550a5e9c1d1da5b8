"""What an environment remembers of its own completions: right, bounded, and worth the calls that it saves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.clock import Context
from functions.contract.ledger import Status
from functions.runtime import runner
from functions.runtime.ledger import Completion, RecentCompletions
from tests.runtime.fakes import World
from tests.runtime.store_contract import ENTRY

if TYPE_CHECKING:
    from functions.runtime.runner import Deployed


def warm(world: World) -> Deployed:
    """Return one environment that answers several invocations."""
    return runner(world.handler).with_(world.settings, world.services(), world.folder)


def deliver(world: World, environment: Deployed) -> dict[str, Any]:
    messages = world.sqs.receive(world.settings.queue_url, 10)
    world.invocations += 1
    context = Context(world.clock, world.clock.now() + world.timeout, f"request-{world.invocations}")
    return environment.invoke({"Records": [message.to_record() for message in messages]}, context)


def test_a_repeat_in_the_same_environment_is_told_without_claim_or_read() -> None:
    world = World()
    environment = warm(world)
    world.send({"order_id": "o-1"})
    deliver(world, environment)
    world.calls.names.clear()
    world.send({"order_id": "o-1"})
    assert deliver(world, environment) == {"batchItemFailures": []}
    assert world.calls.names == ["BatchExecuteStatement"]
    landed, duplicate = world.entries()
    assert (duplicate.status, duplicate.previous_hash) == (Status.DUPLICATE, landed.hash)


def test_a_repeat_with_another_payload_is_reported_from_memory_too() -> None:
    world = World()
    environment = warm(world)
    world.send({"order_id": "o-1"})
    deliver(world, environment)
    world.send({"order_id": "o-1", "total": 2})
    deliver(world, environment)
    assert [entry.error_type for entry in world.entries(Status.DUPLICATE)] == ["payload-differs"]


def test_what_did_not_land_is_not_remembered() -> None:
    world = World()
    environment = warm(world)
    world.send({"order_id": "o-1"})
    world.dynamodb.refuse = lambda table, item: "ThrottlingError" if table == "ledger" else None
    deliver(world, environment)
    world.dynamodb.refuse = lambda table, item: None
    world.clock.advance(1000)
    deliver(world, environment)
    assert world.statuses() == ["succeeded"]


def test_memory_is_bounded_in_number_and_the_oldest_go_first() -> None:
    recent = RecentCompletions(60, most=2)
    for token in ("a", "b", "c"):
        recent.note(replace(ENTRY, run_token=token), 0)
    assert [recent.find(token, 1) is not None for token in ("a", "b", "c")] == [False, True, True]


def test_memory_is_bounded_in_time() -> None:
    recent = RecentCompletions(60)
    recent.note(ENTRY, 1000)
    assert recent.find(ENTRY.run_token, 1059) == Completion(ENTRY, ENTRY.hash)
    assert recent.find(ENTRY.run_token, 1060) is None
