"""JSONata in a definition: texts between ``{%`` and ``%}``, wherever they stand."""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]


def replaced(node: Any, *changes: tuple[str, str]) -> Any:
    """Return the node with texts replaced one after the other, in its expressions alone."""
    if isinstance(node, dict):
        return {key: replaced(value, *changes) for key, value in node.items()}
    if isinstance(node, list):
        return [replaced(item, *changes) for item in node]
    if isinstance(node, str) and node.startswith("{%"):
        for old, new in changes:
            node = node.replace(old, new)
    return node


def variable(state: str, what: str) -> str:
    """Return a variable's name that is of one state alone."""
    return re.sub(r"\W", "_", f"{state}__{what}")
