"""Expressions are JSONata, and read what has a value where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.declaration.checks.workflow.templates import every_template
from constructs_lib.declaration.checks.workflow.unreadable import explained
from constructs_lib.declaration.field_names import nearest
from constructs_lib.declaration.jsonata_expression import CLOSE, OPEN, is_expression, parse_expression
from constructs_lib.errors import Fault
from constructs_lib.model.jsonata_names import FUNCTIONS, UNSUPPORTED
from constructs_lib.model.units import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject
    from constructs_lib.declaration.checks.workflow.templates import PlacedTemplate
    from constructs_lib.declaration.jsonata_expression import Read


def expressions_are_jsonata(subject: Subject) -> Iterator[Fault]:
    """Each text between the marks can be parsed, and no mark stands inside a plain text."""
    for template in every_template(subject.declaration.workflow):
        for place, text in template.texts():
            if is_expression(text):
                yield from _syntax_faults(place, text)
            elif OPEN in text or CLOSE in text:
                fix = "make the whole text an expression: \"{% 'order ' & $record.body.order_id %}\""
                allowed = "{% at the beginning and %} at the end, or neither"
                yield Fault("expression-in-text", place, f"{shown(text)} is not computed", allowed, fix)


def _syntax_faults(place: str, text: str) -> Iterator[Fault]:
    expression = parse_expression(text)
    if expression.fault:
        found = f"{shown(text)}: {expression.fault}"
        yield Fault("jsonata-wrong", place, found, "a JSONata expression", "correct it, as on https://try.jsonata.org")
    for name in expression.bare:
        found = f"{name} in {shown(text)} is read from nothing"
        fix = f"write $record.body.{name}" if name.isidentifier() else "name a variable, such as $record"
        yield Fault("expression-without-variable", place, found, "paths that begin with a variable", fix)


def variables_are_known(subject: Subject) -> Iterator[Fault]:
    """Each variable has a value on every path that leads to the expression, and each function exists."""
    for template in every_template(subject.declaration.workflow):
        for place, text in template.texts():
            if is_expression(text):
                for read in parse_expression(text).reads:
                    yield from _read_faults(subject, template, place, read)


def _read_faults(subject: Subject, template: PlacedTemplate, place: str, read: Read) -> Iterator[Fault]:
    if read.name in template.known and not read.called:
        yield from _field_faults(subject, place, read)
    elif read.name in UNSUPPORTED:
        found = f"${read.name} is a function that Step Functions lacks"
        yield Fault("function-unknown", place, found, "another function of JSONata", "compute it in a task")
    elif read.called and read.name not in FUNCTIONS:
        close = nearest(read.name, FUNCTIONS)
        fix = f"did you mean ${close}?" if close else "compute it in a task"
        yield Fault("function-unknown", place, f"${read.name} is no function", "a function of JSONata", fix)
    elif read.name not in FUNCTIONS or (read.name == "error" and not read.called):
        yield explained(subject, template, place, read)


def _field_faults(subject: Subject, place: str, read: Read) -> Iterator[Fault]:
    """Yield a field that a variable of the platform's cannot have; what handlers return is theirs."""
    known = _fields_of(subject, read.name)
    if known and read.fields and read.fields[0] not in known:
        close = nearest(read.fields[0], known)
        fix = f"did you mean ${read.name}.{close}?" if close else "take one of these"
        if read.name == "record" and not close:
            fix = f"did you mean $record.body.{read.fields[0]}?"
        found = f"${read.name}.{read.fields[0]} is no field"
        allowed = ", ".join(f"${read.name}.{name}" for name in known)
        yield Fault("variable-field-unknown", place, found, allowed, fix)


def _fields_of(subject: Subject, name: str) -> tuple[str, ...]:
    if name == "record":
        brought = (field.partition(".")[0] for field in subject.declaration.source.record_fields())
        return tuple(dict.fromkeys(("body", *brought)))
    return _FIELDS.get(name, ())


_FIELDS = {
    "run": (
        *("token", "run_id", "tenant", "correlation_id", "payload_hash", "parent_run_id", "head"),
        *("accepted_at", "queued_at", "redrive"),
    ),
    "error": ("step", "error", "cause"),
}
"""Fields of what every workflow has: ``functions.contract.workflow.RunFacts``, and what a catch tells."""
