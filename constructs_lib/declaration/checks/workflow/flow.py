"""Every step can be reached, leads somewhere, and comes to an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.declaration.field_names import nearest
from constructs_lib.declaration.placed_steps import every_list, every_step
from constructs_lib.declaration.workflow_variables import following, reached, ways
from constructs_lib.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.declaration.checks.subject import Subject
    from constructs_lib.model.workflow_state import WorkflowState

NEVER_GO_ON = ("choice", "succeed", "fail")
"""Kinds that have nothing below them: a choice goes where its cases say, the others end."""


def steps_lead_somewhere(subject: Subject) -> Iterator[Fault]:
    """Whatever a step names as the next one is a step of its own list."""
    elsewhere = {step.state.name: step.place for step in every_step(subject.declaration.workflow)}
    for place, steps in every_list(subject.declaration.workflow):
        names = [step.name for step in steps]
        for index, step in enumerate(steps):
            jumps = [*step.jumps(), *([("next", step.next)] if step.next else [])]
            for field, name in jumps:
                if name not in names:
                    yield _nowhere(f"{place}[{index}].{field}", name, names, elsewhere.get(name))


def _nowhere(path: str, name: str, names: Sequence[str], elsewhere: str | None) -> Fault:
    if elsewhere:
        found = f"{name} is a step of another list, at {elsewhere}"
        fix = "go to a step beside this one; a branch or an item ends, and the step around it goes on"
    else:
        close = nearest(name, names)
        found, fix = f"{name} is no step", f"did you mean {close}?" if close else "add the step, or name one of these"
    return Fault("step-unknown", path, found, ", ".join(names), fix)


def ends_are_clear(subject: Subject) -> Iterator[Fault]:
    """A step that ends its list names no other, and one that never goes on says neither."""
    for step in every_step(subject.declaration.workflow):
        state = step.state
        if state.type in NEVER_GO_ON and (state.next or state.end):
            field = "next" if state.next else "end"
            found = f"{field} of a {state.type}, which has nothing below it"
            fix = "remove it; a choice goes on with its cases and its default"
            yield Fault("next-unused", f"{step.place}.{field}", found, "a step that goes on", fix)
        elif state.next and state.end:
            found = f"end: true and next: {state.next}"
            yield Fault("end-with-next", f"{step.place}.next", found, "one of them", "remove end, or remove next")


def steps_are_reached(subject: Subject) -> Iterator[Fault]:
    """A run can come to every step."""
    for place, steps in every_list(subject.declaration.workflow):
        known = frozenset(range(len(steps))) if _leads_nowhere(steps) else reached(steps)
        for index, step in enumerate(steps):
            if index not in known:
                found = f"no way leads to {step.name}"
                fix = (
                    f"name it as next, in a case or in a catch, or remove it; {steps[index - 1].name} does not lead on"
                )
                yield Fault("step-unreachable", f"{place}[{index}]", found, "steps that a run can come to", fix)


def loops_end(subject: Subject) -> Iterator[Fault]:
    """From every step a run can come to an end of its list."""
    for place, steps in every_list(subject.declaration.workflow):
        ending = _ending(steps)
        stuck = sorted(reached(steps) - ending)
        if stuck and not _leads_nowhere(steps):
            names = ", ".join(steps[index].name for index in stuck)
            fix = "add a case that leads out of it, to a succeed or a step with end: true"
            found = f"what comes to {names} never ends"
            yield Fault("loop-without-exit", f"{place}[{stuck[0]}]", found, "a way to an end", fix)


def _ending(steps: Sequence[WorkflowState]) -> frozenset[int]:
    """Return the steps from which the list can end."""
    ending = {i for i, one in enumerate(steps) if one.type != "choice" and following(steps, i) is None}
    found = ways(steps)
    grown = True
    while grown:
        more = {way.source for way in found if way.target in ending} - ending
        grown = bool(more)
        ending |= more
    return frozenset(ending)


def _leads_nowhere(steps: Sequence[WorkflowState]) -> bool:
    """Return whether a step of the list names one that is not there, which is told on its own."""
    names = {step.name for step in steps}
    aims = [name for step in steps for _, name in step.jumps()] + [step.next for step in steps if step.next]
    return any(name not in names for name in aims)
