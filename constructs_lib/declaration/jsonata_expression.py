"""What an expression of a workflow reads: parsed once, never evaluated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from constructs_lib.model.jsonata_engine import jsonata_engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OPEN, CLOSE = "{%", "%}"
Bound = frozenset[str]
"""Names that the expression itself binds: with ``:=``, as arguments, behind ``@`` and ``#``."""
_INSIDE = ("stages", "predicate", "group", "terms", "pattern", "update", "delete")
"""What is read from the values that the step of a path has found."""
_PARTS = ("lhs", "rhs", "lhs_object", "expressions", "expression", "expr", "condition", "then", "_else", "body")
_BROKEN = (ArithmeticError, AttributeError, LookupError, RecursionError, RuntimeError, TypeError, ValueError, re.error)
"""What the parser raises for a text that is no expression: its own error, which is a RuntimeError, or a slip."""


@dataclass(frozen=True)
class Read:
    """A variable that an expression takes from around it."""

    name: str
    fields: tuple[str, ...] = ()
    """The fields that are read from it at once: ``("stock",)`` for ``$prepare.stock``."""
    called: bool = False


@dataclass(frozen=True)
class Expression:
    """One parsed expression."""

    fault: str | None = None
    """Why the text is not JSONata."""
    reads: tuple[Read, ...] = ()
    bare: tuple[str, ...] = ()
    """Names without a variable in front, which are read from nothing: Step Functions gives an expression no input."""


def is_expression(value: Any) -> bool:
    """Return whether a value of a template is computed."""
    return (
        isinstance(value, str) and value.startswith(OPEN) and value.endswith(CLOSE) and len(value) >= len(OPEN + CLOSE)
    )


def expressions_in(template: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield every text of a template with its place; those that are no expressions among them."""
    if isinstance(template, str):
        yield place, template
    elif isinstance(template, dict):
        for name, value in template.items():
            yield from expressions_in(value, f"{place}.{name}")
    elif isinstance(template, list | tuple):
        for index, value in enumerate(template):
            yield from expressions_in(value, f"{place}[{index}]")


def reads_of(template: Any) -> Iterator[Read]:
    """Yield what the expressions of a template read from around them."""
    for _, text in expressions_in(template, ""):
        if is_expression(text):
            yield from parse_expression(text).reads


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> Expression:
    """Return what a text between ``{%`` and ``%}`` reads, or why it is not JSONata."""
    try:
        walk = _Walk()
        walk.visit(jsonata_engine()(text[len(OPEN) : -len(CLOSE)]).ast, frozenset(), inside=False)
    except _BROKEN as error:
        return Expression(fault=str(error) or "it cannot be parsed")
    return Expression(None, tuple(walk.reads), tuple(walk.bare))


class _Walk:
    """One way through the tree that the parser has made; its nodes are known by their ``type``."""

    def __init__(self) -> None:
        self.reads: dict[Read, None] = {}
        self.bare: dict[str, None] = {}

    def visit(self, node: Any, bound: Bound, *, inside: bool) -> Bound:
        """Note what a node reads, and return the names that are bound behind it in its block."""
        kind = getattr(node, "type", None)
        if kind in _SPECIAL:
            new: Bound = getattr(self, f"_{kind}")(node, bound, inside)
            return bound | new
        if kind in ("name", "wildcard", "descendant", "parent"):
            self._unbound(node, inside)
        self._parts(node, bound, inside)
        return bound

    def _unbound(self, node: Any, inside: bool) -> None:
        if not inside:
            self.bare[str(node.value if node.type == "name" else "*")] = None

    def _parts(self, node: Any, bound: Bound, inside: bool) -> None:
        for part in _PARTS:
            for child in _nodes(getattr(node, part, None)):
                self.visit(child, bound, inside=inside)
        self._found(node, bound)

    def _found(self, node: Any, bound: Bound) -> None:
        for part in _INSIDE:
            for child in _nodes(getattr(node, part, None)):
                self.visit(child, bound, inside=True)

    def _variable(self, node: Any, bound: Bound, inside: bool) -> Bound:
        self._note(node, (), bound, inside)
        self._found(node, bound)
        return frozenset()

    def _note(self, node: Any, fields: tuple[str, ...], bound: Bound, inside: bool) -> None:
        name = str(node.value)
        if name in ("", "$"):
            if not inside:
                self.bare["$" + name] = None
        elif name not in bound:
            self.reads[Read(name, fields)] = None

    def _path(self, node: Any, bound: Bound, inside: bool) -> Bound:
        first, *rest = node.steps
        if first.type == "variable":
            self._note(first, () if _selects(first) else _fields(rest), bound, inside)
            self._found(first, bound)
        else:
            self.visit(first, bound, inside=inside)
        here = bound | _positions(first)
        for step in rest:
            here |= _positions(step)
            self.visit(step, here, inside=True)
        self._found(node, here)
        return frozenset()

    def _function(self, node: Any, bound: Bound, inside: bool) -> Bound:
        if node.procedure.type == "variable":
            if node.procedure.value not in bound:
                self.reads[Read(str(node.procedure.value), (), called=True)] = None
        else:
            self.visit(node.procedure, bound, inside=inside)
        for argument in _nodes(node.arguments):
            self.visit(argument, bound, inside=inside)
        self._found(node, bound)
        return frozenset()

    _partial = _function

    def _lambda(self, node: Any, bound: Bound, inside: bool) -> Bound:
        given = frozenset(str(argument.value) for argument in _nodes(node.arguments))
        self.visit(node.body, bound | given, inside=inside)
        return frozenset()

    def _block(self, node: Any, bound: Bound, inside: bool) -> Bound:
        here = bound
        for expression in _nodes(node.expressions):
            here = self.visit(expression, here, inside=inside)
        self._found(node, bound)
        return frozenset()

    def _bind(self, node: Any, bound: Bound, inside: bool) -> Bound:
        own = frozenset({str(node.lhs.value)})
        recursive = own if node.rhs.type == "lambda" else frozenset()
        return own | self.visit(node.rhs, bound | recursive, inside=inside)


_SPECIAL = frozenset({"variable", "path", "function", "partial", "lambda", "block", "bind"})


def _nodes(value: Any) -> Iterator[Any]:
    """Yield the nodes of a part: one, or those of lists in lists."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from _nodes(item)
    elif getattr(value, "type", None) is not None or hasattr(value, "lhs_object") or hasattr(value, "expression"):
        yield value


def _fields(steps: Iterable[Any]) -> tuple[str, ...]:
    """Return the names at the beginning of a path, up to the first step that selects from a list."""
    fields: list[str] = []
    for step in steps:
        if step.type != "name":
            break
        fields.append(str(step.value))
        if _selects(step):
            break
    return tuple(fields)


def _selects(step: Any) -> bool:
    return bool(getattr(step, "stages", None) or getattr(step, "predicate", None))


def _positions(step: Any) -> Bound:
    """Return what ``@`` and ``#`` bind at a step."""
    stages = [stage for stage in _nodes(getattr(step, "stages", None)) if stage.type == "index"]
    names = [getattr(step, "focus", None), getattr(step, "index", None), *(stage.value for stage in stages)]
    return frozenset(name for name in names if isinstance(name, str))
