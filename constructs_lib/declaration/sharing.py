"""Which pipelines stand in one stack because they share something, and whether they can."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from constructs_lib.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from constructs_lib.declaration.pipeline import PipelineDeclaration


def by_stack(declarations: Iterable[PipelineDeclaration]) -> dict[str, tuple[PipelineDeclaration, ...]]:
    """Return declarations by the name of their stack: that of what they share, else the pipeline's own."""
    stacks: dict[str, tuple[PipelineDeclaration, ...]] = {}
    for declaration in declarations:
        name = declaration.source.shares() or declaration.pipeline
        stacks[name] = (*stacks.get(name, ()), declaration)
    return stacks


def sharing_faults(files: Mapping[Path, PipelineDeclaration]) -> Iterator[Fault]:
    """Yield what is wrong between declarations of one folder that share something."""
    names = {declaration.pipeline: declaration for declaration in files.values()}
    for file, declaration in files.items():
        shared = declaration.source.shares()
        alone = names.get(shared or "")
        if shared and alone and alone.source.shares() != shared:
            found = f"{shared!r} is the name of a pipeline that has no part in it"
            allowed = "a name that no other stack has"
            yield Fault("api-name-taken", "source.api", found, allowed, "rename one of the two", str(file))
    for (_, first), (file, second) in combinations(files.items(), 2):
        if fault := clash(first, second):
            code, found, allowed, fix = fault
            yield Fault(code, "source", f"{found} ({first.pipeline})", allowed, fix, str(file))


def clash(first: PipelineDeclaration, second: PipelineDeclaration) -> tuple[str, str, str, str] | None:
    """Return why two pipelines cannot share what both name, or None where they can or share nothing."""
    shared = first.source.shares()
    return second.source.clash(first.source) if shared and shared == second.source.shares() else None
