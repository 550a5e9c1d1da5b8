"""The expressions that identify a record and its tenant read what a record really has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.declaration.checks.expressions import Reference, references
from constructs_lib.declaration.checks.schema_fields import Presence, field_names, presence
from constructs_lib.declaration.checks.subject import Subject, UnreadableFile
from constructs_lib.declaration.field_names import nearest
from constructs_lib.errors import Fault
from constructs_lib.model.units import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

TRANSPORT_IDS = frozenset(
    [
        *("messageid", "receipthandle", "requestid", "awsrequestid", "extendedrequestid", "correlationid", "traceid"),
        *("sequencenumber", "messagegroupid", "messagededuplicationid", "md5ofbody", "senttimestamp", "receivedat"),
        *("sourceip", "approximatereceivecount"),
    ]
)
"""What the transport says of a message: a record that is sent or delivered again gets new ones."""
_LIKELY = ("order_id", "event_id", "id")


def key_is_declared(subject: Subject) -> Iterator[Fault]:
    """A record has an identity: the source's own, or fields of the payload."""
    declaration = subject.declaration
    if declaration.idempotency.key or declaration.source.natural_key():
        return
    yield Fault(
        "key-missing",
        "idempotency.key",
        f"no key, and the source {declaration.source.type} has no identity of its own for a record",
        "a list of fields that identify a record",
        f"write key: [{_suggestion(subject, 'order_id') or 'body.order_id'}]",
    )


def key_identifies_a_record(subject: Subject) -> Iterator[Fault]:
    """Every part of the key is a field that each record has and keeps when it is sent again."""
    for index, expression in enumerate(subject.declaration.idempotency.key):
        yield from expression_faults(subject, expression, f"idempotency.key[{index}]")


def tenant_is_in_the_record(subject: Subject) -> Iterator[Fault]:
    """The tenant is read from a field that a record can have."""
    key = subject.declaration.tenant.key
    if key is not None:
        yield from expression_faults(subject, key, "tenant.key")


def expression_faults(subject: Subject, expression: str, path: str) -> Iterator[Fault]:
    """Yield what is wrong with an expression over the record that stands at ``path``."""
    read = references(expression)
    if read is None:
        found = f"{shown(expression)} is not JMESPath"
        yield Fault("key-not-jmespath", path, found, "a JMESPath expression", "write body.order_id")
    elif not read:
        found = f"{shown(expression)} is the same for every record"
        yield Fault("key-not-in-record", path, found, "a field of the record", "write body.order_id")
    else:
        for reference in read:
            yield from _reference_faults(subject, reference, path)


def _reference_faults(subject: Subject, reference: Reference, path: str) -> Iterator[Fault]:
    text = ".".join(reference)
    if reference[0] == "body":
        yield from _schema_faults(subject, reference, path)
    elif any(name.replace("_", "").replace("-", "").lower() in TRANSPORT_IDS for name in reference):
        yield Fault(
            "key-from-transport",
            path,
            f"{shown(text)} is given by the transport, anew each time a record is sent",
            "a field of the record itself",
            f"take an id that the sender chose, such as {_suggestion(subject, reference[-1]) or 'body.order_id'}",
        )
    elif not _is_in_record(reference, subject.declaration.source.record_fields()):
        known = ("body.…", *subject.declaration.source.record_fields())
        close = nearest(text, known[1:]) or _suggestion(subject, reference[-1])
        fix = f"did you mean {close}?" if close else "put body. in front of a field of the payload"
        yield Fault("key-not-in-record", path, f"{shown(text)} is no field of a record", ", ".join(known), fix)


def _is_in_record(reference: Reference, fields: tuple[str, ...]) -> bool:
    text = ".".join(reference)
    return any(field == text or (field.endswith(".*") and text.startswith(field[:-1])) for field in fields)


def _schema_faults(subject: Subject, reference: Reference, path: str) -> Iterator[Fault]:
    schema = subject.schema
    if schema is None or isinstance(schema, UnreadableFile):
        return
    text, said = ".".join(reference), presence(schema, reference[1:])
    if said is Presence.ABSENT:
        close = nearest(reference[-1], field_names(schema))
        known = (
            ", ".join(f"body.{name}" for name in field_names(schema)) or "a field that the schema names; it names none"
        )
        fix = f"did you mean body.{close}?" if close else "add it to the schema, or take a field that is there"
        yield Fault("key-not-in-schema", path, f"{shown(text)} is no field of the contract", known, fix)
    elif said is Presence.OPTIONAL:
        found = f"{shown(text)} may be absent from a record"
        yield Fault("key-not-required", path, found, "a field that the contract requires", "add it to required")


def _suggestion(subject: Subject, name: str) -> str | None:
    schema = subject.schema
    if schema is None or isinstance(schema, UnreadableFile):
        return None
    known = list(field_names(schema))
    close = nearest(name, known) or next((likely for likely in _LIKELY if likely in known), None)
    return f"body.{close}" if close else None
