"""Where in the declaration the name of each function comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.composition.workflow.functions import function_ids
from constructs_lib.declaration.placed_steps import every_step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.pipeline import PipelineDeclaration

HANDLER = "runner.handler"


def function_places(declaration: PipelineDeclaration) -> dict[str, str]:
    """Return the place of the field to change, by the function's id; the platform's own functions have none.

    Of two functions with one id it is that of the one which has the id by its own name.
    """
    return dict(reversed(list(_places(declaration))))


def _places(declaration: PipelineDeclaration) -> Iterator[tuple[str, str]]:
    """Yield ids with their places, those that are names as they stand first."""
    if declaration.runner is not None:
        yield declaration.taker.function_id(), HANDLER
    if declaration.fan_in is not None:
        yield declaration.fan_in.function_id(), "fan_in.handler"
    if declaration.fan_out is not None:
        for index, worker in enumerate(declaration.fan_out.workers):
            yield worker.function_id(), f"fan_out.workers[{index}].name"
    parts = [
        (part, id, f"{step.place}.name")
        for step in every_step(declaration.workflow)
        for part, id in function_ids(step.state).items()
    ]
    yield from ((id, place) for part, id, place in sorted(parts, key=lambda one: bool(one[0])))
