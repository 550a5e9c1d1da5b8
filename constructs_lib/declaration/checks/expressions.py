"""Which fields of a record a JMESPath expression reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jmespath
from jmespath.exceptions import JMESPathError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Reference = tuple[str, ...]
"""Names from the top of the record, such as ``("body", "order_id")``."""

_CHAINS = ("field", "subexpression")
_LEFT_FIRST = frozenset({"index_expression", "pipe", "projection", "value_projection", "flatten", "filter_projection"})
"""Nodes whose later children read from what the first one found."""


def references(expression: str) -> tuple[Reference, ...] | None:
    """Return what an expression reads from the record, or None when it is not JMESPath."""
    try:
        return tuple(dict.fromkeys(_read_by(jmespath.compile(expression).parsed)))
    except (JMESPathError, ValueError, RecursionError):
        return None


def _read_by(node: Mapping[str, Any]) -> Iterator[Reference]:
    children = [child for child in node.get("children", ()) if isinstance(child, dict)]
    kind = node["type"]
    if kind == "field":
        yield (node["value"],)
    elif kind == "subexpression":
        yield from _chained(children)
    elif kind in _LEFT_FIRST:
        yield from _read_by(children[0])
    elif kind != "expref":
        for child in children:
            yield from _read_by(child)


def _chained(children: list[dict[str, Any]]) -> Iterator[Reference]:
    """Join the names of ``a.b.c``; what follows an index or a selection belongs to its items and is left out."""
    first, *rest = children
    heads = tuple(_read_by(first))
    if first["type"] not in _CHAINS:
        yield from heads
        return
    names = heads[0]
    for child in rest:
        names += next(_read_by(child), ())
        if child["type"] not in _CHAINS:
            break
    yield names
