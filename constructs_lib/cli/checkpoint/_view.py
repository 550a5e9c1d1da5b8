"""A cursor as people read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.operations.schedule.checkpoint import CheckpointView


def lines(view: CheckpointView) -> Iterator[str]:
    """Yield where a cursor stands, who moved it, and whether a run is going on."""
    by = f"by the run of {view.moved_by}" if view.moved_by else "as declared, or by hand"
    yield f"{view.cursor} stands at {view.value}, revision {view.revision}, {by}"
    if view.in_progress:
        yield f"the run of {view.in_progress} is going on"
