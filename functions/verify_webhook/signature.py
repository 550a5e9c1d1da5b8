"""Signatures: HMAC-SHA256 over ``timestamp.body``, or over the body alone, compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functions.contract.environment import WebhookSettings
    from functions.runtime.http_request import Request

SECONDS = re.compile(r"[0-9]{1,11}")
GRACE = 60
"""Seconds by which a signature is remembered longer than it could be accepted, for clocks that differ."""


class SignatureError(Exception):
    """A request that is not signed as it must be; ``code`` is stable and kebab-case."""

    def __init__(self, code: str, message: str) -> None:
        """Keep what the sender is told: never anything about the secret."""
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Signature:
    """What a request claims, well-formed and recent; whether it is genuine takes the secret."""

    digest: bytes
    signed: bytes
    remember_until: int
    """Seconds since 1970 after which the same signature is refused for its age; without a timestamp it never is."""

    @classmethod
    def of(cls, request: Request, settings: WebhookSettings, now: float) -> Signature:
        """Return the signature of a request.

        Raises:
            SignatureError: it is missing, malformed, or too old or too far ahead.
        """
        written = request.headers.get(settings.header.lower(), "")
        if not written:
            raise SignatureError("signature-missing", f"the header {settings.header} is missing")
        digest = _decode(written, settings)
        if settings.timestamp_header is None:
            remembered = max(settings.remember_seconds, settings.tolerance_seconds + GRACE)
            return cls(digest, request.body, int(now) + remembered)
        stamp = _timestamp(request, settings.timestamp_header, settings.tolerance_seconds, now)
        signed = stamp.encode() + b"." + request.body
        return cls(digest, signed, int(stamp) + settings.tolerance_seconds + GRACE)

    def is_genuine(self, secret: str) -> bool:
        """Return whether the secret made this signature."""
        expected = hmac.new(secret.encode(), self.signed, hashlib.sha256).digest()
        return hmac.compare_digest(expected, self.digest)

    @property
    def id(self) -> str:
        """What the signature is remembered by, whatever way it was written."""
        return hashlib.sha256(self.digest).hexdigest()


def _decode(written: str, settings: WebhookSettings) -> bytes:
    malformed = SignatureError("signature-malformed", f"the header {settings.header} does not hold a signature")
    if not written.startswith(settings.prefix):
        raise malformed
    text = written[len(settings.prefix) :]
    try:
        return bytes.fromhex(text) if settings.encoding == "hex" else base64.b64decode(text, validate=True)
    except ValueError:
        raise malformed from None


def _timestamp(request: Request, header: str, tolerance: int, now: float) -> str:
    stamp = request.headers.get(header.lower(), "")
    if not SECONDS.fullmatch(stamp):
        raise SignatureError("timestamp-missing", f"the header {header} holds no Unix time in seconds")
    if abs(now - int(stamp)) > tolerance:
        raise SignatureError("timestamp-outside-tolerance", f"{header} is more than {tolerance} s from now")
    return stamp
