"""The declaration as JSON Schema, from which editors complete fields and show what they mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from constructs_lib.declaration.pipeline import PipelineDeclaration

SCHEMA_FILE = Path(__file__).with_name("pipeline.schema.json")
"""The checked-in schema; YAML files name it in their first line."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the schema of what a file may hold."""
    schema = PipelineDeclaration.model_json_schema(by_alias=True, mode="validation")
    schema["properties"].pop("directory")
    for definition in schema["$defs"].values():
        _require_type(definition)
    return {"$schema": DIALECT, **schema}


def schema_text() -> str:
    """Return the text of the checked-in file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _require_type(definition: dict[str, Any]) -> None:
    """In Python a kind knows its type; in a file the type is what tells the kinds apart."""
    kind = definition.get("properties", {}).get("type", {})
    if "const" in kind:
        kind.pop("default", None)
        definition["required"] = ["type", *(name for name in definition.get("required", []) if name != "type")]
