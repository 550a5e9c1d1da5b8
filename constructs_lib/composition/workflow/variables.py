"""Names of states and variables, and expressions read in the variables of another place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from constructs_lib.composition.workflow.machine import text
from constructs_lib.model.asl import inner
from functions.contract.identity import text_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST_STATE = 80
"""Characters of a state's name (Amazon States Language, "States")."""
_WORDS = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|/\*.*?\*/)|\$(?P<name>[A-Za-z_][A-Za-z0-9_]*)""", re.DOTALL
)
"""Texts, quoted names and comments of JSONata, in which no variable stands, and variables."""


def state_name(*parts: str) -> str:
    """Return a name of a state: its parts with dots between, and a hash in the place of what is too long."""
    name = ".".join(part for part in parts if part)
    return name if len(name) <= LONGEST_STATE else f"{name[: LONGEST_STATE - 9]}~{text_hash(name)[:8]}"


def is_expression(value: Any) -> bool:
    """Return whether a value of a template is computed."""
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


def renamed(template: Any, names: Mapping[str, str]) -> Any:
    """Return a template with every variable that has another name here under it; ``names`` gives whole expressions."""
    if isinstance(template, dict):
        return {key: renamed(value, names) for key, value in template.items()}
    if isinstance(template, (list, tuple)):
        return [renamed(value, names) for value in template]
    if is_expression(template):
        return _WORDS.sub(lambda word: _word(word, names), template)
    return template


def variables_of(template: Any) -> Iterator[str]:
    """Yield the name behind every ``$`` of a template's expressions, functions among them."""
    if isinstance(template, dict):
        template = list(template.values())
    if isinstance(template, (list, tuple)):
        for value in template:
            yield from variables_of(value)
    elif is_expression(template):
        yield from (word["name"] for word in _WORDS.finditer(template) if word["name"])


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


def _word(word: re.Match[str], names: Mapping[str, str]) -> str:
    return names.get(word["name"] or "", word[0])
