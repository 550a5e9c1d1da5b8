"""Only signed requests reach the buffer, each once, and the sender is told what became of it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.drills.memory.faults import Crash
from functions.contract.message import MAX_BODY_BYTES, MAX_MESSAGE_BYTES
from functions.contract.metric import WebhookMetric
from tests.runtime.webhook_shop import BODY, NOW, SETTINGS, Shop, code


def test_a_signed_request_is_queued_with_what_came_along() -> None:
    shop = Shop()
    answer = shop.post(x_correlation_id="c-1")
    assert (answer.status, answer.body) == (202, {"status": "accepted", "request_id": "r-1"})
    assert answer.metric is WebhookMetric.ACCEPTED
    ((body, attributes),) = shop.sent
    assert body == BODY
    assert attributes == {
        "request_id": "r-1",
        "correlation_id": "c-1",
        "received_at": "1700000000000",
        "source_ip": "192.0.2.1",
        "path.shop_id": "s-1",
    }


def test_the_same_signature_again_is_a_duplicate_that_is_not_queued() -> None:
    shop = Shop()
    event = shop.event()
    shop.receive(event)
    again = shop.receive({**event, "requestContext": {**event["requestContext"], "requestId": "r-2"}})
    assert (again.status, again.body) == (202, {"status": "duplicate", "request_id": "r-2", "accepted_as": "r-1"})
    assert again.metric is WebhookMetric.REPLAYED
    assert len(shop.sent) == 1


def test_a_signature_written_in_capitals_is_the_same_signature() -> None:
    shop = Shop()
    shop.post()
    assert shop.post(x_shop_signature=shop.signature(BODY.encode(), str(NOW)).upper()).body["status"] == "duplicate"


def test_the_same_signature_for_another_path_is_refused() -> None:
    shop = Shop()
    shop.post(path="s-1")
    answer = shop.post(path="s-2")
    assert (answer.status, code(answer)) == (401, "signature-reused")
    assert len(shop.sent) == 1


@pytest.mark.parametrize("age", [300, 0, -300])
def test_a_signature_is_remembered_until_it_is_too_old(age: int) -> None:
    shop = Shop()
    event = shop.event(age=age)
    shop.receive(event)
    told = []
    for later in range(0, 1000, 50):
        shop.now = NOW + later
        answer = shop.receive(event)
        told.append(answer.body["status"] if answer.status == 202 else code(answer))
    assert set(told) == {"duplicate", "timestamp-outside-tolerance"}
    assert len(shop.sent) == 1


def test_a_signature_without_a_time_is_remembered_for_the_tolerance() -> None:
    shop = Shop(replace(SETTINGS, timestamp_header=None))
    event = shop.event()
    shop.receive(event)
    shop.now = NOW + SETTINGS.tolerance_seconds
    assert shop.receive(event).body["status"] == "duplicate"
    shop.now = NOW + SETTINGS.tolerance_seconds + 60
    assert shop.receive(event).body["status"] == "accepted"


def test_a_crash_after_queueing_repeats_a_message_and_loses_none() -> None:
    shop = Shop(down={"kill-keep"})
    event = shop.event()
    with pytest.raises(Crash):
        shop.receive(event)
    shop.down.clear()
    assert shop.receive(event).body["status"] == "accepted"
    assert len(shop.sent) == 2


def test_a_crash_before_queueing_does_not_remember_the_signature() -> None:
    shop = Shop(down={"kill-send"})
    event = shop.event()
    with pytest.raises(Crash):
        shop.receive(event)
    shop.down.clear()
    assert shop.receive(event).body["status"] == "accepted"
    assert len(shop.sent) == 1


@pytest.mark.parametrize("step", ["send", "find", "secret"])
def test_a_store_that_is_down_is_answered_with_a_request_to_come_back(step: str) -> None:
    shop = Shop(down={step})
    answer = shop.post()
    event = answer.to_event()
    assert (answer.status, code(answer), answer.metric) == (503, "temporarily-unavailable", WebhookMetric.FAILED)
    assert event["headers"]["retry-after"] == "5"
    assert shop.sent == []
    assert shop.nonces == {}
    shop.down.clear()
    assert shop.post().status == 202


def test_an_order_that_is_queued_stays_accepted_when_its_signature_cannot_be_remembered() -> None:
    shop = Shop(down={"keep"})
    assert shop.post().status == 202
    assert len(shop.sent) == 1
    assert "signature not remembered" in shop.log.getvalue()


def test_the_largest_body_passes_and_one_byte_more_does_not() -> None:
    shop = Shop()
    assert shop.post("x" * MAX_BODY_BYTES).status == 202
    assert shop.post("x" * (MAX_BODY_BYTES + 1)).status == 413
    assert shop.fetched == [False]
    assert MAX_BODY_BYTES + sum(len(k) + len(v) for k, v in shop.sent[0][1].items()) < MAX_MESSAGE_BYTES - 8_192


@pytest.mark.parametrize("body", ["", b"\xff\xfe", "a\x00b", "\x0b", "\ufffe"])
def test_a_body_that_no_message_can_hold_is_refused(body: str | bytes) -> None:
    shop = Shop()
    answer = shop.post(body)
    assert (answer.status, code(answer)) == (400, "not-text")
    assert shop.sent == []


def test_a_path_that_no_attribute_can_hold_is_refused() -> None:
    shop = Shop()
    assert shop.post(path="a\x00b").status == 400
    assert shop.sent == []


@pytest.mark.parametrize("given_id", ["", "a b", "x" * 129, "ä", None])
def test_a_correlation_id_that_is_not_plain_is_replaced(given_id: str | None) -> None:
    shop = Shop()
    shop.post(x_correlation_id=given_id)
    assert shop.sent[0][1]["correlation_id"] == "r-1"


JUNK = st.none() | st.text() | st.binary().map(lambda raw: base64.b64encode(raw).decode())


@given(
    body=JUNK,
    encoded=st.booleans(),
    headers=st.none() | st.dictionaries(st.sampled_from(["x-shop-signature", "x-shop-timestamp", "a"]), st.text()),
    path=st.none() | st.dictionaries(st.text(), st.text()),
)
def test_no_unsigned_request_is_queued_or_breaks_the_function(
    body: str | None, encoded: bool, headers: dict[str, str] | None, path: dict[str, str] | None
) -> None:
    shop = Shop()
    event = {"body": body, "isBase64Encoded": encoded, "headers": headers, "pathParameters": path, "requestContext": {}}
    answer = shop.receive(event)
    assert answer.status == 401
    json.loads(answer.to_event()["body"])
    assert shop.sent == []


@pytest.mark.parametrize(
    ("key", "group"),
    [("path.shop_id", "s-1"), ("body.shop", "b-1"), ("body.missing", None), ("body.shop || 'x'", None), (None, None)],
)
def test_a_request_is_queued_in_the_group_of_its_tenant_where_a_plain_path_finds_one(
    key: str | None, group: str | None
) -> None:
    shop = Shop(tenant_key=key)
    assert shop.post('{"shop": "b-1"}').status == 202
    assert shop.groups == [group]


@pytest.mark.parametrize("body", ['{"shop": "no tenant\'s name"}', '{"shop": true}', "not json", '["shop"]'])
def test_a_request_whose_tenant_is_unusable_is_queued_without_a_group(body: str) -> None:
    shop = Shop(tenant_key="body.shop")
    assert shop.post(body).status == 202
    assert shop.groups == [None]
