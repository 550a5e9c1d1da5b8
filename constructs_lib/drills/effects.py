"""The user's function that tells which effects a handler has made elsewhere."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from constructs_lib.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def load_effects(named: str) -> Callable[[], Iterable[tuple[str, Any]]]:
    """Return the function that ``module:function`` names; it returns every effect so far with its run token.

    Raises:
        UserError: ``effects-not-importable``.
    """
    module, _, name = named.partition(":")
    try:
        found: Callable[[], Iterable[tuple[str, Any]]] = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise UserError.of(
            "effects-not-importable",
            "--drill-effects",
            f"{named}: {error}",
            "module:function, importable where the drills run",
            "name a function that returns pairs of run token and effect",
        ) from None
    return found
