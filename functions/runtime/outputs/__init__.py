"""Where a run may write: one module for each kind of output, and only declared ones exist on ``run.outputs``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from functions.contract.environment import OutputSettings
    from functions.runtime.outputs.kind import Output
    from functions.runtime.services import Services


def make_outputs(settings: tuple[OutputSettings, ...], services: Services) -> dict[str, Output]:
    """Return the declared outputs by name; the modules of other kinds are not imported."""
    return {one.name: import_module(f"{__name__}.{one.type}").make(one, services) for one in settings}


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
