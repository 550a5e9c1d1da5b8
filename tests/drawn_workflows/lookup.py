"""The few expressions of drawn workflows: ``{% $name %}``, ``{% $record.body.list %}``, conditions on a number."""

from __future__ import annotations

import re
from typing import Any

LOOKUP = re.compile(r"\{% \$([a-z_0-9]+)((?:\.[a-z_]+)*) %\}")
CONDITION = re.compile(r"\{% \$type\(\$([a-z_0-9]+)\) = 'number' and \$\1 < (\d+) %\}")


def value_of(template: Any, variables: dict[str, Any]) -> Any:
    """Return a template's value."""
    if isinstance(template, dict):
        return {name: value_of(one, variables) for name, one in template.items()}
    if isinstance(template, list | tuple):
        return [value_of(one, variables) for one in template]
    found = LOOKUP.fullmatch(template) if isinstance(template, str) else None
    if found is None:
        return template
    value = variables[found[1]]
    for name in found[2].split(".")[1:]:
        value = value[name]
    return value


def holds(condition: str, variables: dict[str, Any]) -> bool:
    """Return whether a condition holds.

    Raises:
        ValueError: it is not one of drawn workflows.
    """
    found = CONDITION.fullmatch(condition)
    if found is None:
        raise ValueError(f"not a condition of these tests: {condition}")
    value = variables[found[1]]
    return isinstance(value, int) and value < int(found[2])
