"""Only signed requests reach the buffer, each once, and the sender is told what became of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import BotoCoreError
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.drills.memory.faults import Crash, client_error
from constructs_lib.drills.world import new_logger_name
from functions.contract.environment import WebhookSettings
from functions.contract.message import MAX_BODY_BYTES, MAX_MESSAGE_BYTES
from functions.contract.metric import WebhookMetric
from functions.runtime.redactor import Redactor
from functions.runtime.telemetry import make_logger
from functions.verify_webhook.logic import Webhook, WebhookServices
from functions.verify_webhook.signing_key import REFRESH_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.verify_webhook.answer import Answer
    from functions.verify_webhook.nonces import Nonce

NOW = 1_700_000_000
SETTINGS = WebhookSettings(
    secret="shop-webhook-key",
    header="X-Shop-Signature",
    timestamp_header="X-Shop-Timestamp",
    encoding="hex",
    prefix="",
    tolerance_seconds=300,
)
BODY = '{"order_id": "o-1"}'


class StoreDownError(BotoCoreError):
    pass


@dataclass
class Shop:
    """The verifying function with everything around it in memory, and a sender that signs."""

    settings: WebhookSettings = SETTINGS
    secret: str = "current"
    known: str = "current"
    """The key that the sender signs with."""
    now: float = NOW
    sent: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    groups: list[str | None] = field(default_factory=list)
    tenant_key: str | None = None
    nonces: dict[str, Nonce] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    fetched: list[bool] = field(default_factory=list)
    redactor: Redactor = field(default_factory=Redactor)
    log: io.StringIO = field(default_factory=io.StringIO)
    _cached: str | None = None
    _webhook: Webhook | None = None

    def find(self, signature_id: str) -> Nonce | None:
        self._fail("find")
        return self.nonces.get(signature_id)

    def keep(self, nonce: Nonce) -> None:
        self._fail("keep")
        self.nonces[nonce.signature_id] = nonce

    def send(self, body: str, attributes: Mapping[str, str], group: str | None) -> str:
        self._fail("send")
        self.groups.append(group)
        self.sent.append((body, attributes))
        return f"message-{len(self.sent)}"

    def fetch(self, name: str, *, fresh: bool = False) -> str:
        assert name == "shop-webhook-key"
        self.fetched.append(fresh)
        if "secret" in self.down:
            raise StoreDownError
        if fresh or self._cached is None:
            self._cached = self.secret
        self.redactor.learn(self._cached)
        return self._cached

    def receive(self, event: Mapping[str, Any]) -> Answer:
        if self._webhook is None:
            services = WebhookServices(
                fetch_secret=self.fetch,
                redactor=self.redactor,
                nonces=self,
                send=self.send,
                now=lambda: self.now,
                logger=make_logger("shop-orders", "dev", new_logger_name(), self.redactor, self.log),
            )
            self._webhook = Webhook(self.settings, services, self.tenant_key)
        return self._webhook.answer(event)

    def post(self, body: str | bytes = BODY, path: str = "s-1", age: int = 0, **headers: str | None) -> Answer:
        return self.receive(self.event(body, path, age, **headers))

    def event(self, body: str | bytes = BODY, path: str = "s-1", age: int = 0, **headers: str | None) -> dict[str, Any]:
        """Return a signed request as API Gateway hands it over; ``headers`` replace or, when None, remove its own."""
        raw = body.encode() if isinstance(body, str) else body
        stamp = str(int(self.now) - age)
        own: dict[str, str | None] = {"x-shop-timestamp": stamp, "x-shop-signature": self.signature(raw, stamp)}
        own |= {name.replace("_", "-"): value for name, value in headers.items()}
        return {
            "version": "2.0",
            "headers": {name: value for name, value in own.items() if value is not None},
            "pathParameters": {"shop_id": path},
            "requestContext": {"requestId": "r-1", "timeEpoch": NOW * 1000, "http": {"sourceIp": "192.0.2.1"}},
            "body": base64.b64encode(raw).decode(),
            "isBase64Encoded": True,
        }

    def signature(self, body: bytes, stamp: str) -> str:
        signed = body if self.settings.timestamp_header is None else stamp.encode() + b"." + body
        digest = hmac.new(self.known.encode(), signed, hashlib.sha256).digest()
        text = digest.hex() if self.settings.encoding == "hex" else base64.b64encode(digest).decode()
        return self.settings.prefix + text

    def _fail(self, step: str) -> None:
        if f"kill-{step}" in self.down:
            raise Crash(step)
        if step in self.down:
            raise client_error("InternalServerError", step)


def code(answer: Answer) -> str:
    return str(answer.body["error"]["code"])


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
