"""The contract's schema can be read and checked by the runtime."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from constructs_lib.declaration.checks.plain_schema import is_plain
from constructs_lib.declaration.checks.subject import Subject, UnreadableFile
from constructs_lib.declaration.field_names import nearest
from constructs_lib.errors import Fault
from functions.contract.json_schema import (
    DEFINITIONS,
    DIALECT,
    ONE_SCHEMA,
    SCHEMA_LISTS,
    SCHEMA_MAPS,
    SENSITIVE,
    UnsupportedSchema,
    to_draft_07,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "contract.schema"
PARAMETERS = "contract.parameters"
RESPONSE = "source.response.schema"


def schema_is_usable(subject: Subject) -> Iterator[Fault]:
    """The schema exists, is a JSON Schema of 2020-12, and holds nothing that the runtime would leave unchecked."""
    contract = subject.declaration.contract
    if contract is None:
        return
    if contract.schema_ is None and contract.parameters is None:
        found = "neither schema nor parameters"
        yield Fault("field-missing", PATH, found, "a JSON Schema file", "name the schema of the body")
    if contract.schema_ is not None:
        yield from _usable(contract.schema_, subject.schema, PATH, subject)
    if contract.parameters is not None:
        yield from _usable(contract.parameters, subject.read_schema(contract.parameters), PARAMETERS, subject)


def response_is_usable(subject: Subject) -> Iterator[Fault]:
    """The schema of the response is one that the runtime can hold a response against."""
    file = subject.declaration.source.response_schema()
    if file is not None:
        yield from _usable(file, subject.read_schema(file), RESPONSE, subject)


def events_are_usable(subject: Subject) -> Iterator[Fault]:
    """Every schema that an output names is one that the runtime can hold what is sent against."""
    for index, output in enumerate(subject.declaration.outputs):
        for file in output.files().values():
            yield from _usable(file, subject.read_schema(file), f"outputs[{index}].contract.schema", subject)


def _usable(file: str, schema: Any, path: str, subject: Subject) -> Iterator[Fault]:
    if isinstance(schema, UnreadableFile):
        code = "schema-missing" if schema.missing else "schema-unreadable"
        found, fix = (
            f"{file} {schema}",
            f"correct the path, which starts at {subject.declaration.directory}",
        )
        yield Fault(code, path, found, "a JSON Schema file, UTF-8", fix if schema.missing else "correct the file")
        return
    yield from _judged(file, json.dumps(schema), path)


@lru_cache(maxsize=256)
def _judged(name: str, text: str, path: str) -> tuple[Fault, ...]:
    """Judge a schema once, however many declarations share it and however often each is looked at."""
    schema = json.loads(text)
    wrong = list(_breaks_of_the_standard(schema))[:10]
    faults = (
        Fault("schema-wrong", path, f"{name} {place}: {message}", f"a schema of {DIALECT}", "correct the schema")
        for place, message in wrong
    )
    return tuple(faults) if wrong else (*_unclear_marks(name, schema, path), *_unsupported(name, schema, path))


def _unclear_marks(name: str, schema: Any, path: str) -> Iterator[Fault]:
    """A mark that the runtime would take for none, or for the opposite: values would be shown, or hidden, unasked."""
    for place, word, value in islice(_extensions(schema, "#"), 10):
        if word != SENSITIVE:
            found, fix = (
                f"{name} {place}/{word} is no keyword",
                f"write {SENSITIVE}, or take a word that cannot be mistaken for it",
            )
        elif not isinstance(value, bool):
            found, fix = f"{name} {place}/{word} is {json.dumps(value)[:100]}", "write true or false, without quotes"
        else:
            continue
        yield Fault("schema-mark-unclear", path, found, f'"{SENSITIVE}": true or false', fix)


def _extensions(node: Any, place: str) -> Iterator[tuple[str, str, Any]]:
    """Yield what looks like the mark of sensitive parts; names of ``properties`` and values of data are no keywords."""
    if not isinstance(node, dict):
        return
    for word, value in node.items():
        if word == SENSITIVE or nearest(word, (SENSITIVE,)):
            yield place, word, value
        elif word in ONE_SCHEMA or word == "items":
            yield from _extensions(value, f"{place}/{word}")
        elif word in SCHEMA_LISTS | {"prefixItems"} and isinstance(value, list):
            for index, part in enumerate(value):
                yield from _extensions(part, f"{place}/{word}/{index}")
        elif word in SCHEMA_MAPS | DEFINITIONS | {"dependentSchemas"} and isinstance(value, dict):
            for key, part in value.items():
                yield from _extensions(part, f"{place}/{word}/{key}")


def _breaks_of_the_standard(schema: Any) -> Iterator[tuple[str, str]]:
    if is_plain(schema):
        return
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - a check whose contracts are plain does not pay for it

    try:
        for error in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema):
            yield "/".join(["#", *map(str, error.absolute_path)]), error.message[:200]
    except RecursionError:
        yield "#", "nests too deeply"


def _unsupported(name: str, schema: Any, path: str) -> Iterator[Fault]:
    import fastjsonschema  # noqa: PLC0415 - a declaration without a contract does not pay for it

    try:
        fastjsonschema.compile(to_draft_07(schema), use_default=False, use_formats=False)
    except UnsupportedSchema as error:
        for place in error.places:
            found = f"{name} {place} cannot be checked at run time"
            if place == "#/$schema":
                yield Fault(
                    "schema-unsupported", path, f"{name} {place} names another dialect", DIALECT, f"say {DIALECT}"
                )
                continue
            allowed = "keywords that validate one record on its own, and references inside the file"
            yield Fault("schema-unsupported", path, found, allowed, "say it with other keywords")
    except (fastjsonschema.JsonSchemaDefinitionException, re.error, RecursionError) as error:
        found = f"{name} cannot be compiled: {str(error)[:200]}"
        yield Fault("schema-wrong", path, found, f"a schema of {DIALECT}", "correct the schema")
