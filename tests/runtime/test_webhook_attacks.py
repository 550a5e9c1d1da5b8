"""Attacks on the verifying function: forged, repeated and misdirected requests, and what a flood of them costs."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace

import pytest

from constructs_lib.drills.memory.faults import client_error
from functions.contract.metric import WebhookMetric
from functions.verify_webhook.signing_key import REFRESH_SECONDS
from tests.runtime.webhook_shop import BODY, NOW, SETTINGS, Shop, code

FORGED = "0" * 64


@pytest.mark.parametrize(
    "stamp",
    [
        "-1",
        "+1700000000",
        "1700000000.0",
        "1.7e9",
        f"{NOW}000",
        "99999999999",
        "".join(chr(0x0660 + int(digit)) for digit in str(NOW)),
        "0x6553f100",
        f"{NOW},{NOW}",
        " ",
    ],
)
def test_a_timestamp_in_any_other_form_is_refused_although_it_is_signed(stamp: str) -> None:
    shop = Shop()
    answer = shop.post(x_shop_timestamp=stamp, x_shop_signature=shop.signature(BODY.encode(), stamp))
    assert answer.status == 401
    assert code(answer) in {"timestamp-missing", "timestamp-outside-tolerance"}
    assert shop.sent == []


@pytest.mark.parametrize("written", ["{0},{0}", "{0}, {1}", "v1={0}", "{0}00", "00{0}", "{0}\n", "﻿{0}", "{0}é"])
def test_several_or_decorated_signatures_are_refused_or_the_same_one(written: str) -> None:
    shop = Shop()
    genuine = shop.signature(BODY.encode(), str(NOW))
    answer = shop.post(x_shop_signature=written.format(genuine, FORGED))
    assert answer.status == (202 if written == "{0}\n" else 401)
    assert shop.post().body.get("status") == ("duplicate" if answer.status == 202 else "accepted")


@pytest.mark.parametrize("ending", ["A=", "B="])
def test_a_signature_in_base64_has_one_identity_whatever_its_unused_bits(ending: str) -> None:
    shop = Shop(replace(SETTINGS, encoding="base64"))
    genuine = shop.signature(BODY.encode(), str(NOW))
    digest = base64.b64decode(genuine)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = genuine[:-2] + alphabet[alphabet.index(genuine[-2]) | 1] + "="
    assert base64.b64decode(other) == digest
    assert shop.post().status == 202
    assert shop.post(x_shop_signature=other).body["status"] == "duplicate"
    assert len(shop.sent) == 1
    assert shop.post(x_shop_signature=genuine[:-2] + "+" + ending).status == 401


def test_a_flood_of_forged_requests_costs_no_call_but_a_look_at_the_secret_now_and_then() -> None:
    shop = Shop(down={"find", "keep", "send"})
    answers = [shop.post(x_shop_signature=FORGED) for _ in range(1000)]
    assert {answer.status for answer in answers} == {401}
    assert shop.fetched.count(True) == 1


def test_a_flood_while_the_secret_store_is_down_does_not_ask_it_each_time() -> None:
    shop = FailsFresh()
    shop.post()
    told = {shop.post(x_shop_signature=FORGED).status for _ in range(100)}
    assert told == {503}
    assert shop.fetched.count(True) == 1
    assert shop.post('{"order_id": "o-2"}').status == 202
    shop.fresh_fails = False
    shop.now += REFRESH_SECONDS
    assert shop.post(x_shop_signature=FORGED).status == 401


@dataclass
class FailsFresh(Shop):
    """The secret store answers from the cache alone."""

    fresh_fails: bool = True

    def fetch(self, name: str, *, fresh: bool = False) -> str:
        if fresh and self.fresh_fails:
            self.fetched.append(True)
            raise client_error("ThrottlingException", "GetSecretValue")
        return super().fetch(name, fresh=fresh)


@dataclass
class Refused(Shop):
    """A step fails with an error code."""

    error: str = ""

    def _fail(self, step: str) -> None:
        if step in self.down:
            raise client_error(self.error, step)


@dataclass
class BinarySecret(Shop):
    """The secret is no text."""

    def fetch(self, name: str, *, fresh: bool = False) -> str:
        return b"\xff\xfe".decode()


def test_a_secret_that_is_no_text_is_a_fault_of_ours() -> None:
    answer = BinarySecret().post()
    assert (answer.status, answer.metric) == (503, WebhookMetric.FAILED)
    assert answer.to_event()["headers"]["retry-after"] == "5"


@pytest.mark.parametrize("error", ["ThrottlingException", "ProvisionedThroughputExceededException", "AccessDenied"])
@pytest.mark.parametrize("step", ["find", "send"])
def test_a_store_that_refuses_is_answered_with_a_time_to_come_back(step: str, error: str) -> None:
    shop = Refused(down={step}, error=error)
    answer = shop.post()
    assert (answer.status, answer.code) == (503, error)
    assert answer.to_event()["headers"]["retry-after"] == "5"
    assert error not in answer.to_event()["body"]
    assert shop.nonces == {}


@pytest.mark.parametrize("path", ["a/b", "%2F", "a#b", "'\"", "x" * 8000, "ä🙂", ".."])
def test_a_path_parameter_of_any_text_travels_as_it_is(path: str) -> None:
    shop = Shop()
    assert shop.post(path=path).status == 202
    assert shop.sent[0][1]["path.shop_id"] == path


@pytest.mark.parametrize("path", ["a\x00", "\x1b[31m", "\ud800", "\uffff"])
def test_a_path_parameter_that_sqs_refuses_is_not_asked_for_again(path: str) -> None:
    answer = Shop().post(path=path)
    assert (answer.status, code(answer)) == (400, "not-text")
