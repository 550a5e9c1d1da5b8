"""Where a run may write: one module for each kind of output, and only those of declared ones are imported."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functions.contract.environment import OutputSettings
    from functions.runtime.outputs.kind import Output
    from functions.runtime.services import Services


def make_outputs(settings: tuple[OutputSettings, ...], services: Services) -> dict[str, Output]:
    """Return the declared outputs by name; the modules of other kinds are not imported."""
    return {one.name: import_module(f"{__name__}.{one.type}").make(one, services) for one in settings}
