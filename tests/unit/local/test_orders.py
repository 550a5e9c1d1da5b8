"""Signatures are made the way the declaration says."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace

from constructs_lib.local.orders import OrderSender, Webhook
from functions.contract.environment import WebhookSettings

WEBHOOK = Webhook("http://127.0.0.1:9", "api.execute-api.localhost:9", "POST", "/orders")


SETTINGS = WebhookSettings("s", "X-Signature", "X-Timestamp", "hex", "", 300)


def sender(settings: WebhookSettings = SETTINGS) -> OrderSender:
    return OrderSender(WEBHOOK, settings, "key")


def digest(signed: bytes) -> bytes:
    return hmac.new(b"key", signed, hashlib.sha256).digest()


def test_timestamp_and_body_are_signed_in_hex() -> None:
    expected = {"X-Signature": digest(b"1700000000.{}").hex(), "X-Timestamp": "1700000000"}
    assert sender().signature(b"{}", "1700000000") == expected


def test_encoding_and_prefix_follow_the_declaration() -> None:
    made = sender(replace(SETTINGS, encoding="base64", prefix="v1=")).signature(b"{}", "1")
    assert made["X-Signature"] == "v1=" + base64.b64encode(digest(b"1.{}")).decode()


def test_without_a_timestamp_header_the_body_alone_is_signed() -> None:
    assert sender(replace(SETTINGS, timestamp_header=None)).signature(b"{}", "1") == {
        "X-Signature": digest(b"{}").hex()
    }
