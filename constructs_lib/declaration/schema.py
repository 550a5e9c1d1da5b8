"""The declaration as JSON Schema, from which editors complete fields and show what they mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from constructs_lib.declaration.pipeline import PipelineDeclaration

SCHEMA_FILE = Path(__file__).with_name("pipeline.schema.json")
"""The checked-in schema; YAML files name it in their first line."""
_ANY_JSON = "#/$defs/JsonValue"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the schema of what a file may hold."""
    schema = PipelineDeclaration.model_json_schema(by_alias=True, mode="validation")
    schema["properties"].pop("directory")
    schema["$defs"].pop("JsonValue", None)
    schema["$defs"] = _spelled_out(schema["$defs"])
    for definition in schema["$defs"].values():
        _require_type(definition)
    return {"$schema": DIALECT, **schema}


def schema_text() -> str:
    """Return the text of the checked-in file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _spelled_out(schema: Any) -> Any:
    """Return a schema in which any JSON is a field without a type, and not a definition of nothing."""
    if isinstance(schema, list):
        return [_spelled_out(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _spelled_out(item) for name, item in schema.items() if item != _ANY_JSON}


def _require_type(definition: dict[str, Any]) -> None:
    """In Python a kind knows its type; in a file the type is what tells the kinds apart."""
    kind = definition.get("properties", {}).get("type", {})
    if "const" in kind:
        kind.pop("default", None)
        definition["required"] = ["type", *(name for name in definition.get("required", []) if name != "type")]
