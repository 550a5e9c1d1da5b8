"""Who may use an HTTP route."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from constructs_lib.model.base import Frozen
from constructs_lib.model.refusal import refusal
from constructs_lib.model.secret_name import SecretName
from constructs_lib.model.units import Count, Duration, Name, Switch, duration_text

MIN_TOLERANCE = timedelta(seconds=1)
MAX_TOLERANCE = timedelta(hours=1)
"""A clock that is further off is broken, and a signature that lives longer can be sent again by others."""
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,100}$")]
IssuerUrl = Annotated[str, Field(pattern=r"^https://[^\s?#]+$", max_length=500, examples=["https://id.example.com/"])]
Scope = Annotated[str, Field(pattern=r"^[!#-\[\]-~]{1,256}$")]
"""A scope token (RFC 6749, section 3.3)."""


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


class Jwt(Frozen):
    """Callers bring a token that an issuer has signed; the gateway checks signature, issuer, audience and time."""

    model_config = ConfigDict(validate_default=True)

    type: Literal["jwt"] = "jwt"
    issuer: IssuerUrl | None = None
    """Who signs the tokens, as their ``iss`` has it; its public keys are found below it."""
    audience: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    """A token is for one of these: its ``aud``, or its ``client_id`` where it has none."""
    scopes: Annotated[tuple[Scope, ...], Field(max_length=10)] = ()
    """A token has at least one of these; any token will do when empty."""
    claims: Annotated[tuple[Literal["sub", "client_id", "azp"], ...], Field(max_length=3)] = ("sub",)
    """Claims that go along with a queued request; every token has them. The issuer assigns these, and no user does."""
    user_pool: Switch = False
    """Make a Cognito user pool and a client of it, whose tokens are taken."""

    @field_validator("user_pool")
    @classmethod
    def _tokens_have_one_issuer(cls, user_pool: bool, info: ValidationInfo) -> bool:
        if not {"issuer", "audience"} <= set(info.data):
            return user_pool
        issuer, audience = info.data["issuer"], info.data["audience"]
        if user_pool and (issuer or audience):
            raise refusal(
                "issuer-not-single",
                "user_pool beside issuer or audience",
                "one of the two: the pool is issuer and audience itself",
                "leave out issuer and audience, or user_pool",
            )
        if not user_pool and not (issuer and audience):
            raise refusal(
                "issuer-missing",
                f"no {'audience' if issuer else 'issuer'}",
                "issuer and audience, or user_pool: true",
                "name both: tokens that the issuer made for somebody else are refused by their audience",
            )
        return user_pool


class Quota(Frozen):
    """How many requests a client may send in a while, before it is answered 429."""

    requests: Count
    """Requests in one period."""
    period: Literal["day", "week", "month"] = "month"
    """How long it counts."""


class ApiKey(Frozen):
    """Clients send a key in ``x-api-key``; only the REST APIs of API Gateway have keys, so the route is in one."""

    type: Literal["api_key"] = "api_key"
    clients: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,29}$")], ...], Field(min_length=1, max_length=50)
    ] = ("client",)
    """Who has a key of its own; API Gateway makes it, and throttle and quota count for each."""
    quota: Quota | None = None
    """How much a client may send in a while; as much as the throttle lets through when absent."""


Auth = Annotated[Hmac | Iam | Jwt | ApiKey | NoAuth, Field(discriminator="type")]
"""Who may send."""
