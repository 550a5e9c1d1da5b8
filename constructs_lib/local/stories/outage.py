"""The raw store fails: the record is tried again with backoff, given up, and replayed when the store is back."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from constructs_lib.local.faults import Action, Fault
from constructs_lib.local.stories.scene import Scene, told_entry
from constructs_lib.local.stories.telling import Story, Telling
from constructs_lib.operations.replay import Selection
from functions.contract.environment import RetrySettings, Variable
from functions.contract.raw import RAW_PREFIX


def retry_settings(scene: Scene) -> RetrySettings:
    """Return the retry budget that the runner was deployed with."""
    environment = scene.plan.function(scene.plan.runner).environment
    return RetrySettings.from_json(next(v.value for v in environment if v.name == Variable.RETRY))


def _raw_store_down(scene: Scene, telling: Telling) -> None:
    budget = retry_settings(scene)
    order = scene.order("outage")
    fault = Fault(service="s3", action=Action.ANSWER, operation="PutObject", key_prefix=RAW_PREFIX, code="SlowDown")
    seen = len(scene.session.proxy.calls)
    with scene.session.proxy.faults.active(fault) as outage:
        reply = scene.deliver(order)
        telling.say(f"the raw store answers 503 SlowDown; sent an order: HTTP {reply.status}")
        _wait_until_given_up(scene, order, budget)
        scene.wait_until_quiet()
    failed = scene.evidence.entries(scene.token(order))
    for entry in failed:
        telling.say(told_entry(entry))
    letters = scene.evidence.dead_letters(scene.token(order))
    telling.say(f"dead-letter queue: {len(letters)} message, {', '.join(letter.reason for letter in letters)}")
    attempts = [entry.attempt for entry in failed]
    telling.expect("every attempt of the budget fails", attempts, list(range(1, budget.max_attempts + 1)))
    delays = [call for call in scene.session.proxy.calls[seen:] if call.operation.startswith("ChangeMessageVisibility")]
    telling.say(f"messages delayed by their own visibility timeout: {len(delays)} times")
    telling.expect("every failed attempt but the last delays its message", len(delays), budget.max_attempts - 1)
    telling.expect("attempts come one after the other", _in_order([entry.recorded_at for entry in failed]), True)
    telling.expect("the store was asked at every attempt", outage.fired >= budget.max_attempts, True)
    telling.expect("nothing lands", len(scene.evidence.landed(scene.token(order))), 0)
    telling.expect("one message is in the dead-letter queue", len(letters), 1)
    _replayed(scene, telling, order, failed[-1].run_id)


def _wait_until_given_up(scene: Scene, order: dict[str, Any], budget: RetrySettings) -> None:
    delays = (budget.interval_seconds * budget.backoff_rate**number for number in range(budget.max_attempts))
    longest = sum(min(delay, budget.max_delay_seconds) for delay in delays) + 5 * budget.max_attempts
    scene.evidence.wait_until("the order is given up", lambda: scene.statuses(order)[-1:] == ["dead_lettered"], longest)


def _replayed(scene: Scene, telling: Telling, order: dict[str, Any], failed_run: str) -> None:
    replayed = list(scene.replayer().replay(Selection(run_token=scene.token(order))))
    telling.say(f"the store is back; replayed {len(replayed)} message")
    scene.evidence.wait_until("the order lands", lambda: scene.statuses(order)[-1:] == ["succeeded"])
    scene.wait_until_quiet()
    entries = scene.evidence.entries(scene.token(order))[-2:]
    for entry in entries:
        telling.say(told_entry(entry))
    telling.expect("it lands once", len(scene.evidence.landed(scene.token(order))), 1)
    continued = [(entry.status.value, entry.parent_run_id) for entry in entries]
    expected = [("replayed", failed_run), ("succeeded", failed_run)]
    telling.expect("the replay and the new run continue the failed one", continued, expected)
    telling.expect("the dead letter is gone", scene.evidence.dead_letters(scene.token(order)), ())


def _in_order(times: list[str]) -> bool:
    return all(earlier < later for earlier, later in pairwise(times))


RAW_STORE_DOWN = Story("the raw store is down: backoff, dead-letter queue, replay, one effect", _raw_store_down)
