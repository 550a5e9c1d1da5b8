"""The entry point of a function that holds no user code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from functions.runtime.environment import in_lambda

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Answer = TypeVar("Answer")


class EntryPoint(Generic[Answer]):
    """Deployed when imported in Lambda, so that a missing variable stops the cold start."""

    def __init__(self, deploy: Callable[[], Callable[[Mapping[str, Any], Any], Answer]]) -> None:
        """``deploy`` reads the environment and returns what answers events."""
        self._deploy = deploy
        self._deployed = deploy() if in_lambda() else None

    def __call__(self, event: Mapping[str, Any], context: Any) -> Answer:
        """Answer one event."""
        if self._deployed is None:
            self._deployed = self._deploy()
        return self._deployed(event, context)
