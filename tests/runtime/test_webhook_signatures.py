"""Which signatures the verifying function takes for genuine."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.contract.metric import WebhookMetric
from functions.verify_webhook.signing_key import REFRESH_SECONDS
from tests.runtime.webhook_shop import BODY, NOW, SETTINGS, Shop, code


@pytest.mark.parametrize("encoding", ["hex", "base64"])
@pytest.mark.parametrize("prefix", ["", "sha256="])
@pytest.mark.parametrize("timestamp_header", ["X-Shop-Timestamp", None])
def test_every_declared_form_of_signature_is_understood(
    encoding: str, prefix: str, timestamp_header: str | None
) -> None:
    shop = Shop(replace(SETTINGS, encoding=encoding, prefix=prefix, timestamp_header=timestamp_header))
    assert shop.post().status == 202
    assert shop.post(x_shop_signature="0" * 64).status == 401
    assert len(shop.sent) == 1


def test_a_body_that_is_not_base64_encoded_is_signed_as_it_is() -> None:
    shop = Shop()
    event = {**shop.event('{"note": "ä"}'), "body": '{"note": "ä"}', "isBase64Encoded": False}
    assert shop.receive(event).status == 202
    assert shop.sent[0][0] == '{"note": "ä"}'


def test_header_names_are_compared_without_case() -> None:
    shop = Shop()
    event = shop.event()
    event["headers"] = {name.upper(): value for name, value in event["headers"].items()}
    assert shop.receive(event).status == 202


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({"x-shop-signature": None}, "signature-missing"),
        ({"x-shop-signature": ""}, "signature-missing"),
        ({"x-shop-signature": "0" * 64}, "signature-mismatch"),
        ({"x-shop-signature": "00"}, "signature-mismatch"),
        ({"x-shop-signature": "not hex"}, "signature-malformed"),
        ({"x-shop-signature": "ä"}, "signature-malformed"),
        ({"x-shop-timestamp": None}, "timestamp-missing"),
        ({"x-shop-timestamp": "yesterday"}, "timestamp-missing"),
        ({"x-shop-timestamp": "9" * 30}, "timestamp-missing"),
        ({"x-shop-timestamp": f"{NOW + 1}"}, "signature-mismatch"),
    ],
)
def test_a_request_that_is_not_signed_right_is_refused_and_nothing_is_queued(
    headers: dict[str, str | None], wanted: str
) -> None:
    shop = Shop()
    event = shop.event()
    given_headers = {**event["headers"], **headers}
    answer = shop.receive(
        {**event, "headers": {name: value for name, value in given_headers.items() if value is not None}}
    )
    assert (answer.status, code(answer), answer.metric) == (401, wanted, WebhookMetric.REJECTED)
    assert set(answer.body) == {"status", "error", "request_id"}
    assert set(answer.body["error"]) == {"code", "message"}
    assert shop.secret not in str(answer.body)
    assert SETTINGS.secret not in str(answer.body)
    assert shop.sent == []
    assert shop.nonces == {}


def test_another_body_under_the_same_signature_is_refused() -> None:
    shop = Shop()
    event = {**shop.event(), "body": base64.b64encode(b'{"order_id": "o-2"}').decode()}
    assert code(shop.receive(event)) == "signature-mismatch"


@pytest.mark.parametrize(("age", "status"), [(0, 202), (300, 202), (301, 401), (-300, 202), (-301, 401)])
def test_the_timestamp_may_be_off_by_the_tolerance_in_both_directions(age: int, status: int) -> None:
    assert Shop().post(age=age).status == status


@given(change=st.integers(0, 255), index=st.integers(0, 31))
def test_a_signature_with_any_changed_byte_is_refused(change: int, index: int) -> None:
    shop = Shop()
    digest = bytearray(bytes.fromhex(shop.signature(BODY.encode(), str(NOW))))
    genuine = digest[index] == change
    digest[index] = change
    assert (shop.post(x_shop_signature=digest.hex()).status == 202) is genuine


def test_an_empty_secret_accepts_nothing() -> None:
    shop = Shop(secret="", known="")
    assert shop.post().status == 503
    assert shop.sent == []


def test_a_rotation_is_picked_up_and_revokes_the_old_key() -> None:
    shop = Shop()
    shop.post()
    shop.secret, shop.known = "next", "next"
    assert shop.post('{"order_id": "o-2"}').status == 202
    shop.known = "current"
    assert shop.post('{"order_id": "o-3"}').status == 401


def test_forged_signatures_make_the_key_be_read_anew_only_now_and_then() -> None:
    shop = Shop()
    for _ in range(20):
        shop.post(x_shop_signature="0" * 64)
    assert shop.fetched.count(True) == 1
    shop.now += REFRESH_SECONDS
    shop.post(x_shop_signature="0" * 64)
    assert shop.fetched.count(True) == 2


def test_a_genuine_signature_does_not_read_the_key_anew() -> None:
    shop = Shop()
    for number in range(5):
        shop.post(json.dumps({"order_id": number}))
    assert shop.fetched.count(True) == 0
