"""Where a run may write: one module for each kind of output, and only declared ones exist on ``run.outputs``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.runtime.outputs.raw import RawOutput

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.contract.environment import OutputSettings
    from functions.runtime.objects import ObjectStore
    from functions.runtime.outputs.kind import Output

KINDS: dict[str, Callable[[OutputSettings, ObjectStore], Output]] = {"raw": RawOutput}


def make_outputs(settings: tuple[OutputSettings, ...], objects: ObjectStore) -> dict[str, Output]:
    """Return the declared outputs by name."""
    return {output.name: KINDS[output.type](output, objects) for output in settings}


class Outputs:
    """The declared outputs as attributes: ``run.outputs.raw``."""

    def __init__(self, drafts: dict[str, Any]) -> None:
        """``drafts`` take what one run puts; nothing leaves them before the handler has returned."""
        self._drafts = drafts

    def __getattr__(self, name: str) -> Any:
        """Return the declared output; any other name is an error that lists those that exist."""
        drafts = self.__dict__.get("_drafts", {})
        if name not in drafts:
            known = ", ".join(drafts) or "none"
            raise AttributeError(f"output {name!r} is not declared; declared outputs: {known}")
        return drafts[name]
