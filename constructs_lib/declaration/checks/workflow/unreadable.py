"""Why a variable has no value where an expression reads it, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.declaration.field_names import nearest
from constructs_lib.declaration.placed_steps import every_step
from constructs_lib.declaration.workflow_variables import ERROR, ITEM_VARIABLES
from constructs_lib.errors import Fault
from constructs_lib.workflow_states.map import Map
from constructs_lib.workflow_states.parallel import Parallel

if TYPE_CHECKING:
    from constructs_lib.declaration.checks.subject import Subject
    from constructs_lib.declaration.checks.workflow.templates import PlacedTemplate
    from constructs_lib.declaration.jsonata_expression import Read
    from constructs_lib.declaration.placed_steps import PlacedStep


def explained(subject: Subject, template: PlacedTemplate, place: str, read: Read) -> Fault:
    """Return the fault of a variable that is not known at a place."""
    name, known = read.name, ", ".join(f"${one}" for one in sorted(template.known))
    steps = {step.state.name: step for step in every_step(subject.declaration.workflow)}
    if name in steps:
        return _of_step(steps[name], steps[template.step.name], place, known)
    if name == ERROR:
        found = "$error where a run also comes without a failure"
        fix = "read it in the steps that a catch leads to and nothing else"
        return Fault("variable-not-set", place, found, known, fix)
    if name in ITEM_VARIABLES:
        found = f"${name} where no map gives it"
        fix = "in a map take $item and $index; with batch_size take $items"
        return Fault("variable-not-set", place, found, known, fix)
    close = nearest(name, [*steps, *template.known])
    fix = f"did you mean ${close}?" if close else "name a step that runs before, or $record.body"
    return Fault("variable-unknown", place, f"${name} is no variable", known, fix)


def _of_step(named: PlacedStep, reader: PlacedStep, place: str, known: str) -> Fault:
    name = named.state.name
    if not named.state.has_result():
        found = f"${name}: a {named.state.type} has no result"
        return Fault("variable-not-set", place, found, known, "name a step that acts")
    outside = [step for step in named.around if step not in reader.around and step is not reader.state]
    if outside:
        return _from_outside(named, place, known)
    if named.state is reader.state or named.state in reader.around:
        found = f"${name} inside {name} itself, which has no result yet"
        return Fault("variable-not-set", place, found, known, "name a step that runs before")
    found = f"${name} has no value on every path that leads here"
    fix = f"run {name} before on each of them, or let the path without it go elsewhere"
    return Fault("variable-not-set", place, found, known, fix)


def _from_outside(named: PlacedStep, place: str, known: str) -> Fault:
    name, around = named.state.name, named.around[0]
    found = f"${name} is a step inside {around.name}, and not known outside of it"
    if isinstance(around, Parallel):
        branches = [branch for branch, steps in around.branches.items() if any(one.name == name for one in steps)]
        fix = f"take the branch's result: ${around.name}.{branches[0] if branches else '<branch>'}"
    elif isinstance(around, Map):
        fix = f"take the list of the items' results: ${around.name}"
    else:
        fix = f"take ${around.name}"
    return Fault("variable-out-of-scope", place, found, known, fix)
