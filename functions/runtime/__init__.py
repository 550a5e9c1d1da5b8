"""What a handler imports: the decorator, the run it is given, and the errors it may raise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.runtime.errors import Permanent, Recoverable, Refused, Throttled
from functions.runtime.run import Run
from functions.runtime.runner import runner

if TYPE_CHECKING:
    from functions.runtime.response import Response

__all__ = ["Permanent", "Recoverable", "Refused", "Response", "Run", "Throttled", "runner"]


def __getattr__(name: str) -> Any:
    """Import what only synchronous requests need when it is asked for, not at every cold start."""
    if name == "Response":
        from functions.runtime.response import Response

        return Response
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
