"""Which part of which group a record is, read from its fields by the declared expressions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jmespath.exceptions import JMESPathError

from functions.contract.identity import canonical_json, run_token
from functions.contract.state import group_key, part_key
from functions.runtime.errors import ContractBreak
from functions.runtime.record_identity import finder
from functions.runtime.wire_text import encodable

if TYPE_CHECKING:
    from functions.contract.environment import FanInSettings
    from functions.runtime.record import Record

MAX_NAME = 200
"""Characters of a part's name; it comes from outside."""
MAX_KEY = 2000
"""Characters of a group's key as text."""
MAX_EXPECTED = 300_000
"""Bytes of all names that a group expects: an item of DynamoDB holds 400 KB, and the list of its parts takes 40."""

Expected = int | tuple[str, ...]
"""How many parts a group has, or what they are called."""


@dataclass(frozen=True)
class Part:
    """One part of one group; ``key`` holds the values of the group's expressions."""

    group: str
    pk: str
    key: tuple[Any, ...]
    tenant: str
    name: str
    expected: Expected

    @property
    def sk(self) -> str:
        """Sort key of the part in the state table."""
        return part_key(self.name)


class PartIdentity:
    """The declared expressions of one pipeline."""

    def __init__(self, pipeline: str, settings: FanInSettings) -> None:
        """Keep what is needed of the settings."""
        self._pipeline = pipeline
        self._settings = settings

    def part(self, record: Record, tenant: str) -> Part:
        """Return the part that a record is; groups of two tenants are never the same.

        Raises:
            ContractBreak: group, part or expectation cannot be read, or the group is larger than its cap.
        """
        settings = self._settings
        key = tuple(_found(expression, record, "group-missing") for expression in settings.group)
        name = _name(_found(settings.part, record, "part-missing"), settings.part)
        expected = self._expected(_found(settings.expected, record, "expected-missing"))
        if isinstance(expected, tuple) and name not in expected:
            raise ContractBreak("part-unexpected", settings.part, "the part is none of those that are expected")
        group = self._token(key, tenant)
        return Part(group, group_key(self._pipeline, group), key, tenant, name, expected)

    def _token(self, key: tuple[Any, ...], tenant: str) -> str:
        place = ", ".join(self._settings.group)
        try:
            if len(str(key)) <= MAX_KEY:
                return run_token(self._pipeline, ("fan-in", tenant, *key))
        except (ValueError, RecursionError) as error:
            raise ContractBreak("group-missing", place, "the group cannot be written as JSON") from error
        raise ContractBreak("group-missing", place, f"the group is longer than {MAX_KEY} characters")

    def _expected(self, value: Any) -> Expected:
        place, most = self._settings.expected, self._settings.max_items
        expected: Expected
        if isinstance(value, list):
            expected = tuple(dict.fromkeys(_name(item, place) for item in value))
            count = len(expected)
            if len(canonical_json(expected).encode()) > MAX_EXPECTED:
                raise ContractBreak("group-size", place, f"the names of all parts take more than {MAX_EXPECTED} bytes")
        elif isinstance(value, int) and not isinstance(value, bool):
            expected = count = value
        else:
            raise ContractBreak("expected-missing", place, "neither a count nor a list of names")
        if not 1 <= count <= most:
            raise ContractBreak("group-size", place, f"{count} parts, and a group has 1 to {most}")
        return expected


def _found(expression: str, record: Record, code: str) -> Any:
    try:
        value = finder(expression)(record.fields)
    except (JMESPathError, RecursionError, ArithmeticError, ValueError, TypeError) as error:
        raise ContractBreak(code, expression, "the expression does not apply to this record") from error
    if value is None or value in ("", [], {}):
        raise ContractBreak(code, expression, "is missing or empty")
    return value


def _name(value: Any, place: str) -> str:
    name = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not 0 < len(name) <= MAX_NAME or not encodable(name):
        raise ContractBreak(
            "part-missing", place, f"the name of a part has 1 to {MAX_NAME} characters of valid Unicode"
        )
    return name
