"""Requests that are answered: what a read may do, and which contracts the runtime can hold them to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject


def read_changes_nothing(subject: Subject) -> Iterator[Fault]:
    """A read makes no claim, so whatever it wrote would be written again by each that asks again."""
    declaration = subject.declaration
    if not declaration.source.reads():
        return
    if declaration.idempotency.key:
        yield Fault(
            "read-needs-no-key",
            "idempotency.key",
            "a key, and every read is answered anew",
            "no key where the method is GET",
            "remove it",
        )
    if declaration.outputs:
        yield Fault(
            "read-writes",
            "outputs",
            "an output of a request that changes nothing",
            "no outputs where the method is GET",
            "remove them, or use POST",
        )
    for index, store in enumerate(declaration.stores):
        if store.access != "read":
            yield Fault(
                "read-writes",
                f"stores[{index}].access",
                f"{store.access} in a request that changes nothing",
                "read where the method is GET",
                "write access: read",
            )
    if declaration.contract is not None and declaration.contract.schema_ is not None:
        yield Fault(
            "read-without-body",
            "contract.schema",
            "a schema of the body of a request that has none",
            "contract.parameters where the method is GET",
            "name the schema of path, query and headers as parameters",
        )


def parameters_are_seen(subject: Subject) -> Iterator[Fault]:
    """A message of a queue holds no query and no headers that a contract could speak of."""
    contract = subject.declaration.contract
    if contract is None or contract.parameters is None or subject.declaration.source.delivery() == "answer":
        return
    yield Fault(
        "parameters-not-seen",
        "contract.parameters",
        "a schema of path, query and headers, which a queued record does not have",
        "contract.schema, or a source with mode: sync",
        "remove it, and say in contract.schema what a record must be",
    )
