"""The verifying function with everything around it in memory, and a sender that signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError

from constructs_lib.drills.memory.faults import Crash, client_error
from constructs_lib.drills.world import new_logger_name
from functions.contract.environment import WebhookSettings
from functions.runtime.redactor import Redactor
from functions.runtime.telemetry import make_logger
from functions.take_requests.large import LargeBodies
from functions.verify_webhook.logic import Webhook, WebhookServices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.take_requests.answer import Answer
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
    objects: dict[str, bytes] = field(default_factory=dict)
    _cached: str | None = None
    _webhook: Webhook | None = None

    def find(self, signature_id: str) -> Nonce | None:
        self._fail("find")
        return self.nonces.get(signature_id)

    def keep(self, nonce: Nonce) -> None:
        self._fail("keep")
        self.nonces[nonce.signature_id] = nonce

    def put(self, key: str, body: bytes) -> None:
        self._fail("put")
        self.objects[key] = body

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
                large=LargeBodies("shop-orders", self.put) if self.settings.large_bodies else None,
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
