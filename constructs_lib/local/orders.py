"""A shop that sends signed orders to the webhook, as a sender outside AWS would."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from functions.contract.environment import WebhookSettings


@dataclass(frozen=True)
class Reply:
    """What the webhook answered."""

    status: int
    body: str


@dataclass(frozen=True)
class Webhook:
    """A deployed route: ``host`` selects the API at the proxy's ``url``; ``path`` has parameters in braces."""

    url: str
    host: str
    method: str
    path: str


class OrderSender:
    """Signs and sends orders with the shared secret of the webhook."""

    def __init__(self, webhook: Webhook, settings: WebhookSettings, secret: str) -> None:
        """Send to one webhook, signed the way its declaration says."""
        self._webhook = webhook
        self._settings = settings
        self._secret = secret.encode()

    def send(self, order: Mapping[str, Any], path: Mapping[str, str], *, age: int = 0) -> Reply:
        """Send an order with a good signature; one that is sent twice needs another ``age`` (in seconds) each time."""
        body = json.dumps(order).encode()
        return self._post(body, path, self.signature(body, _now(age)))

    def send_forged(self, order: Mapping[str, Any], path: Mapping[str, str]) -> Reply:
        """Send an order signed with a secret that is not the webhook's."""
        body = json.dumps(order).encode()
        forger = OrderSender(self._webhook, self._settings, "not the secret")
        return self._post(body, path, forger.signature(body, _now()))

    def signature(self, body: bytes, timestamp: str) -> dict[str, str]:
        """Return the headers that sign ``body`` at ``timestamp``, in seconds since 1970."""
        settings = self._settings
        signed = body if settings.timestamp_header is None else f"{timestamp}.".encode() + body
        digest = hmac.new(self._secret, signed, hashlib.sha256).digest()
        text = digest.hex() if settings.encoding == "hex" else base64.b64encode(digest).decode()
        headers = {settings.header: settings.prefix + text}
        return headers if settings.timestamp_header is None else {**headers, settings.timestamp_header: timestamp}

    def _post(self, body: bytes, path: Mapping[str, str], headers: dict[str, str]) -> Reply:
        # The host is a header, not a name to look up: not every machine resolves names below localhost.
        answer = httpx.request(
            self._webhook.method,
            self._webhook.url + self._webhook.path.format(**path),
            content=body,
            headers={"Host": self._webhook.host, "Content-Type": "application/json", **headers},
            timeout=30,
            trust_env=False,
        )
        return Reply(answer.status_code, answer.text)


def _now(age: int = 0) -> str:
    return str(int(time.time()) - age)
