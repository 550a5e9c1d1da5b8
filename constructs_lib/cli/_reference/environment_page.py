"""The page of what a deployed function reads from its environment."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields

from constructs_lib.cli._reference.markdown import code, page, prose, table
from functions.contract import environment
from functions.contract.environment import JsonShape, Variable

_ABOUT = """\
The constructs set these variables from the plan and the runtime reads them once, at cold start. A missing or malformed
one stops the cold start with its name. `runner.environment` adds the handler's own settings. Beside these, every
function has what Powertools reads: `POWERTOOLS_SERVICE_NAME`, `POWERTOOLS_METRICS_NAMESPACE`, `POWERTOOLS_LOG_LEVEL`
and `POWERTOOLS_TRACE_DISABLED`."""
_TYPES = {
    "str": "text",
    "str | None": "text or `null`",
    "int": "whole number",
    "bool": "`true` or `false`",
    "float": "number",
    "tuple[str, ...]": "list of text",
    "dict[str, Any]": "object",
}


def environment_page() -> str:
    """Return the page: the variables, then the shape of each that is JSON."""
    meanings = _docstrings(Variable)
    rows = [(code(variable.value), prose(meanings.get(variable.name))) for variable in Variable]
    return page("Environment of a function", _ABOUT, table(("variable", "meaning"), rows), *_shapes())


def _shapes() -> Iterator[str]:
    members = vars(environment).values()
    for shape in members:
        if isinstance(shape, type) and issubclass(shape, JsonShape) and shape is not JsonShape:
            yield f"## {shape.__name__}"
            yield prose(shape.__doc__)
            yield table(("field", "type", "default"), [_row(field) for field in fields(shape)])


def _row(field: Field[object]) -> tuple[str, str, str]:
    default = code(json.dumps(field.default)) if field.default is not MISSING else "required"
    if field.default_factory is not MISSING:
        default = code(json.dumps(field.default_factory()))
    return code(field.name), _TYPES[str(field.type)], default


def _docstrings(members: type) -> dict[str, str]:
    """Return the text under each assignment of a class body, by the name that is assigned."""
    (definition,) = ast.parse(inspect.getsource(members)).body
    found: dict[str, str] = {}
    name = None
    for statement in getattr(definition, "body", ()):
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
        elif name and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            found[name] = str(statement.value.value)
    return found
