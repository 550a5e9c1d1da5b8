"""One HTTP request as API Gateway hands it over: payload format 2.0 of an HTTP API, 1.0 of a REST API."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.contract.identity import content_hash
from functions.contract.message import CORRELATION_ID, PATH_PREFIX, RECEIVED_AT, REQUEST_ID, SOURCE_IP

if TYPE_CHECKING:
    from collections.abc import Mapping

CORRELATION_HEADER = "x-correlation-id"
PLAIN_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
"""Correlation ids that are taken from the sender; any other is replaced by the request id."""
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that SQS refuses in a body or an attribute (SendMessage, Amazon SQS API reference)."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """The raw bytes that were signed, and what goes along with them."""

    body: bytes
    headers: Mapping[str, str]
    """Names in lower case."""
    path: Mapping[str, str]
    query: Mapping[str, str]
    claims: Mapping[str, str]
    """What the token says that the gateway has verified; empty where there is none."""
    request_id: str
    source_ip: str
    received_at: str
    """Milliseconds since 1970 as text, as the gateway writes it where no function stands in between."""

    @classmethod
    def of(cls, event: Mapping[str, Any], now: float) -> Request:
        """Return the request of one event; ``now`` in seconds since 1970 stands in for a missing time."""
        context = event.get("requestContext") or {}
        headers = {str(name).lower(): str(value).strip() for name, value in (event.get("headers") or {}).items()}
        path = {str(name): str(value) for name, value in (event.get("pathParameters") or {}).items()}
        query = {str(name): str(value) for name, value in (event.get("queryStringParameters") or {}).items()}
        return cls(
            body=_body(event),
            headers=headers,
            path=path,
            query=query,
            claims=_claims(context),
            request_id=str(context.get("requestId", "")),
            source_ip=str((context.get("http") or context.get("identity") or {}).get("sourceIp", "")),
            received_at=str(int(context.get("timeEpoch") or context.get("requestTimeEpoch") or now * 1000)),
        )

    @property
    def target(self) -> str:
        """What the request is for; a signature that was accepted for one target is no good for another."""
        return content_hash(dict(self.path))

    @property
    def correlation_id(self) -> str:
        """The sender's own id when it brings a plain one, else the request id."""
        given = self.headers.get(CORRELATION_HEADER, "")
        return given if PLAIN_ID.fullmatch(given) else self.request_id

    def text(self) -> str | None:
        """Return the body as a message can hold it, or None when it cannot: not UTF-8, empty, or control characters."""
        try:
            text = self.body.decode()
        except UnicodeDecodeError:
            return None
        return text if text and not FORBIDDEN.search(text) else None

    def attributes(self) -> dict[str, str] | None:
        """Return the message attributes, or None when one holds characters that SQS refuses."""
        values = {
            REQUEST_ID: self.request_id,
            CORRELATION_ID: self.correlation_id,
            RECEIVED_AT: self.received_at,
            SOURCE_IP: self.source_ip,
            **{f"{PATH_PREFIX}{name}": value for name, value in self.path.items()},
        }
        kept = {name: value for name, value in values.items() if value}
        return None if any(FORBIDDEN.search(value) for value in kept.values()) else kept


def _claims(context: Mapping[str, Any]) -> dict[str, str]:
    jwt = (context.get("authorizer") or {}).get("jwt") or {}
    return {str(name): str(value) for name, value in (jwt.get("claims") or {}).items()}


def _body(event: Mapping[str, Any]) -> bytes:
    body = str(event.get("body") or "")
    if not event.get("isBase64Encoded"):
        return body.encode(errors="surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        return b""
