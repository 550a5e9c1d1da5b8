"""A sample: what a record in trouble looked like, as far as its data class and its contract allow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from functions.runtime.sensitive import SensitiveParts
from functions.runtime.wire_text import clipped

if TYPE_CHECKING:
    from functions.runtime.contract_check import ContractCheck
    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work

MAX_SAMPLE = 200
"""Characters of a sample."""
MAX_PARTS = 20
DEEPEST = 4
"""Fields of one object and levels that an outline tells apart."""


def sample_of(work: Work, invocation: Invocation) -> str:
    """Return at most 200 characters: the beginning of the record, or for closed data the outline of it."""
    record, contract = work.record, invocation.contract
    closed = invocation.settings.masked
    if record.fault is not None and (closed or (contract and contract.marked)):
        return f"{len(record.text)} characters that are no JSON"
    if closed:
        return _outline(work, contract)
    with invocation.hiding(work, {}):
        return clipped(invocation.services.redactor.text(_open_text(work, invocation)), MAX_SAMPLE)


def _outline(work: Work, contract: ContractCheck | None) -> str:
    return clipped(outline(work.record.body, contract.names if contract else frozenset()), MAX_SAMPLE)


def _open_text(work: Work, invocation: Invocation) -> str:
    contract, record = invocation.contract, work.record
    if contract is None or not contract.marked:
        return record.text
    try:
        return json.dumps(SensitiveParts(contract.schema).of(record.body)[0], ensure_ascii=False)
    except RecursionError:
        return _outline(work, contract)


def outline(value: Any, names: frozenset[str], level: int = 0) -> str:
    """Return types and lengths without values; a field that is not among ``names`` is a star, as it may be data."""
    if isinstance(value, dict):
        return _object(value, names, level)
    if isinstance(value, list):
        inner = f" of {outline(value[0], names, level + 1)}" if value and level < DEEPEST else ""
        return f"list({len(value)}){inner}"
    if isinstance(value, str):
        return f"text({len(value)})"
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    return "number"


def _object(value: dict[str, Any], names: frozenset[str], level: int) -> str:
    if level >= DEEPEST:
        return f"object({len(value)})"
    shown = list(value.items())[:MAX_PARTS]
    parts = [f"{name if name in names else '*'}: {outline(item, names, level + 1)}" for name, item in shown]
    return "{" + ", ".join(parts + ["…"] * (len(value) > len(shown))) + "}"
