"""What the function that takes records needs where others work on them: neither outputs nor stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.contribution import Contribution


def taking(
    declaration: PipelineDeclaration, contributions: tuple[Contribution, ...]
) -> tuple[PipelineDeclaration, tuple[Contribution, ...]]:
    """Return the declaration and the contributions as far as they are the taking function's.

    The contributions stand as they are composed: source, network, outputs, stores, and what else there is.
    """
    if declaration.runner is not None:
        return declaration, contributions
    theirs = 2 + len(declaration.outputs) + len(declaration.stores)
    bare = declaration.model_copy(update={"outputs": (), "stores": ()})
    return bare, (*contributions[:2], *contributions[theirs:])
