"""Whose record it is and which record it is, read from its fields by the declared expressions."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import jmespath
from jmespath.exceptions import JMESPathError

from functions.contract.identity import PLAIN_PATH, TENANT, group_run_token, run_token
from functions.runtime.errors import ContractBreak
from functions.runtime.settings import GROUP_SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.runtime.record import Record
    from functions.runtime.settings import RunnerSettings

UNKNOWN_TENANT = "unknown"


class RecordIdentity:
    """The declared expressions of one pipeline."""

    def __init__(self, settings: RunnerSettings) -> None:
        """Keep what is needed of the settings."""
        self._pipeline = settings.pipeline
        self._reading = settings.reading
        self._tenant = settings.tenant
        self._key = _tenants_own(settings.tenant.key, settings.idempotency.key)
        self._token = group_run_token if settings.source == GROUP_SOURCE else run_token

    def token(self, record: Record) -> str:
        """Return the run token; each request that changes nothing is a run of its own.

        Raises:
            ContractBreak: a part of the key is missing or empty; records without identity would pass for one another.
        """
        if record.given is not None:
            return record.given.token
        if self._reading:
            return run_token(self._pipeline, (record.message_id,))
        parts = [_part(expression, record) for expression in self._key]
        try:
            return self._token(self._pipeline, tuple(parts))
        except (ValueError, RecursionError) as error:
            place, why = ", ".join(self._key), "not valid Unicode, nested too deeply or not a finite number"
            raise ContractBreak("key-missing", place, f"the idempotency key is {why}") from error

    def stray_token(self, record: Record) -> str:
        """Return a token for a record without identity: equal for equal texts, so that repeats stand together."""
        return run_token(self._pipeline, ("no-identity", record.payload_hash))

    def tenant(self, record: Record) -> str:
        """Return the tenant.

        Raises:
            ContractBreak: the record names none, or one that could not be the tenant of a declaration.
        """
        if record.given is not None:
            return record.given.run.tenant
        if self._tenant.key is None:
            return self._tenant.id
        found = _search(self._tenant.key, record)
        name = str(found) if isinstance(found, (str, int)) and not isinstance(found, bool) else ""
        if not TENANT.fullmatch(name):
            raise ContractBreak("tenant-missing", self._tenant.key, "no tenant, or not a tenant's name")
        return name


def _tenants_own(tenant: str | None, key: tuple[str, ...]) -> tuple[str, ...]:
    """Return the key with the tenant in it: one tenant's record must never pass for a duplicate of another's."""
    return key if tenant is None or tenant in key else (tenant, *key)


@cache
def finder(expression: str) -> Callable[[Any], Any]:
    """Return what evaluates a declared JMESPath expression; a plain path means the same without an interpreter."""
    if not PLAIN_PATH.fullmatch(expression):
        return jmespath.compile(expression).search
    names = expression.split(".")

    def find(fields: Any) -> Any:
        value = fields
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    return find


def _part(expression: str, record: Record) -> Any:
    value = _search(expression, record)
    if value is None or value in ("", [], {}):
        raise ContractBreak("key-missing", expression, "the idempotency key is missing or empty")
    return value


def _search(expression: str, record: Record) -> Any:
    try:
        return finder(expression)(record.fields)
    except (JMESPathError, RecursionError, ArithmeticError, ValueError, TypeError) as error:
        raise ContractBreak("key-missing", expression, "the expression does not apply to this record") from error
