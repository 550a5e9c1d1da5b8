"""The JSON Schema in the repository is the model's, and it takes and refuses what the loader does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

import constructs_lib
from constructs_lib.declaration.schema import SCHEMA_FILE, json_schema, schema_text
from tests.declarations import fields

ROOT = Path(constructs_lib.__file__).parents[1]
EXAMPLES = sorted((ROOT / "pipelines").glob("*.yaml"))


def valid(value: Any) -> bool:
    return bool(Draft202012Validator(json_schema()).is_valid(value))


def test_the_checked_in_schema_is_the_one_of_the_model() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run: make docs"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_satisfies_the_schema_and_names_it(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    named = text.splitlines()[0].partition("$schema=")[2]
    assert (file.parent / named).resolve() == SCHEMA_FILE
    assert valid(yaml.safe_load(text))


@pytest.mark.parametrize(
    "changes",
    [
        {"ownr": "a@example.com"},
        {"source": {"path": "/orders", "auth": {"type": "iam"}}},
        {"queue": {"retention_period": "4 weeks"}},
        {"network": "moon"},
        {"owner": None},
        {"directory": "/elsewhere"},
    ],
    ids=str,
)
def test_what_the_loader_refuses_the_schema_refuses(changes: dict[str, Any]) -> None:
    assert valid(fields())
    assert not valid(fields(**changes))


@pytest.mark.parametrize("network", ["public", {"type": "public"}])
def test_a_network_is_a_word_or_a_mapping(network: Any) -> None:
    assert valid(fields(network=network))


def test_every_field_of_the_declaration_has_a_description() -> None:
    schema = json_schema()
    named = {"PipelineDeclaration": schema, **schema["$defs"]}
    without = [
        f"{name}.{field}"
        for name, definition in named.items()
        for field, value in definition.get("properties", {}).items()
        if "description" not in value and "const" not in value
    ]
    assert without == []
