"""A worker dies between the effect and its completion: the message comes back, the lease is taken over, one effect."""

from __future__ import annotations

from constructs_lib.local.faults import Action, Fault
from constructs_lib.local.stories.scene import Scene, told_entry
from constructs_lib.local.stories.telling import Story, Telling
from functions.contract.raw import RAW_PREFIX

_NAME = "crash"


def _crash(scene: Scene, telling: Telling) -> None:
    order = scene.order(_NAME)
    fault = Fault(
        service="dynamodb",
        action=Action.KILL_BEFORE,
        resource=scene.plan.platform.ledger_table,
        verb="Insert",
        function=scene.plan.function(scene.plan.runner).name,
        times=1,
    )
    with scene.session.proxy.faults.active(fault) as death:
        reply = scene.deliver(order)
        scene.evidence.wait_until("the worker dies", death.happened.is_set)
    scene.expected_back += 1
    written = len(scene.evidence.objects(RAW_PREFIX))
    telling.say(f"sent an order: HTTP {reply.status}; its worker was killed when it was about to write the ledger")
    telling.say(f"objects written by then: {written}; runs of it that the ledger names: {len(scene.statuses(order))}")
    telling.expect("the effect is there without its completion", (written > 0, scene.statuses(order)), (True, []))


def _recovery(scene: Scene, telling: Telling) -> None:
    order = scene.order(_NAME)
    visibility = scene.plan.queue("buffer").visibility_timeout
    telling.say(f"SQS shows the message again after its visibility timeout of {visibility} s")
    scene.evidence.wait_until("the order lands", lambda: bool(scene.statuses(order)), visibility + 30)
    scene.expected_back -= 1
    scene.wait_until_quiet()
    entries = scene.evidence.entries(scene.token(order))
    for entry in entries:
        telling.say(told_entry(entry))
    taken = _take_overs(scene, scene.token(order))
    telling.say(f"the lease that had run out was taken over by {taken} conditional update")
    telling.expect("it lands at the second attempt", [(e.status.value, e.attempt) for e in entries], [("succeeded", 2)])
    telling.expect("the lease of the dead worker is taken over once", taken, 1)
    telling.expect("readers of the ledger see one effect", len(scene.evidence.landed(scene.token(order))), 1)


def _take_overs(scene: Scene, token: str) -> int:
    """Return how many updates of the claim of a run token the functions have made."""
    statements = (statement for call in scene.session.proxy.calls for statement in call.statements)
    updates = (one for one in statements if (one.verb, one.table) == ("Update", scene.plan.platform.state_table))
    return sum((update.partition_key or "").endswith(token) for update in updates)


CRASH = Story("a crash between effect and completion: lease taken over, one effect", _recovery, begin=_crash)
