"""The contract check: a record's body against the extractor schema, compiled once per environment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import fastjsonschema

from functions.contract.drift import DriftSearch
from functions.contract.json_schema import SENSITIVE, to_draft_07
from functions.runtime.errors import ContractBreak

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from functions.contract.environment import ContractSettings

BESIDE = ("path", "query", "headers")
"""What the contract of a request's parameters speaks of."""
ROOT = "data"
"""What fastjsonschema calls the checked value."""


@dataclass(frozen=True)
class ContractCheck:
    """A compiled schema and what to do about fields it does not know."""

    blocks_drift: bool
    _drift: DriftSearch
    _validate: Callable[[Any], Any]
    names: frozenset[str]
    """The field names that it knows; any other comes from outside."""
    schema: Any
    marked: bool
    """Whether it marks any part as sensitive."""
    root: str = "body"
    """What places call the checked value."""
    code: str = "contract-broken"

    @classmethod
    def of(
        cls,
        schema: Any,
        *,
        blocks_drift: bool = False,
        hides_names: bool = False,
        root: str = "body",
        code: str = "contract-broken",
    ) -> Self:
        """Compile a 2020-12 schema; ``hides_names`` where even the names of unknown fields must not be shown.

        Raises:
            UnsupportedSchema: the schema holds keywords that cannot be checked exactly.
        """
        validate = fastjsonschema.compile(to_draft_07(schema), use_default=False, use_formats=False)
        names, marked = frozenset(_property_names(schema)), _is_marked(schema)
        drift = DriftSearch(schema, hides_names=hides_names)
        return cls(blocks_drift, drift, validate, names, schema, marked, root, code)

    @classmethod
    def load(cls, settings: ContractSettings, folder: Path, *, hides_names: bool = False) -> Self:
        """Compile the contract's file below ``folder``, the root of the bundle."""
        schema = json.loads((folder / settings.file).read_text(encoding="utf-8")) if settings.file else True
        return cls.of(schema, blocks_drift=settings.on_drift == "block", hides_names=hides_names)

    @classmethod
    def beside(cls, file: str, folder: Path, root: str, code: str) -> Self | None:
        """Compile the schema of something beside the body, or return None where no file is named."""
        return cls.of(json.loads((folder / file).read_text(encoding="utf-8")), root=root, code=code) if file else None

    def check(self, body: Any) -> tuple[str, ...]:
        """Return the fields that the contract does not know.

        Raises:
            ContractBreak: the body does not satisfy the schema, or has unknown fields where drift is blocked.
        """
        try:
            self._validate(body)
            drift = self._drift.unknown_fields(body)
        except fastjsonschema.JsonSchemaValueException as error:
            raise ContractBreak(self.code, self._place(error), self._detail(error)) from error
        except RecursionError as error:
            raise ContractBreak(self.code, self.root, "nested too deeply") from error
        except ArithmeticError as error:
            raise ContractBreak(self.code, self.root, "holds a number too large to be checked") from error
        if drift and self.blocks_drift:
            raise ContractBreak("drift-blocked", self.root, f"fields the contract does not know: {', '.join(drift)}")
        return drift

    def _place(self, error: fastjsonschema.JsonSchemaValueException) -> str:
        """Return path and rule without anything that only the payload knows."""
        known = [part if part in self.names or part.isdecimal() else "*" for part in error.path[1:]]
        return f"{'.'.join([self.root, *known])} breaks {error.rule}"

    def _detail(self, error: fastjsonschema.JsonSchemaValueException) -> str:
        return str(error.message).replace(ROOT, self.root, 1)


def parameters_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the contract of parameters is held against: path, query and headers of a record's fields."""
    return {name: fields.get(name) for name in BESIDE}


def _property_names(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from (name for name in schema.get("properties", {}) if isinstance(name, str))
        for part in schema.values():
            yield from _property_names(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _property_names(part)


def _is_marked(schema: Any) -> bool:
    parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    return (isinstance(schema, dict) and bool(schema.get(SENSITIVE))) or any(map(_is_marked, parts))
