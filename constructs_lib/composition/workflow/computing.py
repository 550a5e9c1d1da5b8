"""Expressions in states that catch nothing: computed where a failure can be caught, if something hangs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.composition.workflow.scope import undoes
from constructs_lib.declaration.jsonata_expression import is_expression

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.composition.workflow.scope import Scope
    from constructs_lib.model.asl import State


def careful(scope: Scope) -> bool:
    """Return whether the end of an execution by an expression would lose what has to be undone, or an item's letter.

    Elsewhere ``close_run`` writes letter and entry of a standard run, and the queue tries an express one again.
    """
    return scope.kind == "child" or scope.guarded or (scope.kind == "run" and any(undoes(scope.steps)))


def computes(template: Any) -> bool:
    """Return whether a template has an expression, which can fail."""
    if isinstance(template, dict):
        template = list(template.values())
    if isinstance(template, (list, tuple)):
        return any(computes(value) for value in template)
    return is_expression(template)


def caught(state: State, name: str, catchers: Iterable[State]) -> State:
    """Return a state that does what a ``Pass`` does, and whose failures are caught.

    It is a map over nothing: one transition as well, but maps have ``Catch``. ``name`` is that of the state inside,
    which never runs.
    """
    never = {"StartAt": name, "States": {name: {"Type": "Succeed"}}}
    machine = {"ProcessorConfig": {"Mode": "INLINE"}, **never}
    return {**state, "Type": "Map", "Items": [], "ItemProcessor": machine, "Catch": list(catchers)}
