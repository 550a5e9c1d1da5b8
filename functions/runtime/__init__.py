"""What a handler imports: the decorator, the run it is given, and the errors it may raise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.runtime.errors import Invalid, Permanent, Recoverable, Refused, Throttled
from functions.runtime.run import Run
from functions.runtime.runner import runner

if TYPE_CHECKING:
    from functions.runtime.arrivals import S3Object
    from functions.runtime.response import Response
    from functions.runtime.tick import Page, Tick

__all__ = [
    "Invalid",
    "Page",
    "Permanent",
    "Recoverable",
    "Refused",
    "Response",
    "Run",
    "S3Object",
    "Throttled",
    "Tick",
    "runner",
]


def __getattr__(name: str) -> Any:
    """Import what only some sources need when it is asked for, not at every cold start."""
    if name == "S3Object":
        from functions.runtime.arrivals import S3Object

        return S3Object
    if name in {"Page", "Tick"}:
        from functions.runtime import tick

        return getattr(tick, name)
    if name == "Response":
        from functions.runtime.response import Response

        return Response
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
