"""Quarantine: records that break their contract are kept whole, with what was wrong, apart from those that landed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.contract.identity import canonical_json
from functions.contract.message import own
from functions.contract.raw import location, quarantine_key
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.errors import ContractBreak
from functions.runtime.failure import of_platform
from functions.runtime.objects import NdjsonObject
from functions.runtime.wire_text import to_wire
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.runtime.flush import Flush
    from functions.runtime.invocation import Invocation
    from functions.runtime.record import Record
    from functions.runtime.work import Work

KEPT_FIELDS = ("dataType", "stringValue", "binaryValue")
"""Of a message attribute, in the form in which Lambda hands it over."""


def quarantine_all(works: Sequence[Work], invocation: Invocation) -> None:
    """Write one object of all invalid works, or one for each tenant; a failed write leaves them on the queue."""
    groups: dict[str | None, list[Work]] = {}
    flush = invocation.flush() if works else None
    for work in works:
        if flush:
            groups.setdefault(flush.tenant_partition(work.tenant), []).append(work)
    for tenant, members in groups.items():
        if flush:
            _write(tenant, members, flush, invocation)


def _write(tenant: str | None, works: list[Work], flush: Flush, invocation: Invocation) -> None:
    settings = invocation.settings
    key = quarantine_key(settings.pipeline, flush.load_date, flush.id, tenant)
    lines = tuple(to_wire(canonical_json(_line(work, invocation))) for work in works)
    try:
        invocation.services.objects.put(NdjsonObject(settings.raw_bucket, key, lines, flush.metadata(len(lines))))
    except AWS_FAILURES as error:
        for work in works:
            work.fail(of_platform("quarantining", error_code(error)))
        return
    for number, work in enumerate(works, start=1):
        work.state = State.QUARANTINED
        work.location = location(settings.raw_bucket, key, number)


def _line(work: Work, invocation: Invocation) -> dict[str, Any]:
    contract, record = invocation.settings.contract, work.record
    fault = work.failure.cause if work.failure else None
    return {
        "error": invocation.services.redactor.without_secrets(str(fault)),
        "error_code": fault.code if isinstance(fault, ContractBreak) else None,
        "run_token": work.token,
        "run_id": record.run_id,
        "tenant": work.tenant,
        "correlation_id": record.correlation_id,
        "accepted_at": record.accepted_at,
        "attributes": _attributes(record),
        "quarantined_at": invocation.utc().isoformat(),
        "contract_id": contract.id if contract else None,
        "contract_version": contract.version if contract else None,
        "schema_hash": contract.schema_hash if contract else None,
        "record": record.text,
        **({"payload": record.payload} if record.payload is not None else {}),
        **({"group": record.group} if record.group else {}),
    }


def _attributes(record: Record) -> dict[str, dict[str, str]]:
    """Return what a replay must send along: type and value of every attribute that is a part of the record."""
    kept = {name: value for name, value in record.attributes.items() if not own(name)}
    return {
        name: {field: str(value[field]) for field in KEPT_FIELDS if value.get(field) is not None}
        for name, value in kept.items()
    }
