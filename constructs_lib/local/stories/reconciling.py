"""Everything that the door took is accounted for by message id; a message that vanishes is named."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.local.stories.telling import Story, Telling
from constructs_lib.operations.window import Window, utc_now
from functions.contract.metric import WebhookMetric

if TYPE_CHECKING:
    from constructs_lib.local.stories.scene import Scene
    from constructs_lib.operations.reconcile.reconciliation import Reconciliation

AHEAD = timedelta(minutes=3)
"""As of then all that was accepted must be archived, so nothing counts as in flight for being young."""


def reconciled(scene: Scene) -> Reconciliation:
    """Return what ``pipelines ledger reconcile --objects`` will say three minutes from now, if nothing more happens."""
    now = utc_now() + AHEAD
    return scene.operator.sources(now).reconcile(Window.of(None, None, now), None, objects=True)


def told_reconciliation(found: Reconciliation) -> str:
    """Return the equation on one line."""
    counts = " + ".join(f"{count} {name.replace('_', ' ')}" for name, count in found.counts.items() if count)
    return f"ledger reconcile: accepted {found.accepted} + {found.replays} replays = {counts}"


def _explained(scene: Scene, telling: Telling) -> None:
    scene.stream.catch_up()
    found = reconciled(scene)
    telling.say(told_reconciliation(found))
    telling.say(f"message ids are from the verifying function's log; the buffer holds {found.buffered}")
    taken = scene.evidence.metrics().get(WebhookMetric.ACCEPTED, 0)
    telling.expect("the door's log has every request that its metric counts", found.accepted, int(taken))
    telling.expect("nothing is unexplained, and every landed object is there", found.unexplained, ())
    known = (found.accepted or 0) + found.replays
    telling.expect("the equation holds", sum(found.counts.values()), known)
    telling.expect("the ledger knows of no message that the door does not", found.unannounced, 0)


def _lost_message(scene: Scene, telling: Telling) -> None:
    before = reconciled(scene)
    sqs, buffer = scene.session.aws.client("sqs"), scene.evidence.queue_url("buffer")
    with scene.session.held_back(scene.plan):
        scene.deliver(scene.order("vanished"))
        (message,) = sqs.receive_message(QueueUrl=buffer, WaitTimeSeconds=5)["Messages"]
        sqs.delete_message(QueueUrl=buffer, ReceiptHandle=message["ReceiptHandle"])
    telling.say(f"sent an order and deleted its message behind the platform's back: {message['MessageId']}")
    scene.wait_until_quiet()
    found = reconciled(scene)
    telling.say(told_reconciliation(found))
    for one in found.unexplained:
        telling.say(f"[{one.code}] {one.id}: {one.detail}")
    telling.expect("one more is accepted", (found.accepted or 0) - (before.accepted or 0), 1)
    named = [(one.code, one.id) for one in found.unexplained]
    telling.expect("exactly this message is named", named, [("message-lost", message["MessageId"])])


EXPLAINED = Story("everything that was accepted came to something", _explained)
LOST_MESSAGE = Story("a message vanishes from the queue, and is named", _lost_message)
