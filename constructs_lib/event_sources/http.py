"""The http source: a route whose requests are queued and answered with 202."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal, Union

from pydantic import Field, field_validator

from constructs_lib.model.base import Frozen
from constructs_lib.model.kinds import Contribution, EventSource, PlanContext, Site
from constructs_lib.model.refusal import refusal
from constructs_lib.model.secret_name import SecretName
from constructs_lib.model.units import Count, Duration
from functions.contract.message import MAX_PATH_PARAMETERS, PATH_PREFIX

PARAMETER = re.compile(r"\{([^{}]*)\}")
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
    """Largest distance of the timestamp from now, and how long a signature is remembered against replays."""


class Iam(Frozen):
    """Callers sign with AWS credentials that may invoke the route."""

    type: Literal["iam"] = "iam"


class NoAuth(Frozen):
    """Anyone may send; governance asks for an approval."""

    type: Literal["none"] = "none"


class Throttle(Frozen):
    """How many requests the route takes before it answers 429."""

    rate: Count = 100
    """Requests a second, steadily."""
    burst: Count = 200
    """Requests at once."""


class HttpSource(EventSource):
    """Requests go to the queue and are answered with 202; ``hmac`` puts a small verifying function in front."""

    type: Literal["http"] = "http"
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    """HTTP method of the route."""
    path: Annotated[str, Field(max_length=200)]
    """Path of the route, with parameters in braces: ``/shops/{shop_id}/orders``."""
    auth: Annotated[Union[Hmac, Iam, NoAuth], Field(discriminator="type")]  # noqa: UP007
    """Who may send; there is no default."""
    throttle: Throttle = Throttle()
    """How many requests are taken."""

    @field_validator("path")
    @classmethod
    def _path_has_usable_parameters(cls, path: str) -> str:
        plain = PARAMETER.sub("x", path)
        names = PARAMETER.findall(path)
        if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", plain) or not all(
            re.fullmatch(r"[a-z][a-z0-9_]{0,63}", n) for n in names
        ):
            raise refusal(
                "path-wrong",
                f"{path!r}",
                "/parts of letters, digits and ._~- or a {parameter}",
                "write /shops/{shop_id}/orders",
            )
        if len(names) > MAX_PATH_PARAMETERS or len(set(names)) != len(names):
            raise refusal(
                "path-wrong",
                f"{path!r} has {len(names)} parameters",
                f"at most {MAX_PATH_PARAMETERS}, each once",
                "send the rest in the body",
            )
        return path

    def record_fields(self) -> tuple[str, ...]:
        """Return one field for each path parameter."""
        return tuple(f"{PATH_PREFIX}{name}" for name in PARAMETER.findall(self.path))

    def contribute(self, context: PlanContext) -> Contribution:
        """Return the route, and for ``hmac`` the verifying function in front of the queue."""
        return Contribution()

    def bind(self, site: Site) -> None:
        """Make the API, its stage, integration and route."""
