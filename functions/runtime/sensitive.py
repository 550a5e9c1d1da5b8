"""Sensitive parts of a record: where its contract says ``x-sensitive``, or all of it where its data class says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.contract.json_schema import SENSITIVE, resolve
from functions.runtime.contract_check import parameters_of
from functions.runtime.matcher import MASK
from functions.runtime.redaction import Hidden
from functions.runtime.secret_forms import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.runtime.contract_check import ContractCheck
    from functions.runtime.record import Record

IN_PLACE = ("allOf", "anyOf", "oneOf")
ALTERNATIVES = ("if", "then", "else")
DEEPEST = 100
"""Levels to which a contract is followed; what lies deeper counts as sensitive."""


def hidden_values(
    record: Record, contract: ContractCheck | None, parameters: ContractCheck | None, *, masked: bool
) -> Hidden:
    """Return what must not be said of a record: all its values, or those that contracts mark in body and parameters."""
    fields = record.fields
    if masked:
        return Hidden(tuple(leaves({name: value for name, value in fields.items() if name != "attributes"})))
    found = SensitiveParts(contract.schema).of(record.body)[1] if contract else []
    if parameters is not None:
        found += SensitiveParts(parameters.schema).of(parameters_of(fields))[1]
    return Hidden(tuple(found))


class SensitiveParts:
    """The marks of one contract."""

    def __init__(self, schema: Any) -> None:
        """Follow this 2020-12 schema, whose references are known to lead somewhere."""
        self._root = schema

    def of(self, body: Any) -> tuple[Any, list[str | int | float]]:
        """Return a copy of the body with masks for its sensitive parts, and the values that stood there."""
        found: list[str | int | float] = []
        return self._copy([self._root], body, found, 0), found

    def _copy(self, schemas: list[Any], value: Any, found: list[str | int | float], level: int) -> Any:
        here = [part for schema in schemas for part in self._in_place(schema, frozenset())]
        if level > DEEPEST or any(part.get(SENSITIVE) for part in here):
            found.extend(leaves(value))
            return MASK
        if here and isinstance(value, dict):
            return {
                name: self._copy([part for schema in here for part in _fields(schema, name)], item, found, level + 1)
                for name, item in value.items()
            }
        if here and isinstance(value, list):
            below = [part for schema in here for part in _items(schema)]
            return [self._copy(below, item, found, level + 1) for item in value]
        return value

    def _in_place(self, schema: Any, seen: frozenset[str]) -> Iterator[dict[str, Any]]:
        """Yield the schema and all that may apply to the same value: whether they do is not asked."""
        if not isinstance(schema, dict):
            return
        yield schema
        nested = [part for name in IN_PLACE for part in schema.get(name, [])]
        nested += [schema[name] for name in ALTERNATIVES if name in schema]
        nested += schema.get("dependentSchemas", {}).values()
        for part in nested:
            yield from self._in_place(part, seen)
        reference = schema.get("$ref")
        if reference is not None and reference not in seen:
            yield from self._in_place(resolve(self._root, reference), seen | {reference})


def _fields(schema: dict[str, Any], name: str) -> Iterator[Any]:
    """Yield what may be said of a field; a pattern counts as met, as masking too much does no harm."""
    properties = schema.get("properties", {})
    if name in properties:
        yield properties[name]
    else:
        yield schema.get("additionalProperties")
    yield from schema.get("patternProperties", {}).values()


def _items(schema: dict[str, Any]) -> Iterator[Any]:
    yield from schema.get("prefixItems", [])
    yield schema.get("items")
    yield schema.get("contains")
