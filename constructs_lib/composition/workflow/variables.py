"""Names of states, and expressions of the declaration in the variables of their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.composition.workflow.machine import text
from constructs_lib.declaration.jsonata_expression import is_expression, reads_of
from constructs_lib.model.asl import inner, jsonata
from functions.contract.identity import text_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_STATE = 80
"""Characters of a state's name (Amazon States Language, "States")."""


def state_name(*parts: str) -> str:
    """Return a name of a state: its parts with dots between, and a hash in the place of what is too long."""
    name = ".".join(part for part in parts if part)
    return name if len(name) <= LONGEST_STATE else f"{name[: LONGEST_STATE - 9]}~{text_hash(name)[:8]}"


def bound(template: Any, names: Mapping[str, str]) -> Any:
    """Return a template whose expressions bind each variable that they read and that is another expression here.

    The texts stay as they are declared: ``{% $error.cause %}`` becomes ``{% ($error := $Error_x; $error.cause) %}``.
    """
    if isinstance(template, dict):
        return {key: bound(value, names) for key, value in template.items()}
    if isinstance(template, (list, tuple)):
        return [bound(value, names) for value in template]
    if not is_expression(template):
        return template
    read = {one.name for one in reads_of(template)}
    bindings = [f"${name} := {names[name]}; " for name in sorted(read & names.keys()) if names[name] != f"${name}"]
    return jsonata(f"({''.join(bindings)}{inner(template)})") if bindings else template


def literal(value: Any) -> str:
    """Return a template as one expression; a list in a list stays one."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text(name)}: {literal(one)}" for name, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return (
            "$reduce(["
            + ", ".join(f"{{'v': {literal(one)}}}" for one in value)
            + "], function($a, $e) { "
            + ("$append($a, $type($e.v) = 'array' ? [[$e.v]] : [$e.v]) }, [])")
        )
    return f"({inner(value)})" if is_expression(value) else text(value)
