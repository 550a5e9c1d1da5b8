"""Who may use an HTTP route."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, field_validator

from constructs_lib.model.base import Frozen
from constructs_lib.model.refusal import refusal
from constructs_lib.model.secret_name import SecretName
from constructs_lib.model.units import Duration, duration_text

MIN_TOLERANCE = timedelta(seconds=1)
MAX_TOLERANCE = timedelta(hours=1)
"""A clock that is further off is broken, and a signature that lives longer can be sent again by others."""
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,100}$")]


class Hmac(Frozen):
    """A webhook signature: HMAC-SHA256 of the body, checked in constant time before anything is queued."""

    type: Literal["hmac"] = "hmac"
    secret: SecretName
    """Name of the secret that holds the signing key."""
    header: HeaderName = "X-Signature"
    """Header that carries the signature."""
    timestamp_header: HeaderName | None = "X-Timestamp"
    """Header with the Unix time in seconds, signed as ``timestamp.body``; null where the sender has none."""
    encoding: Literal["hex", "base64"] = "hex"
    """How the signature is written."""
    prefix: Annotated[str, Field(max_length=32)] = ""
    """Text in front of the signature, such as ``sha256=``."""
    tolerance: Duration = timedelta(minutes=5)
    """Largest distance of the timestamp from now, and how long a signature is remembered against replays; without a
    timestamp it is remembered for ``idempotency.ttl``."""

    @field_validator("tolerance")
    @classmethod
    def _tolerance_lets_a_request_through(cls, tolerance: timedelta) -> timedelta:
        if not MIN_TOLERANCE <= tolerance <= MAX_TOLERANCE:
            raise refusal("tolerance-wrong", duration_text(tolerance), "1s to 1h", "write 5m")
        return tolerance


class Iam(Frozen):
    """Callers sign with AWS credentials that may invoke the route."""

    type: Literal["iam"] = "iam"


class NoAuth(Frozen):
    """Anyone may send; governance asks for an approval."""

    type: Literal["none"] = "none"
