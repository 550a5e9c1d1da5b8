"""How the kinds of a package are found: one module each, and a new module is a new kind."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import TypeVar

from constructs_lib.model.base import Frozen

Kind = TypeVar("Kind", bound=Frozen)


def discover(package: str, base: type[Kind]) -> tuple[type[Kind], ...]:
    """Import every module of ``package`` in sorted order and return its one concrete kind.

    A module whose name begins with an underscore is a part of a kind and holds none.

    Raises:
        TypeError: a module defines no concrete kind or more than one, or two kinds share a name.
    """
    found: dict[str, type[Kind]] = {}
    path = importlib.import_module(package).__path__
    for name in sorted(module.name for module in pkgutil.iter_modules(path) if not module.name.startswith("_")):
        module = importlib.import_module(f"{package}.{name}")
        kinds = [
            member
            for _, member in inspect.getmembers(module, inspect.isclass)
            if issubclass(member, base) and member.__module__ == module.__name__ and not inspect.isabstract(member)
        ]
        if len(kinds) != 1:
            raise TypeError(f"{module.__name__} defines {len(kinds)} kinds of {base.__name__}; it must define one")
        found[name] = kinds[0]
    return tuple(found.values())
