"""What the other example pipelines do with the same runtime: answer, consolidate, take orders without a function."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.local.callers import post, user
from constructs_lib.local.stories.telling import Story, Telling
from functions.contract.identity import group_run_token, run_token
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.local.stories.scene import Scene

REGIONS = ("east", "north", "west")
DAY, SALES = "2026-01-01", 7
_LINES = [{"quantity": 200, "unit_cents": 50}, {"quantity": 2, "unit_cents": 999}]


def _same_quote_twice(scene: Scene, telling: Telling) -> None:
    plan = scene.neighbour("price-quotes")
    partner = user(scene.session, scene.unique("asking-partner"), allowed=True)
    question: dict[str, Any] = {"quote_id": scene.unique("quote"), "lines": _LINES}
    first, second = (post(scene.session, plan, question, partner) for _ in range(2))
    replayed = second.headers.get("idempotent-replayed")
    telling.say(f"asked twice: HTTP {first.status_code} {first.text}, HTTP {second.status_code} {second.text}")
    evidence = scene.session.evidence(plan)
    entries = evidence.entries(run_token(plan.pipeline, (question["quote_id"],)))
    telling.expect("both have the same answer", (second.status_code, second.json()), (200, first.json()))
    telling.expect("the second says that it is the first one's", replayed, "true")
    statuses = sorted(entry.status.value for entry in entries)
    telling.expect("there is one effect, and the ledger has both", statuses, ["duplicate", "succeeded"])


def _day_consolidated(scene: Scene, telling: Telling) -> None:
    plan = scene.neighbour("regional-sales")
    evidence, sqs = scene.session.evidence(plan), scene.session.aws.client("sqs")
    day = DAY
    for region in REGIONS:
        report = {"day": day, "region": region, "revision": 1, "regions": REGIONS, "sales": SALES}
        sqs.send_message(QueueUrl=evidence.queue_url("buffer"), MessageBody=json.dumps(report))
    group = group_run_token(plan.pipeline, (run_token(plan.pipeline, ("fan-in", "sales", day)),))
    evidence.wait_until("the day is consolidated", lambda: bool(evidence.entries(group, Status.SUCCEEDED)))
    landed = [json.loads(record.text) for record in evidence.landed(group)]
    telling.say(f"sent the reports of {', '.join(REGIONS)}; landed: {json.dumps(landed)}")
    wanted = {"day": day, "sales": SALES * len(REGIONS), "regions": list(REGIONS), "missing": []}
    telling.expect("the day is consolidated once, when its last report has come", landed, [wanted])


def _partner_order(scene: Scene, telling: Telling) -> None:
    plan = scene.neighbour("partner-orders")
    order = {"order_id": scene.unique("partner"), "amount": 3}
    caller = user(scene.session, scene.unique("ordering-partner"), allowed=True)
    taken, refused = (post(scene.session, plan, order, one).status_code for one in (caller, None))
    evidence, token = scene.session.evidence(plan), run_token(plan.pipeline, (order["order_id"],))
    evidence.wait_until("the order lands", lambda: bool(evidence.landed(token)))
    telling.say(f"with a partner's signature: HTTP {taken}; with nobody's: HTTP {refused}")
    telling.expect("who may call is taken, who may not is refused", (taken, refused), (202, 403))
    telling.expect("it lands once", [json.loads(record.text) for record in evidence.landed(token)], [order])


SAME_QUOTE_TWICE = Story("price-quotes: the same question twice has the same answer", _same_quote_twice)
DAY_CONSOLIDATED = Story("regional-sales: a day is consolidated once", _day_consolidated)
PARTNER_ORDER = Story("partner-orders: a route straight to the queue, for callers with a grant", _partner_order)
