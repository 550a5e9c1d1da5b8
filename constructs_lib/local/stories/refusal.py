"""Records that cannot land as they are: one that breaks its contract, alone and among nine good ones."""

from __future__ import annotations

from typing import Any

from constructs_lib.local.stories.scene import Scene, told_entry
from constructs_lib.local.stories.telling import Story, Telling

GOOD_IN_BATCH = 9


def _broken_contract(scene: Scene, telling: Telling) -> None:
    order = scene.order("broken", lines=None)
    reply = scene.deliver(order)
    telling.say(f"sent an order without its lines: HTTP {reply.status}")
    scene.evidence.wait_until("the order is in quarantine", lambda: scene.statuses(order) == ["quarantined"])
    scene.wait_until_quiet()
    kept = scene.evidence.quarantined(scene.token(order))
    telling.say(f"kept in quarantine: {kept[0].location}")
    entries = scene.evidence.entries(scene.token(order))
    telling.say(told_entry(entries[0]))
    telling.expect("it is kept in quarantine", len(kept), 1)
    telling.expect("it does not land", len(scene.evidence.landed(scene.token(order))), 0)
    told = [(entry.status.value, entry.attempt) for entry in entries]
    telling.expect("one entry says so, untried", told, [("quarantined", 0)])
    telling.expect("no retry is spent and nothing is given up", scene.evidence.dead_letters(scene.token(order)), ())


def _broken_among_ten(scene: Scene, telling: Telling) -> None:
    bad = scene.order("among-ten-broken", lines=None)
    _batch_of_ten(scene, telling, bad)
    telling.expect("the tenth goes to quarantine", scene.statuses(bad), ["quarantined"])


def _refused_among_ten(scene: Scene, telling: Telling) -> None:
    bad = scene.order("among-ten-refused", currency="QQQ")
    _batch_of_ten(scene, telling, bad)
    letters = [(one.reason, one.error_type) for one in scene.evidence.dead_letters(scene.token(bad))]
    telling.say(f"dead-letter queue: {letters}")
    telling.expect("the handler gives the tenth up at the first attempt", scene.statuses(bad), ["dead_lettered"])
    telling.expect("it is in the dead-letter queue with the reason", letters, [("permanent", "Permanent")])


def _batch_of_ten(scene: Scene, telling: Telling, bad: dict[str, Any]) -> None:
    good = [scene.order(f"with-{bad['order_id']}-{number}") for number in range(GOOD_IN_BATCH)]
    with scene.session.held_back(scene.plan):
        statuses = {scene.deliver(order).status for order in [*good[:4], bad, *good[4:]]}
    telling.say("sent ten orders while the mapping was off, so that they are one batch")
    scene.evidence.wait_until("all ten are recorded", lambda: all(scene.statuses(order) for order in [*good, bad]))
    scene.wait_until_quiet()
    landed = [record for order in good for record in scene.evidence.landed(scene.token(order))]
    places = {record.location.partition("#")[0] for record in landed}
    telling.say(f"landed: {len(landed)} records in {len(places)} object")
    telling.say(told_entry(scene.evidence.entries(scene.token(bad))[-1]))
    telling.expect("the webhook takes all ten", statuses, {202})
    telling.expect("nine land", [scene.statuses(order) for order in good], [["succeeded"]] * GOOD_IN_BATCH)
    telling.expect("they land together, in one object", (len(landed), len(places)), (GOOD_IN_BATCH, 1))


BROKEN_CONTRACT = Story("a record that breaks its contract goes to quarantine, without a retry", _broken_contract)
BROKEN_AMONG_TEN = Story("one record of ten breaks its contract: nine land, one goes to quarantine", _broken_among_ten)
REFUSED_AMONG_TEN = Story("one record of ten can never be processed: nine land, one is given up", _refused_among_ten)
