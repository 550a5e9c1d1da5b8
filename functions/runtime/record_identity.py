"""Whose record it is and which record it is, read from its fields by the declared expressions."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jmespath
from jmespath.exceptions import JMESPathError

from functions.contract.identity import canonical_json, run_token
from functions.runtime.errors import ContractBreak
from functions.runtime.wire_text import encodable

if TYPE_CHECKING:
    from functions.runtime.record import Record
    from functions.runtime.settings import RunnerSettings

TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
"""The tenants that a declaration can name; those that records bring become part of object keys too."""
UNKNOWN_TENANT = "unknown"


class RecordIdentity:
    """The declared expressions, compiled once."""

    def __init__(self, settings: RunnerSettings) -> None:
        """Keep what is needed of the settings."""
        self._pipeline = settings.pipeline
        self._tenant = settings.tenant
        self._key = settings.idempotency.key

    @cached_property
    def _expressions(self) -> list[Any]:
        return [jmespath.compile(text) for text in self._key]

    def token(self, record: Record) -> str:
        """Return the run token.

        Raises:
            ContractBreak: a part of the key is missing or empty; records without identity would pass for one another.
        """
        parts = [self._part(record, index) for index in range(len(self._key))]
        if not encodable(canonical_json(parts)):
            raise ContractBreak("key-missing", ", ".join(self._key), "the idempotency key is not valid Unicode")
        return run_token(self._pipeline, tuple(parts))

    def stray_token(self, record: Record) -> str:
        """Return a token for a record without identity: equal for equal texts, so that repeats stand together."""
        return run_token(self._pipeline, ("no-identity", record.payload_hash))

    def tenant(self, record: Record) -> str:
        """Return the tenant.

        Raises:
            ContractBreak: the record names none, or one that could not be the tenant of a declaration.
        """
        if self._tenant.key is None:
            return self._tenant.id
        found = _search(jmespath.compile(self._tenant.key), self._tenant.key, record)
        name = str(found) if isinstance(found, (str, int)) and not isinstance(found, bool) else ""
        if not TENANT.fullmatch(name):
            raise ContractBreak("tenant-missing", self._tenant.key, "no tenant, or not a tenant's name")
        return name

    def _part(self, record: Record, index: int) -> Any:
        value = _search(self._expressions[index], self._key[index], record)
        if value is None or value in ("", [], {}):
            raise ContractBreak("key-missing", self._key[index], "the idempotency key is missing or empty")
        return value


def _search(expression: Any, text: str, record: Record) -> Any:
    try:
        return expression.search(record.fields)
    except (JMESPathError, RecursionError) as error:
        raise ContractBreak("key-missing", text, "the expression does not apply to this record") from error
