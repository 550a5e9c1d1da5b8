"""Steps can be told apart by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.declaration.placed_steps import every_step
from constructs_lib.errors import Fault
from constructs_lib.model.jsonata_names import FUNCTIONS, UNSUPPORTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject


def names_differ(subject: Subject) -> Iterator[Fault]:
    """No name stands twice in the whole workflow: results, ledger entries and functions are found by it."""
    seen: dict[str, str] = {}
    for step in every_step(subject.declaration.workflow):
        name = step.state.name
        first = seen.setdefault(name, step.place)
        if first != step.place:
            found = f"a second {name}; the first is {first}"
            yield Fault("step-twice", f"{step.place}.name", found, "each name once", "give it a name of its own")


def functions_are_free(subject: Subject) -> Iterator[Fault]:
    """No step hides a function of JSONata's: ``$sum`` stays the sum."""
    for step in every_step(subject.declaration.workflow):
        name = step.state.name
        if step.state.has_result() and name in FUNCTIONS | UNSUPPORTED:
            found = f"{name!r} is reserved: ${name} is a function of JSONata"
            yield Fault("step-name-reserved", f"{step.place}.name", found, "any other name", f"write {name}_step")
