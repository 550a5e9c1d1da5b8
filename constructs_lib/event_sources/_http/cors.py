"""Which web sites may call a route from a browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, field_validator

from constructs_lib.event_sources._http.auth import HeaderName
from constructs_lib.model.base import Frozen
from constructs_lib.model.refusal import refusal
from constructs_lib.model.units import Duration, duration_text

ANY = "*"
LONGEST_AGE = timedelta(days=1)
"""How long any browser keeps a preflight's answer (Firefox: a day; others less)."""
AUTH_HEADERS = {
    "iam": ("authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"),
    "jwt": ("authorization",),
    "api_key": ("x-api-key",),
}
"""What callers authenticate with; a wildcard would not cover ``Authorization`` (Fetch standard)."""
Origin = Annotated[
    str,
    Field(
        pattern=r"^(\*|https://[a-z0-9.-]+(:[0-9]{1,5})?|http://localhost(:[0-9]{1,5})?)$",
        max_length=253,
        examples=["https://shop.example.com"],
    ),
]


class Cors(Frozen):
    """What the gateway tells browsers, so that pages of other web sites may call the route."""

    origins: Annotated[tuple[Origin, ...], Field(min_length=1, max_length=20)]
    """Web sites, as browsers name them: scheme and host, no path; ``*`` for every one."""
    headers: Annotated[tuple[HeaderName, ...], Field(max_length=30)] = ()
    """Headers that pages may send beside ``content-type`` and those of ``auth``."""
    max_age: Duration = timedelta(hours=1)
    """How long a browser need not ask again."""

    @field_validator("max_age")
    @classmethod
    def _browsers_remember_a_day(cls, max_age: timedelta) -> timedelta:
        if max_age > LONGEST_AGE:
            raise refusal("cors-age-wrong", duration_text(max_age), "at most 1d, as browsers do", "write 1d")
        return max_age

    @property
    def open(self) -> bool:
        """Whether any web site may call."""
        return ANY in self.origins

    def allowed_headers(self, *auths: str) -> tuple[str, ...]:
        """Return the headers that pages may send to routes that authenticate in these ways, in lower case."""
        asked = (header for auth in auths for header in AUTH_HEADERS.get(auth, ()))
        named = ("content-type", *asked, *(header.lower() for header in self.headers))
        return tuple(dict.fromkeys(named))
