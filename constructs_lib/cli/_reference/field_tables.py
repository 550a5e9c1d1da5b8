"""The fields of a model as tables, one for the model and one for each mapping inside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from constructs_lib.cli._reference.markdown import anchor, code, prose, table
from constructs_lib.cli._reference.schema_words import (
    Schema,
    alternatives,
    default_words,
    definition_of,
    type_words,
    variants,
)

HEADINGS = ("field", "type", "default", "meaning")
SELECTS = "Selects this kind."
"""Meaning of a type that has no docstring of its own."""


@dataclass(frozen=True)
class FieldTables:
    """Tables of one page; ``elsewhere`` gives the pages of definitions that are described on their own."""

    definitions: Mapping[str, Schema]
    elsewhere: Mapping[str, str]
    level: str
    """The number signs of the headings, such as ``###``."""

    def of(self, schema: Schema, place: str = "") -> Iterator[str]:
        """Yield the table of a schema, then heading, meaning and tables of what stands below it."""
        yield table(HEADINGS, self._rows(schema, place))
        for name, field in schema["properties"].items():
            for heading, definition in self._below(f"{place}{name}", field):
                below = self.definitions[definition]
                yield f"{self.level} {heading}"
                yield prose(below["description"])
                yield from self.of(below, f"{place}{name}.")

    def _rows(self, schema: Schema, place: str) -> Iterator[tuple[str, str, str, str]]:
        required = schema.get("required", ())
        for name, field in schema["properties"].items():
            headings = {definition: heading for heading, definition in self._below(f"{place}{name}", field)}
            yield (
                code(name),
                type_words(field, partial(self._link, headings)),
                default_words(field, required=name in required),
                prose(field.get("description", SELECTS)),
            )

    def _link(self, headings: Mapping[str, str], definition: str, words: str) -> str:
        return f"[{words}]({self.elsewhere.get(definition) or anchor(headings[definition])})"

    def _below(self, path: str, field: Schema) -> Iterator[tuple[str, str]]:
        """Yield heading and definition of each mapping that a field holds and this page describes."""
        for option in alternatives(field):
            item = option.get("items", option)
            found = {f"{path}: {tag}": name for tag, name in variants(item).items()}
            if name := definition_of(item):
                found[path] = name
            yield from ((heading, name) for heading, name in found.items() if name not in self.elsewhere)
