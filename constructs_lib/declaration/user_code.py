"""Which code of the user's a declaration names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.declaration.placed_steps import every_step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.pipeline import PipelineDeclaration


@dataclass(frozen=True)
class UserCode:
    """One folder of handlers and the dependencies that they share."""

    place: str
    """The field that holds ``code`` and ``requirements``."""
    folder: str
    requirements: str | None
    handlers: tuple[tuple[str, str], ...]
    """Each as the field that names it, and ``package.module:function``."""


def user_code(declaration: PipelineDeclaration) -> Iterator[UserCode]:
    """Yield the code of whatever works on records; handlers of the platform's own are not among it."""
    runner, workflow, fan_out = declaration.runner, declaration.workflow, declaration.fan_out
    collecting = (("fan_in.handler", declaration.fan_in.handler),) if declaration.fan_in else ()
    if runner is not None:
        handlers = (("runner.handler", runner.handler), *collecting)
        yield UserCode("runner", runner.code, runner.requirements, handlers)
    if workflow is not None:
        yield UserCode("workflow", workflow.code, workflow.requirements, tuple(_of_steps(declaration)))
    if fan_out is not None:
        workers = tuple((f"fan_out.workers[{i}].handler", one.handler) for i, one in enumerate(fan_out.workers))
        yield UserCode("fan_out", fan_out.code, fan_out.requirements, (*workers, *collecting))


def requirements_of(declaration: PipelineDeclaration) -> str | None:
    """Return the file that names the dependencies of the user's code."""
    return next((code.requirements for code in user_code(declaration)), None)


def _of_steps(declaration: PipelineDeclaration) -> Iterator[tuple[str, str]]:
    for step in every_step(declaration.workflow):
        for name, code in step.state.code().items():
            yield ".".join(part for part in (step.place, name, "handler") if part), code.handler
