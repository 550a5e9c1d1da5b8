"""Orders that arrive: once, twice, and with a signature that is not the shop's."""

from __future__ import annotations

import json

from constructs_lib.local.stories.scene import Scene, told_entry
from constructs_lib.local.stories.telling import Story, Telling
from functions.contract.metric import RecordMetric


def _good_order(scene: Scene, telling: Telling) -> None:
    before = scene.evidence.metrics().get(RecordMetric.LANDED, 0)
    order = scene.order("good")
    reply = scene.deliver(order)
    telling.say(f"sent a signed order: HTTP {reply.status}")
    scene.evidence.wait_until("the order is landed", lambda: scene.statuses(order) == ["succeeded"])
    scene.wait_until_quiet()
    landed = scene.evidence.landed(scene.token(order))
    telling.say(f"landed: {landed[0].location}")
    telling.say(told_entry(scene.evidence.entries(scene.token(order))[0]))
    after = scene.evidence.metrics().get(RecordMetric.LANDED, 0)
    telling.say(f"metric: {RecordMetric.LANDED.value} went from {before:.0f} to {after:.0f}")
    telling.expect("the webhook takes the order", reply.status, 202)
    telling.expect("it lands exactly as it was sent", [json.loads(one.text) for one in landed], [order])
    telling.expect("the metric of landed records goes up by one", after - before, 1)
    telling.expect("nothing is given up", scene.evidence.dead_letters(scene.token(order)), ())


def _same_order_twice(scene: Scene, telling: Telling) -> None:
    order = scene.order("twice")
    replies = [scene.deliver(order, age=1)]
    scene.evidence.wait_until("the first is landed", lambda: scene.statuses(order) == ["succeeded"])
    replies.append(scene.deliver(order))
    telling.say(f"sent the same order twice: HTTP {replies[0].status}, HTTP {replies[1].status}")
    scene.evidence.wait_until("both are recorded", lambda: len(scene.statuses(order)) == 2)
    for entry in scene.evidence.entries(scene.token(order)):
        telling.say(told_entry(entry))
    landed = scene.evidence.landed(scene.token(order))
    telling.expect("the webhook takes both", [reply.status for reply in replies], [202, 202])
    telling.expect("there is one effect", len(landed), 1)
    telling.expect("the second is recorded as a duplicate", sorted(scene.statuses(order)), ["duplicate", "succeeded"])


def _bad_signature(scene: Scene, telling: Telling) -> None:
    order = scene.order("forged")
    seen, before = len(scene.session.proxy.calls), scene.evidence.depth("buffer")
    reply = scene.sender.send_forged(order, scene.path)
    telling.say(f"sent an order signed with another secret: HTTP {reply.status}")
    sent = [call for call in scene.session.proxy.calls[seen:] if call.operation.startswith("SendMessage")]
    more = scene.evidence.depth("buffer") - before
    telling.say(f"calls that enqueue: {len(sent)}; messages more in the buffer: {more}")
    telling.expect("the webhook refuses it", reply.status, 401)
    telling.expect("nothing is enqueued", (len(sent), more), (0, 0))
    telling.expect("no run comes of it", scene.statuses(order), [])


GOOD_ORDER = Story("a good order lands once, with evidence", _good_order)
SAME_ORDER_TWICE = Story("the same order twice has one effect", _same_order_twice)
BAD_SIGNATURE = Story("a bad signature is refused and nothing is enqueued", _bad_signature)
