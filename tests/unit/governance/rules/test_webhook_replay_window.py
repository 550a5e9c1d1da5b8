from __future__ import annotations

from typing import Any

from constructs_lib.governance.rules.webhook_replay_window import WebhookReplayWindow
from tests.unit.governance.cases import pipeline, planned

RULE = WebhookReplayWindow()


def webhook(**auth: Any) -> dict[str, Any]:
    return {"type": "http", "path": "/orders", "auth": {"type": "hmac", "secret": "shop-webhook-key", **auth}}


def test_a_signed_time_passes_and_so_does_a_pipeline_without_webhook() -> None:
    assert planned(RULE, pipeline(source=webhook())) == []
    assert planned(RULE, pipeline()) == []


def test_a_signature_without_a_time_is_a_warning_that_says_how_long_it_is_remembered() -> None:
    idempotency = {"key": ["body.order_id"], "ttl": "40d"}
    (finding,) = planned(RULE, pipeline(source=webhook(timestamp_header=None), idempotency=idempotency))
    assert (finding.place.resource, finding.decision) == ("verify", "warn")
    assert f"remembered for {40 * 86_400} s" in finding.found
