"""Whether two routes can be of one API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from constructs_lib.event_sources._http.path import with_each_parameter

if TYPE_CHECKING:
    from constructs_lib.event_sources._http.cors import Cors


class Route(Protocol):
    """What of a declared route others of its API meet."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    @property
    def path(self) -> str:
        """The path, with parameters in braces."""

    @property
    def cors(self) -> Cors | None:
        """Which web sites may call."""


def clash(one: Route, other: Route) -> tuple[str, str, str, str] | None:
    """Return why two routes cannot be of one API, as code, finding, what is allowed and the way out."""
    if (one.method, _shape(one.path)) == (other.method, _shape(other.path)):
        allowed = "each method and path once in an API; names of parameters make no difference"
        return "route-taken", f"{one.method} {one.path} is a route of the api already", allowed, "change one of the two"
    if one.cors is not None and other.cors is not None and one.cors != other.cors:
        allowed = "one cors for all routes of an API, which answers every preflight with it"
        return "cors-differs", "another pipeline of the api has another cors", allowed, "write the same in both"
    return None


def _shape(path: str) -> str:
    return with_each_parameter(path, "{}")
